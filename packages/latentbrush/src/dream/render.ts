import { InputError, Random } from '@latentbrush/engine';
import type { Backbone } from '../pretrained/index.ts';
import {
  inColor,
  maskOf,
  pictureOf,
  rowsOf,
  zoom,
  zoomedRows,
  type Mask,
  type Picture,
  type PictureRows,
} from '../image/index.ts';
import type { Words } from '../words.ts';
import { afterOptions, isSignal, parseOptions, takeSignal, type Stoppable } from '../options.ts';
import { newNames, type OldDreamNames } from '../renamed-options.ts';
import { VISUALIZATION } from './noise.ts';
import { ascend } from './ascent.ts';
import type { Contribution } from './contributions.ts';
import { Dreamer, type DreamEvaluation } from './dreamer.ts';
import type { DreamEvent, DreamPlace } from './events.ts';
import { checkContributions, measureGuide } from './loss.ts';
import { addLostDetail, octaveSizes } from './octaves.ts';
import { dreamOptions, type DreamInput, type DreamOptions } from './options.ts';
import { fromPixels, pixelRows } from './pixels.ts';
import { squaresOf, type Size } from './squares.ts';
import { explainTooSmall } from './too-small.ts';

/** Pictures that steer a dream, and the name of its input picture. */
export interface DreamPictures {
  /** Name of the input picture in messages, usually its file (default: picture). */
  readonly name?: string | Words | undefined;
  /** The dream matches its features instead of exciting layers. */
  readonly guide?: Picture | undefined;
  /**
   * White where the picture can change, black where it stays. Of any size: it is stretched to the picture.
   */
  readonly mask?: Picture | undefined;
}

/** Settings of one dream. */
export interface Rendering extends Stoppable {
  /** Name of the stream of random numbers, so that frames differ (default: dream). */
  readonly name?: string | undefined;
}

/**
 * A backbone with options and pictures, ready to dream on any number of pictures.
 * @example
 * const network = await backbones.loadBackbone('embedded');
 * const prepared = await dream.Dream.prepare(network, { octaves: 1, iterations: 1 });
 * for (const path of ['cat.jpg', 'photo.jpg']) {
 *   for await (const event of prepared.render(await image.readPicture(path)))
 *     if (event.type === 'done') await image.writePicture(`${path}-dream.png`, event.picture);
 * }
 * await prepared.release();
 */
export class Dream {
  readonly options: DreamOptions;
  readonly #backbone: Backbone;
  readonly #contributions: readonly Contribution[];
  readonly #dreamer: Dreamer;
  #fitted: { readonly sizes: string; readonly squares: Size | undefined } | undefined;
  readonly #mask: Picture | undefined;
  readonly #name: string | Words;
  readonly #signal: AbortSignal | undefined;

  private constructor(
    backbone: Backbone,
    contributions: readonly Contribution[],
    dreamer: Dreamer,
    options: DreamOptions,
    { mask, name = 'picture' }: DreamPictures,
    signal: AbortSignal | undefined,
  ) {
    this.#backbone = backbone;
    this.#contributions = contributions;
    this.#dreamer = dreamer;
    this.options = options;
    this.#mask = mask;
    this.#name = name;
    this.#signal = signal;
  }

  /**
   * @param options see `dreamOptions`; `signal` stops every rendering of this dream
   * @throws InputError when options do not fit or a layer does not exist
   */
  static async prepare(
    backbone: Backbone,
    options: DreamInput & OldDreamNames & Stoppable = {},
    pictures: DreamPictures = {},
  ): Promise<Dream> {
    const { given, signal } = takeSignal(options);
    return Dream.of(
      backbone,
      parseOptions(dreamOptions, newNames(dreamOptions, given, VISUALIZATION)),
      pictures,
      signal,
    );
  }

  /**
   * The same with options that are already checked, as those of a job are.
   * @throws InputError when a layer does not exist
   * @internal
   */
  static async of(
    backbone: Backbone,
    options: DreamOptions,
    pictures: DreamPictures,
    signal: AbortSignal | undefined,
  ): Promise<Dream> {
    const contributions = checkContributions(backbone, options.layers);
    const { guide } = pictures;
    const features = guide && (await measureGuide(backbone, contributions, guide));
    const dreamer = new Dreamer(backbone, contributions, options, features);
    return new Dream(backbone, contributions, dreamer, options, pictures, signal);
  }

  /**
   * Height and width of the squares in which the last picture was dreamed, if the network computes at no other size than that for which it was exported.
   * Undefined before the first.
   */
  get squares(): readonly [height: number, width: number] | undefined {
    return this.#fitted?.squares;
  }

