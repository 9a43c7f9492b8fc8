import type { TrainOptions } from './options.ts';

/** Values of the networks' pictures that stand for black and for white. */
export type PictureRange = readonly [black: number, white: number];

/**
 * -1 and 1, the ends of the generator's tanh. With `compat` "book" 0 and 1, to which the book scales real pictures although its generator
 * ends in tanh, too: it learns to stay above 0.
 */
export function pictureRange({ compat }: Pick<TrainOptions, 'compat'>): PictureRange {
  return compat === 'book' ? [0, 1] : [-1, 1];
}
