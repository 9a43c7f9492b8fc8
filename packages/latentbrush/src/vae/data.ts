import { InputError, Random } from '@latentbrush/engine';
import { PictureBatches, subset, type ImageDataset } from '../data/index.ts';
import { architectureOf, type Architecture } from './networks/network.ts';
import type { TrainOptions } from './options.ts';

/** Training pictures, and validation pictures if there are any. */
export interface VaePictures {
  readonly train: ImageDataset;
  readonly test?: ImageDataset | undefined;
}

/** The training data of a VAE. */
export interface VaeData {
  readonly training: ImageDataset;
  /** Batches of `training`, in random order, augmented by the options. */
  readonly batches: PictureBatches;
  /** Validation pictures; undefined when there are none. */
  readonly validation: ImageDataset | undefined;
  readonly architecture: Architecture;
}

/**
 * Divides the pictures into training and validation pictures, and checks that the options fit them. @throws InputError when they do not, or
 * the test set has another size
 */
export function prepare({ train: all, test }: VaePictures, options: TrainOptions): VaeData {
  const { height, width, channels, name } = all;
  if (height !== width)
    throw new InputError(`${name}: its pictures are ${width}x${height}; load them as squares, with a size`);
  const architecture = architectureOf(options, height, channels);
  if (test !== undefined) {
    if (formOf(test) !== formOf(all))
      throw new InputError(
        `${test.name}: its test pictures are ${formOf(test)}, its training pictures ${formOf(all)}; load both at one size`,
      );
    return { training: all, batches: batchesOf(all, options), validation: test, architecture };
  }
  const count = Math.round(options.validation * all.count);
  if (count === 0)
    return { training: all, batches: batchesOf(all, options), validation: undefined, architecture };
  const order = new Random(options.seed).fork('pictures held out').permutation(all.count);
  const training = subset(all, order.slice(count).sort());
  return {
    training,
    batches: batchesOf(training, options),
    validation: subset(all, order.slice(0, count).sort()),
    architecture,
  };
}

function batchesOf(
  training: ImageDataset,
  { batchSize, flip, shift, color, seed }: TrainOptions,
): PictureBatches {
  return new PictureBatches(training, {
    batchSize,
    flip,
    shift,
    color,
    random: new Random(seed).fork('pictures'),
  });
}

function formOf({ height, width, channels }: ImageDataset): string {
  return `${width}x${height} ${channels === 1 ? 'in grey' : 'in colour'}`;
}
