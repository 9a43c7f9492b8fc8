import { InputError } from '@latentbrush/engine';
import { classCounts, type ImageDataset } from '../data/index.ts';
import { architectureOf, type Architecture } from './networks/network.ts';
import type { TrainOptions } from './options.ts';

/** The training data of a GAN. */
export interface GanData {
  readonly dataset: ImageDataset;
  readonly architecture: Architecture;
  /** Names of the classes to generate. */
  readonly classes: readonly string[];
}

/**
 * Checks that pictures fit the options, and chooses the networks for them.
 * @throws InputError when they do not
 */
export function prepare(dataset: ImageDataset, options: TrainOptions): GanData {
  const { height, width, channels } = dataset;
  const { size, conditional } = options;
  if (height !== size || width !== size) {
    throw new InputError(
      `${dataset.name}: its pictures are ${width}x${height}; load them at the training size, ${size}x${size}`,
    );
  }
  const classes = conditional ? [...classCounts(dataset).keys()] : [];
  return { dataset, classes, architecture: architectureOf(options, channels, classes.length) };
}

/** The class index of each picture; empty when the model does not use classes. */
export function classNumbers({ dataset, classes }: GanData): Uint32Array {
  if (classes.length === 0) return new Uint32Array();
  const numbers = new Map(classes.map((name, number) => [name, number]));
  return Uint32Array.from(dataset.labels ?? [], (label) => numbers.get(label)!);
}

/** Values for black and white in the networks' pictures. */
export type PictureRange = readonly [black: number, white: number];

/**
 * -1 and 1, the ends of the generator's tanh. With `compat` "book" 0 and 1, to which the book scales real pictures although its generator
 * ends in tanh, too: it learns to stay above 0.
 */
export function pictureRange({ compat }: Pick<TrainOptions, 'compat'>): PictureRange {
  return compat === 'book' ? [0, 1] : [-1, 1];
}
