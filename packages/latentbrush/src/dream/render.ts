import { InputError, Random } from '@latentbrush/engine';
import type { Backbone } from '../backbones/index.ts';
import { maskOf, zoom, type Mask, type Picture } from '../image/index.ts';
import { parseOptions } from '../options.ts';
import { Dreamer } from './dreamer.ts';
import type { DreamEvent, DreamPlace } from './events.ts';
import { checkContributions, measureGuide } from './objective.ts';
import { addLostDetail, octaveSizes } from './octaves.ts';
import { dreamOptions, type DreamInput, type DreamOptions } from './options.ts';
import { fromPixels, toPixels } from './pixels.ts';

/** Pictures that steer a dream. */
export interface DreamPictures {
  /** Its features are matched in place of exciting layers. */
  readonly guide?: Picture | undefined;
  /** White where the picture may change, black where it stays; of any size: it is stretched over the picture. */
  readonly mask?: Picture | undefined;
}

/** A backbone, options and pictures made ready to dream; it can dream picture after picture. */
export class Dream {
  readonly options: DreamOptions;
  readonly #dreamer: Dreamer;
  readonly #mask: Picture | undefined;

  private constructor(dreamer: Dreamer, options: DreamOptions, mask: Picture | undefined) {
    this.#dreamer = dreamer;
    this.options = options;
    this.#mask = mask;
  }

  /** @throws InputError when options do not fit or a layer does not exist */
  static async prepare(
    backbone: Backbone,
    options: DreamInput = {},
    { guide, mask }: DreamPictures = {},
  ): Promise<Dream> {
    const resolved = parseOptions(dreamOptions, options);
    const contributions = checkContributions(backbone, resolved.layers);
    const features = guide && (await measureGuide(backbone, contributions, guide));
    return new Dream(new Dreamer(backbone, contributions, resolved, features), resolved, mask);
  }

  /**
   * Dreams on a picture.
   * @param name of the stream of random numbers, so that frames differ
   */
  async *render(
    picture: Picture,
    signal?: AbortSignal,
    name = 'dream',
  ): AsyncGenerator<DreamEvent, void, undefined> {
    const { octaves, octaveScale, iterations, seed } = this.options;
    const random = new Random(seed).fork(name);
    const original = toPixels(picture);
    const sizes = octaveSizes(picture, octaves, octaveScale);
    const total = octaves * iterations;
    yield { type: 'start', octaves: sizes, total };
    let smaller = zoom(original, ...sizes[0]!);
    let dreamed = smaller;
    let stoppedAt: DreamPlace | undefined;
    for (const [index, size] of sizes.entries()) {
      const sharp = zoom(original, ...size);
      dreamed = zoom(dreamed, ...size);
      const mask = this.#mask && maskOf(this.#mask, ...size);
      let steps = 0;
      for await (const { iteration, loss, terms } of this.#ascend(dreamed, mask, random, signal)) {
        const done = index * iterations + iteration;
        steps = iteration;
        yield { type: 'step', octave: index + 1, iteration, done, total, loss, terms };
      }
      addLostDetail(dreamed, sharp, smaller);
      if (mask !== undefined) restoreBlack(dreamed, sharp, mask);
      smaller = sharp;
      if (signal?.aborted === true) {
        stoppedAt = { octave: index + 1, iteration: steps };
        break;
      }
      yield { type: 'octave', octave: index + 1, picture: fromPixels(dreamed) };
    }
    if (dreamed.height !== picture.height || dreamed.width !== picture.width) {
      dreamed = zoom(dreamed, picture.height, picture.width); // it was aborted
      addLostDetail(dreamed, original, smaller);
    }
    const result = fromPixels(dreamed);
    if (this.#mask !== undefined)
      restoreBlack(result, picture, maskOf(this.#mask, picture.height, picture.width));
    if (stoppedAt === undefined) yield { type: 'done', reason: 'finished', picture: result };
    else yield { type: 'done', reason: 'aborted', picture: result, stoppedAt };
  }

  /** Frees the native memory. */
  release(): Promise<void> {
    return this.#dreamer.release();
  }

  // x = x + step · g / max(mean |g|, 1e-7), in place, until the loss exceeds its limit.
  async *#ascend(
    pixels: Picture,
    mask: Mask | undefined,
    random: Random,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<
    { iteration: number; loss: number; terms: Readonly<Record<string, number>> },
    void,
    undefined
  > {
    const { iterations, step, maxLoss } = this.options;
    for (let iteration = 1; iteration <= iterations && signal?.aborted !== true; iteration++) {
      const seen = await this.#dreamer.evaluate(pixels, random, signal);
      if (seen === undefined) return;
      const { loss, terms, gradient } = seen;
      if (!Number.isFinite(loss)) throw new InputError('dream: the loss became infinite; lower --step');
      if (loss > maxLoss) return;
      addScaled(pixels.data, gradient.data, step / Math.max(meanMagnitude(gradient.data), 1e-7), mask);
      yield { iteration, loss, terms };
    }
  }
}

// By index: walking a typed array with for-of takes many times longer.
function meanMagnitude(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]!);
  return sum / values.length;
}

function addScaled(data: Float32Array, gradient: Float32Array, rate: number, mask: Mask | undefined): void {
  if (mask === undefined) {
    for (let i = 0; i < data.length; i++) data[i] = data[i]! + rate * gradient[i]!;
    return;
  }
  const shares = mask.data;
  for (let plane = 0; plane < data.length; plane += shares.length) {
    for (let i = 0; i < shares.length; i++)
      data[plane + i] = data[plane + i]! + rate * shares[i]! * gradient[plane + i]!;
  }
}

// Where the mask is black the picture stays as it was, to the bit: nothing of a smaller size may reach over the mask's edge.
function restoreBlack({ data }: Picture, source: Picture, { data: shares }: Mask): void {
  for (let plane = 0; plane < data.length; plane += shares.length) {
    for (let i = 0; i < shares.length; i++)
      if (shares[i] === 0) data[plane + i] = source.data[(plane + i) % source.data.length]!;
  }
}

/**
 * Turns a picture into a dream (Mordvintsev, Olah & Tyka 2015): gradient ascent on the activations of a network, at several sizes.
 * Yields progress and the picture after each size.
 *
 * The same picture, options and thread count give the same dream.
 *
 * @param backbone the network that dreams
 * @param options see `dreamOptions`
 * @param pictures a guide, a mask
 * @param signal ends after the current step, or tile of a step, with the picture so far
 * @throws InputError when options do not fit, a layer does not exist, or the picture is too small for the network
 */
export async function* dream(
  backbone: Backbone,
  picture: Picture,
  options: DreamInput = {},
  pictures: DreamPictures = {},
  signal?: AbortSignal,
): AsyncGenerator<DreamEvent, void, undefined> {
  const prepared = await Dream.prepare(backbone, options, pictures);
  try {
    yield* prepared.render(picture, signal);
  } finally {
    await prepared.release();
  }
}
