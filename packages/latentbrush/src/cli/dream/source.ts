import { Random } from '@latentbrush/engine';
import { noisePicture } from '../../dream/index.ts';
import { fitWithin, type Picture } from '../../image/index.ts';
import { readFrame } from '../film-source.ts';
import type { DreamJob } from './job.ts';

/** What is dreamed on: a picture, or noise of a size. */
export type DreamSource =
  | {
      readonly type: 'picture';
      readonly path: string;
      /** Which frame of an animation, from 1. */
      readonly frame?: number | undefined;
    }
  | { readonly type: 'noise'; readonly height: number; readonly width: number };

/** The picture to dream on, at the size that is wanted. */
export async function pictureOf(source: DreamSource, { options, size }: DreamJob): Promise<Picture> {
  if (source.type === 'noise')
    return noisePicture(source.height, source.width, new Random(options.seed ?? 1).fork('noise'));
  const picture = await readFrame(source.path, source.frame);
  return size === undefined ? picture : fitWithin(picture, size);
}

/** What messages call a source. */
export function nameOfSource(source: DreamSource): string {
  return source.type === 'noise' ? '--noise' : source.path;
}

/** What a recipe says of a source: a file and which frame of it, or the size of the noise. */
export function recipeOfSource(source: DreamSource): {
  readonly picture: string | undefined;
  readonly extra: Readonly<Record<string, unknown>>;
} {
  if (source.type === 'picture') {
    const { path, frame } = source;
    return { picture: path, extra: frame === undefined ? {} : { sourceFrame: frame } };
  }
  const { height, width } = source;
  return { picture: undefined, extra: { noise: { height, width } } };
}
