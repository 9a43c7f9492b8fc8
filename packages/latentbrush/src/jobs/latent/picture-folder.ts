import { extname, join } from 'node:path';
import { counted } from '../../counted.ts';
import { writePicture, type Recipe } from '../../image/index.ts';
import type { Point } from '../../latent/index.ts';
import { willWrite } from '../files-in-use.ts';
import { isFolder, makeTargetFolder } from '../target-file.ts';
import type { OpenedRun } from './open-run.ts';
import { collected } from './sheet.ts';
import { storable } from './storable-recipe.ts';

/** A picture for a folder, as a separate file, at its own size. */
export interface SinglePicture {
  /** Of its file, without the extension. */
  readonly name: string;
  /** Data for programs, besides its path and its point. */
  readonly figures?: Readonly<Record<string, unknown>>;
  readonly point: () => Point;
  readonly recipe: () => Recipe | Promise<Recipe>;
}

/** Whether pictures go into a folder: an existing one, or a name without an extension. */
export async function isFolderTarget(path: string): Promise<boolean> {
  return extname(path) === '' || (await isFolder(path));
}

/**
 * Writes each picture into its own file, and reports it. When aborted, the folder has the finished ones.
 * @throws InputError when the folder cannot be made, or an input would be overwritten
 * @throws the signal's reason when it aborts before the first picture
 */
export async function writePictureFolder(
  folder: string,
  singles: readonly SinglePicture[],
  { model, work }: OpenedRun,
): Promise<void> {
  const { report, signal, preview } = work;
  const pathOf = ({ name }: SinglePicture): string => join(folder, `${name}.png`);
  for (const single of singles) await willWrite(pathOf(single));
  await makeTargetFolder(folder);
  let done = 0;
  for (const single of singles) {
    if (signal.aborted) break;
    const point = single.point();
    // One at a time: in a batch its last bits would depend on the batch size.
    const [made] = await collected(model.decode([point]));
    const picture = made!;
    const path = pathOf(single);
    await writePicture(path, picture, await storable(await single.recipe(), work));
    await report.artefact(path);
    done += 1;
    const data = { type: 'picture', ...single.figures, path, point: [...point] };
    await report.progress(done, singles.length, 'pictures', data);
    await preview(() => picture);
  }
  if (done === 0) signal.throwIfAborted();
  const reached = done < singles.length ? `${done} of ${counted(singles.length, 'picture')}` : undefined;
  await report.done({ path: folder, reached, figures: { count: done } });
}
