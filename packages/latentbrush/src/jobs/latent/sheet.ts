import { montage, writePicture, type Picture, type Recipe } from '../../image/index.ts';
import type { JobWork } from '../job.ts';
import { checkTarget } from '../target-file.ts';
import { storable } from './storable-recipe.ts';
import type { Look } from './latent-system.ts';

/** A sheet that was made. */
export interface MadeSheet {
  readonly picture: Picture;
  /** For programs. */
  readonly figures?: Readonly<Record<string, unknown>>;
  readonly recipe: Recipe;
}

/**
 * Checks the target of a picture, then makes, writes and reports the picture.
 * @throws the signal's reason when it aborts before the picture is made
 */
export async function writeSheet(path: string, work: JobWork, make: () => Promise<MadeSheet>): Promise<void> {
  await checkTarget(path);
  const { picture, figures, recipe } = await make();
  work.signal.throwIfAborted();
  await writePicture(path, picture, await storable(recipe, work));
  await work.report.made(path, figures);
}

/** Pictures on one sheet, in the style of a system. */
export async function sheetOf(
  pictures: AsyncIterable<Picture>,
  columns: number,
  { gap, scale }: Look,
  { signal }: Pick<JobWork, 'signal'>,
): Promise<Picture> {
  return montage(await collected(pictures, signal), { columns, gap, scale });
}

/**
 * Collects all pictures.
 * @throws the signal's reason when it aborts before the last: a sheet needs all of them
 */
export async function collected(pictures: AsyncIterable<Picture>, signal?: AbortSignal): Promise<Picture[]> {
  const all: Picture[] = [];
  for await (const picture of pictures) {
    signal?.throwIfAborted();
    all.push(picture);
  }
  return all;
}

/** Number of columns for a sheet that is about square. */
export function squareColumns(count: number): number {
  return Math.ceil(Math.sqrt(count));
}
