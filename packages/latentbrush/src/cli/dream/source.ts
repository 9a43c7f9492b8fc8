import { Random } from '@latentbrush/engine';
import { noisePicture } from '../../dream/index.ts';
import { fitWithin, readPicture, type Picture } from '../../image/index.ts';
import type { DreamJob } from './job.ts';

/** What is dreamed on: a picture, or noise of a size. */
export type DreamSource =
  | { readonly type: 'picture'; readonly path: string }
  | { readonly type: 'noise'; readonly height: number; readonly width: number };

/** The picture to dream on, at the size that is wanted. */
export async function pictureOf(source: DreamSource, { options, size }: DreamJob): Promise<Picture> {
  if (source.type === 'noise')
    return noisePicture(source.height, source.width, new Random(options.seed ?? 1).fork('noise'));
  const picture = await readPicture(source.path);
  return size === undefined ? picture : fitWithin(picture, size);
}

/** What messages call a source. */
export function nameOfSource(source: DreamSource): string {
  return source.type === 'noise' ? '--noise' : source.path;
}

/** What a recipe says of a source: a file, or the size of the noise. */
export function recipeOfSource(source: DreamSource): {
  readonly picture: string | undefined;
  readonly extra: Readonly<Record<string, unknown>>;
} {
  if (source.type === 'picture') return { picture: source.path, extra: {} };
  const { height, width } = source;
  return { picture: undefined, extra: { noise: { height, width } } };
}