  /**
   * Dreams on a picture.
   * @param rendering a name and a signal. The next version no longer accepts a signal here with the name after it
   * @throws InputError when the picture is too small for the network
   */
  async *render(
    picture: Picture,
    rendering: Rendering | AbortSignal = {},
    deprecatedName?: string,
  ): AsyncGenerator<DreamEvent, void, undefined> {
    const { given, signal } = takeSignal(
      isSignal(rendering) ? { signal: afterOptions(rendering) } : rendering,
      this.#signal,
    );
    const { name = deprecatedName ?? 'dream' }: Rendering = given;
    const { octaves, octaveScale, iterations, seed } = this.options;
    const random = new Random(seed).fork(name);
    const original = pixelRows(picture);
    const sizes = octaveSizes(picture, octaves, octaveScale);
    const total = octaves * iterations;
    const squares = this.#squaresFor(sizes);
    yield { type: 'start', octaves: sizes, total, ...(squares !== undefined && { squares }) };
    let dreamed = pictureOf(zoomedRows(original, ...sizes[0]!));
    let smaller = sizes[0]!;
    let stoppedAt: DreamPlace | undefined;
    let steps = 0;
    let moved = false;
    for (const [index, size] of sizes.entries()) {
      if (index > 0) dreamed = zoom(dreamed, ...size);
      const mask = this.#mask && maskOf(this.#mask, ...size);
      let stepsHere = 0;
      const pixels = dreamed;
      const evaluate = (): Promise<DreamEvaluation | undefined> =>
        this.#evaluate(pixels, picture, { random, signal, squares });
      const ascent = { ...this.options, evaluate, begun: steps > 0, network: this.#backbone.name };
      for await (const { iteration, loss, terms, magnitude } of ascend(pixels, mask, ascent, signal)) {
        steps += 1;
        moved ||= magnitude > 0;
        const done = index * iterations + iteration;
        stepsHere = iteration;
        const picture = (): Picture => fromPixels(pixels);
        yield { type: 'step', octave: index + 1, iteration, done, total, loss, terms, picture };
      }
      addLostDetail(dreamed, original, smaller);
      if (mask !== undefined) restoreBlack(dreamed, zoomedRows(original, ...size), mask);
      smaller = size;
      if (signal?.aborted === true) {
        stoppedAt = { octave: index + 1, iteration: stepsHere };
        break;
      }
      yield {
        type: 'octave',
        octave: index + 1,
        get picture() {
          return fromPixels(pixels);
        },
      };
    }
    if (dreamed.height !== picture.height || dreamed.width !== picture.width) {
      dreamed = zoom(dreamed, picture.height, picture.width); // it was aborted
      addLostDetail(dreamed, original, smaller);
    }
    const result = fromPixels(dreamed);
    if (this.#mask !== undefined)
      restoreBlack(result, rowsOf(inColor(picture)), maskOf(this.#mask, picture.height, picture.width));
    const flat = steps > 0 && !moved;
    if (stoppedAt === undefined) yield { type: 'done', reason: 'finished', picture: result, steps, flat };
    else yield { type: 'done', reason: 'aborted', picture: result, steps, flat, stoppedAt };
  }

  /** Frees the native memory. */
  release(): Promise<void> {
    return this.#dreamer.release();
  }

  // The frames of an animation have the same sizes.
  #squaresFor(sizes: readonly Size[]): Size | undefined {
    const asked = sizes.join(' ');
    if (this.#fitted?.sizes !== asked) {
      const squares = squaresOf(this.#backbone, this.#contributions, sizes, this.options);
      this.#fitted = { sizes: asked, squares };
    }
    return this.#fitted.squares;
  }

  async #evaluate(
    pixels: Picture,
    { height, width }: Picture,
    {
      random,
      signal,
      squares,
    }: {
      readonly random: Random;
      readonly signal: AbortSignal | undefined;
      readonly squares: Size | undefined;
    },
  ): Promise<DreamEvaluation | undefined> {
    try {
      return await this.#dreamer.evaluate(pixels, random, signal, squares);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const whole = { name: this.#name, height, width };
      throw explainTooSmall(error, this.#backbone, this.#contributions, whole, this.options);
    }
  }
}

// Where the mask is black, the picture stays exactly the same: smaller sizes must not change pixels across the mask's edge.
function restoreBlack(
  { channels, height, width, data }: Picture,
  source: PictureRows,
  { data: shares }: Mask,
): void {
  for (let plane = 0; plane < channels; plane++) {
    for (let y = 0; y < height; y++) {
      const row = source.row(plane, y);
      const at = (plane * height + y) * width;
      for (let x = 0; x < width; x++) if (shares[y * width + x] === 0) data[at + x] = row[x]!;
    }
  }
}

/**
 * Turns a picture into a dream (Mordvintsev, Olah & Tyka 2015): gradient ascent on the activations of a
 * network, at several sizes. Yields progress and the picture after each size.
 *
 * The same picture, options and thread count give the same dream.
 *
 * @param backbone the network that dreams
 * @param options see `dreamOptions`
 * @param options.signal ends after the current step, or tile of a step, with the picture so far
 * @param pictures a guide, a mask
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @throws InputError when options do not fit, a layer does not exist, or the picture is too small for the
 * network
 * @example
 * const network = await backbones.loadBackbone('embedded');
 * const cat = await image.readPicture('cat.jpg');
 * for await (const event of dream.dream(network, cat, { octaves: 1, iterations: 2 })) {
 *   if (event.type === 'step') console.log(event.octave, event.loss);
 *   if (event.type === 'done') await image.writePicture('dream.png', event.picture);
 * }
 */
export async function* dream(
  backbone: Backbone,
  picture: Picture,
  options: DreamInput & OldDreamNames & Stoppable = {},
  pictures: DreamPictures = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<DreamEvent, void, undefined> {
  yield* renderOnce(
    await Dream.prepare(backbone, options, pictures),
    picture,
    afterOptions(deprecatedSignal),
  );
}

/** Dreams on one picture, then frees the dream. */
export async function* renderOnce(
  dream: Dream,
  picture: Picture,
  signal?: AbortSignal,
): AsyncGenerator<DreamEvent, void, undefined> {
  try {
    yield* dream.render(picture, { signal });
  } finally {
    await dream.release();
  }
}
