import {
  clip,
  compile,
  float32,
  InputError,
  input,
  nn,
  type NDArray,
  type Session,
  type Tensor,
} from '@latentbrush/engine';
import type { Picture } from '../../image/index.ts';
import { readCheckpoint, readRun } from '../../runs/training-run.ts';
import { checkMemory } from '../memory.ts';
import { estimatePaintingMemory } from './memory.ts';
import { styleRuns } from './run.ts';
import { architectureOf, transformer, TRANSFORMER_STRIDE, type TransformerArchitecture } from './network.ts';

/** A trained fast style. */
export interface StyleModel {
  readonly architecture: TransformerArchitecture;
  readonly weights: Readonly<Record<string, NDArray>>;
  /** Name of the style picture. */
  readonly style: string;
}

/** Pictures of less than this many pixels a side cannot be mirrored at their borders. */
export const SMALLEST_SIDE = 16;

/**
 * The network of a trained style as a graph.
 * @param pictures `[batch, 3, height, width]`, RGB, 0 to 255
 * @param noise that strokes follow (default: that which all pictures are painted with)
 * @returns the same shape, clipped to 0..255
 */
export function styleGraph(
  { architecture, weights }: StyleModel,
  pictures: Tensor,
  noise?: readonly Tensor[],
): Tensor {
  return clip(transformer(nn.Parameters.frozen(weights), pictures, architecture, noise), 0, 255);
}

/** Sizes of pictures that stay compiled. */
const KEPT_SIZES = 4;

/**
 * Paints pictures with a trained style, one at a time. Compiled once for each size of pictures; the last few sizes are cached.
 * @example
 * const painter = await style.load('runs/wave', { threads: 2 });
 * const painted = await painter.paint(await image.readPicture('photo.jpg'), 'photo.jpg');
 * await painter.release();
 */
export class StylePainter {
  readonly model: StyleModel;
  readonly #threads: number | undefined;
  readonly #maxMemory: number | undefined;
  /** By size; the one used last is the last. */
  readonly #sessions = new Map<string, Session<'painted'>>();
  #queue: Promise<unknown> = Promise.resolve();

  /**
   * @param options.threads processor threads (default: all)
   * @param options.maxMemory most memory for painting, in GiB (default: 80 % of the free memory)
   */
  constructor(
    model: StyleModel,
    options: { readonly threads?: number | undefined; readonly maxMemory?: number | undefined } = {},
  ) {
    this.model = model;
    this.#threads = options.threads;
    this.#maxMemory = options.maxMemory;
  }

  /**
   * Loads the network of a run.
   * @param options.checkpoint `latest` (default), the number of a step whose checkpoint was kept, or the path
   * of a file
   * @param options.threads processor threads (default: all)
   * @param options.maxMemory most memory for painting, in GiB (default: 80 % of the free memory)
   * @throws InputError when the folder is not a style run or its checkpoint is damaged
   */
  static async load(
    folder: string,
    options: {
      readonly checkpoint?: string | undefined;
      readonly threads?: number | undefined;
      readonly maxMemory?: number | undefined;
    } = {},
  ): Promise<StylePainter> {
    const { checkpoint, ...using } = options;
    const { options: trained, extra } = await readRun(styleRuns, folder);
    const { tensors } = await readCheckpoint(styleRuns, folder, checkpoint);
    const weights = Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.startsWith('adam/')));
    const architecture = architectureOf(trained);
    if (!fits(weights, architecture)) {
      throw new InputError(
        `${folder}: its checkpoint does not match the network in run.json (${described(architecture)}); restore run.json from a copy`,
      );
    }
    return new StylePainter({ architecture, weights, style: extra.style }, using);
  }

  /**
   * Paints a picture of any size.
   * @param name its name in messages (default: picture)
   * @throws InputError when it is smaller than {@link SMALLEST_SIDE} pixels, or so large that memory would
   * run out
   */
  async paint(picture: Picture, name = 'picture'): Promise<Picture> {
    const { height, width } = picture;
    if (Math.min(height, width) < SMALLEST_SIDE) {
      throw new InputError(
        `${name}: ${width}x${height} is too small to be painted; it needs ${SMALLEST_SIDE} pixels a side`,
      );
    }
    const memory = estimatePaintingMemory(this.model.architecture, height, width);
    checkMemory(memory, this.#maxMemory, `give a smaller picture (it is ${width}x${height})`);
    return this.#inTurn(() => this.#paint(picture));
  }

  /** Frees the native memory after all requested pictures are painted. */
  async release(): Promise<void> {
    await this.#inTurn(async () => {
      for (const session of this.#sessions.values()) await session.release();
      this.#sessions.clear();
    });
  }

  // A session is not released while it paints.
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #paint(picture: Picture): Promise<Picture> {
    const { height, width } = picture;
    const padded = extend(picture, multiple(height), multiple(width));
    const session = await this.#session(padded.height, padded.width);
    const { painted } = await session.run({
      pictures: float32(padded.data, [1, 3, padded.height, padded.width]),
    });
    return cut(painted.data as Float32Array, padded, height, width);
  }

  async #session(height: number, width: number): Promise<Session<'painted'>> {
    const key = `${height}x${width}`;
    const known = this.#sessions.get(key);
    const pictures = input('pictures', [1, 3, height, width]);
    const session =
      known ??
      (await compile(
        { painted: styleGraph(this.model, pictures) },
        { threads: this.#threads, memoryPattern: false },
      ));
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    const [oldest] = this.#sessions;
    if (this.#sessions.size > KEPT_SIZES && oldest !== undefined) {
      this.#sessions.delete(oldest[0]);
      await oldest[1].release();
    }
    return session;
  }
}

