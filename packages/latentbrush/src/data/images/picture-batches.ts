import { float32, InputError, type NDArray, type Random } from '@latentbrush/engine';
import { augment, checkAugmentation, type Augmentation } from './augmentation.ts';
import { warnOf } from '../../renamed-options.ts';
import { storeOf, type ImageDataset } from './image-dataset.ts';
import type { PictureStore } from './picture-store.ts';

/** How to draw batches. */
export interface BatchOptions extends Augmentation {
  /** Pictures in a batch. */
  readonly batchSize: number;
  /** Draws the order and the changes from forks: the given generator does not change. */
  readonly random: Random;
  /** Values of 0 and 255. Default [0, 1], the range of a VAE's sigmoid; use [-1, 1] for a GAN's tanh. */
  readonly range?: readonly [low: number, high: number];
  /** A new order in each epoch; else that of the data set. Default true. */
  readonly shuffle?: boolean;
}

/** The same, with the old name of the batch size (version 0.1). */
export interface OldBatchOptions extends Omit<BatchOptions, 'batchSize'> {
  /** @deprecated Use `batchSize`. */
  readonly batch: number;
}

/**
 * Batches of a data set for training, all of the same size. They are cut from one stream: the data set in random order, then in another,
 * and so on. So each picture comes once in each epoch. A batch can reach into the next epoch, and can be larger than the data set. Batch
 * number n is always the same, in whatever order batches are read: a training can continue from any step.
 * @example
 * const { train } = await data.loadImageDataset('emoji:faces', { size: 16 });
 * const batches = new data.PictureBatches(train, { batchSize: 8, random: new Random(1), flip: true });
 * console.log(batches.at(0).shape); // [ 8, 3, 16, 16 ]
 */
export class PictureBatches {
  readonly #dataset: ImageDataset;
  readonly #pictures: PictureStore;
  readonly #batchSize: number;
  readonly #random: Random;
  readonly #shuffle: boolean;
  readonly #values: Float32Array;
  readonly #augmentation: Required<Augmentation> | undefined;
  readonly #changed: Uint8ClampedArray;
  readonly #indices: Uint32Array;
  #epoch = -1;
  #order: Uint32Array | undefined;

  /** @throws InputError when the batch is not at least 1, or a change is out of range */
  constructor(dataset: ImageDataset, options: BatchOptions | OldBatchOptions) {
    const { random, range = [0, 1], shuffle = true } = options;
    const batchSize = batchSizeOf(options);
    if (batchSize === undefined || !Number.isInteger(batchSize) || batchSize < 1)
      throw new InputError(
        `batchSize: ${batchSize} was given; a whole number of pictures, at least 1, is needed`,
      );
    this.#dataset = dataset;
    this.#pictures = storeOf(dataset);
    this.#batchSize = batchSize;
    this.#random = random;
    this.#shuffle = shuffle;
    this.#values = Float32Array.from({ length: 256 }, (_, i) => range[0] + ((range[1] - range[0]) * i) / 255);
    this.#augmentation = checkAugmentation(options, dataset);
    this.#changed = new Uint8ClampedArray(dataset.channels * dataset.height * dataset.width);
    this.#indices = new Uint32Array(batchSize);
  }

  /** `[batch, channels, height, width]` */
  get shape(): readonly [number, number, number, number] {
    const { channels, height, width } = this.#dataset;
    return [this.#batchSize, channels, height, width];
  }

  /** Number of batches, from an epoch's start, that contain each picture at least once. */
  get perEpoch(): number {
    return Math.ceil(this.#dataset.count / this.#batchSize);
  }

  /**
   * Indices of the pictures of a batch.
   * @param step number of the batch, from 0
   * @returns valid until the next call
   */
  indices(step: number): Uint32Array {
    const { count } = this.#dataset;
    for (let row = 0; row < this.#batchSize; row++) {
      const position = step * this.#batchSize + row;
      const place = position % count;
      this.#indices[row] = this.#orderOf(Math.floor(position / count))?.[place] ?? place;
    }
    return this.#indices;
  }

  /**
   * A batch.
   * @param step number of the batch, from 0
   * @param target where to write it; default: a new array
   * @returns float32 `[batch, channels, height, width]` in the given range
   */
  at(step: number, target?: Float32Array): NDArray<'float32'> {
    const { channels, height, width } = this.#dataset;
    const size = channels * height * width;
    const data = target ?? new Float32Array(this.#batchSize * size);
    if (data.length !== this.#batchSize * size)
      throw new Error(`batch: the target has ${data.length} values; ${this.#batchSize * size} are needed`);
    const random = this.#augmentation && this.#random.fork(`changes of batch ${step}`);
    const indices = this.indices(step);
    for (let row = 0; row < indices.length; row++) {
      const bytes = this.#pictures.read(indices[row]!);
      if (this.#augmentation === undefined || random === undefined) {
        this.#scale(bytes, data, row * size);
      } else {
        augment(bytes, 0, this.#dataset, this.#augmentation, random, this.#changed);
        this.#scale(this.#changed, data, row * size);
      }
    }
    return float32(data, [...this.shape]);
  }

  #scale(bytes: Uint8Array | Uint8ClampedArray, target: Float32Array, to: number): void {
    const values = this.#values;
    for (let i = 0; i < bytes.length; i++) target[to + i] = values[bytes[i]!]!;
  }

  /** The order of an epoch; the last one is cached. */
  #orderOf(epoch: number): Uint32Array | undefined {
    if (!this.#shuffle) return undefined;
    if (epoch !== this.#epoch) {
      this.#order = this.#random.fork(`order of epoch ${epoch}`).permutation(this.#dataset.count);
      this.#epoch = epoch;
    }
    return this.#order;
  }
}

function batchSizeOf({
  batch,
  batchSize,
}: {
  readonly batch?: number | undefined;
  readonly batchSize?: number | undefined;
}): number | undefined {
  if (batch === undefined) return batchSize;
  if (batchSize !== undefined)
    throw new InputError('batch and batchSize are the same option; give only batchSize');
  warnOf.batchSize();
  return batch;
}