function multiple(size: number): number {
  return Math.ceil(size / TRANSFORMER_STRIDE) * TRANSFORMER_STRIDE;
}

// Three planes, with the last row and column repeated up to the given size; a grey picture becomes three equal planes.
function extend(picture: Picture, height: number, width: number): Picture {
  const data = new Float32Array(3 * height * width);
  for (let channel = 0; channel < 3; channel++) {
    const plane = (picture.channels === 3 ? channel : 0) * picture.height * picture.width;
    for (let row = 0; row < height; row++) {
      const from = plane + Math.min(row, picture.height - 1) * picture.width;
      const to = (channel * height + row) * width;
      for (let column = 0; column < width; column++) {
        data[to + column] = picture.data[from + Math.min(column, picture.width - 1)]!;
      }
    }
  }
  return { channels: 3, height, width, data };
}

function cut(data: Float32Array, from: Picture, height: number, width: number): Picture {
  const kept = new Float32Array(3 * height * width);
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < height; row++) {
      const start = (channel * from.height + row) * from.width;
      kept.set(data.subarray(start, start + width), (channel * height + row) * width);
    }
  }
  return { channels: 3, height, width, data: kept };
}

function fits(weights: Readonly<Record<string, NDArray>>, architecture: TransformerArchitecture): boolean {
  const parameters = new nn.Parameters();
  transformer(parameters, input('pictures', [1, 3, SMALLEST_SIDE, SMALLEST_SIDE]), architecture);
  return parameters.list().every(({ name, tensor }) => weights[name]?.shape.join() === tensor.shape.join());
}

function described({ filters, residualBlocks, noise, palette }: TransformerArchitecture): string {
  return `filters ${filters}, residual blocks ${residualBlocks}, noise ${noise}, palette ${palette}`;
}

/**
 * Loads the trained style of a run, ready to paint.
 * @param folder the run folder of a training with `run`
 * @param options.checkpoint path of a checkpoint (default: the newest)
 * @param options.threads processor threads (default: all)
 * @param options.maxMemory most memory for painting, in GiB (default: 80 % of the free memory)
 * @throws InputError when the folder is not a style run or its checkpoint is damaged
 * @example
 * const painter = await style.load('runs/wave');
 * await image.writePicture('painted.png', await painter.paint(await image.readPicture('photo.jpg')));
 * await painter.release();
 */
export function load(
  folder: string,
  options: {
    readonly checkpoint?: string | undefined;
    readonly threads?: number | undefined;
    readonly maxMemory?: number | undefined;
  } = {},
): Promise<StylePainter> {
  return StylePainter.load(folder, options);
}

/**
 * The network of a style run.
 * @param checkpoint path of a checkpoint (default: the newest)
 * @throws InputError when the folder is not a style run or its checkpoint is damaged
 * @deprecated `(await style.load(folder, { checkpoint })).model` is the same
 */
export async function loadStyleModel(folder: string, checkpoint?: string): Promise<StyleModel> {
  return (await StylePainter.load(folder, { checkpoint })).model;
}
