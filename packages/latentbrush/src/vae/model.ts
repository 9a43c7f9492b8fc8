import {
  compile,
  float32,
  input,
  InputError,
  nn,
  sigmoid,
  type NDArray,
  type Random,
  type Session,
} from '@latentbrush/engine';
import { counted } from '../counted.ts';
import { inColor, luminance, resize, type Picture } from '../image/index.ts';
import type { Point } from '../latent/index.ts';
import { readCheckpoint, readRun } from '../runs/training-run.ts';
import { decoder, encoder, type Architecture } from './networks/network.ts';
import { vaeRuns } from './run.ts';

/** A trained variational autoencoder. */
export interface VaeModel {
  readonly architecture: Architecture;
  /** By name: `encoder/...` and `decoder/...`. */
  readonly weights: Readonly<Record<string, NDArray>>;
}

/** The position of a picture in the latent space. */
export interface Encoded {
  readonly mean: Point;
  /** Logarithm of the variance. */
  readonly logVar: Point;
}

/** Largest number of pictures per batch. */
const CHUNK = 256;

/** Largest number of values in the widest layer of a batch: 64 MiB of float32. */
const MOST_VALUES = 2 ** 24;

/**
 * Encodes pictures and decodes points with a trained model.
 * @example
 * const model = await vae.load('runs/faces');
 * const cat = model.fitted(await image.readPicture('cat.jpg'));
 * const [where] = await model.encode([cat]);
 * const [again] = await model.decode([where!.mean]);
 * await model.release();
 */
export class Vae {
  readonly model: VaeModel;
  readonly #threads: number | undefined;
  readonly #encoders = new Map<number, Promise<Session<'mean' | 'logVar'>>>();
  readonly #decoders = new Map<number, Promise<Session<'pictures'>>>();

  constructor(model: VaeModel, { threads }: { readonly threads?: number | undefined } = {}) {
    this.model = model;
    this.#threads = threads;
  }

  /**
   * Loads the model of a run from a checkpoint.
   * @param options.checkpoint `latest` (default), `best`, the number of a step whose checkpoint was kept, or the path of a file
   * @param options.threads processor threads (default: all)
   * @throws InputError when the folder is not a VAE run, or its checkpoint is damaged
   */
  static async load(
    folder: string,
    options: { readonly checkpoint?: string | undefined; readonly threads?: number | undefined } = {},
  ): Promise<Vae> {
    const { checkpoint, ...using } = options;
    const { extra } = await readRun(vaeRuns, folder);
    const { tensors } = await readCheckpoint(vaeRuns, folder, checkpoint);
    const { architecture } = extra;
    const weights = networkWeights(tensors);
    if (!fits(weights, architecture)) {
      throw new InputError(
        `${folder}: its checkpoint does not match the network in run.json; restore run.json from a copy`,
      );
    }
    return new Vae({ architecture, weights }, using);
  }

  /** Points drawn from the normal distribution, towards which training pulls the encoder. */
  draw(random: Random, count: number): Point[] {
    return Array.from({ length: count }, () => {
      const point = new Float32Array(this.model.architecture.latent);
      random.fillNormal(point);
      return point;
    });
  }

  /**
   * Pictures of random points.
   * @returns `count` pictures, 0 to 255
   */
  sample(random: Random, count: number): Promise<Picture[]> {
    return this.decode(this.draw(random, count));
  }

  /**
   * A picture in the format of the model: its size (the centre square) and its number of channels.
   * @returns 0 to 255
   */
  fitted(picture: Picture): Picture {
    const { size, channels } = this.model.architecture;
    const square = resize(picture, { height: size, width: size, fit: 'cover' });
    return channels === 1 ? luminance(square) : inColor(square);
  }

  /**
   * @param pictures results of {@link fitted}
   * @throws InputError when one has another size
   */
  async encode(pictures: readonly Picture[]): Promise<Encoded[]> {
    const { size, channels, latent } = this.model.architecture;
    const values = channels * size * size;
    const wrong = pictures.find(
      (picture) => picture.height !== size || picture.width !== size || picture.channels !== channels,
    );
    if (wrong !== undefined) {
      throw new InputError(
        `vae: a picture of ${wrong.width}x${wrong.height} with ${counted(wrong.channels, 'channel')} was given; this model takes ${size}x${size} with ${channels}`,
      );
    }
    const encoded = this.#inChunks(pictures, async (chunk) => {
      const session = await this.#encoder(chunk.length);
      const data = new Float32Array(chunk.length * values);
      chunk.forEach((picture, row) => {
        const start = row * values;
        for (let i = 0; i < values; i++) data[start + i] = Math.min(Math.max(picture.data[i]! / 255, 0), 1);
      });
      const { mean, logVar } = await session.run({
        pictures: float32(data, [chunk.length, channels, size, size]),
      });
      return chunk.map((_, row) => ({
        mean: rowOf(mean, row, latent),
        logVar: rowOf(logVar, row, latent),
      }));
    });
    return collected(encoded);
  }

  /**
   * @returns pictures, 0 to 255
   * @throws InputError when a point has another number of dimensions, or a coordinate is not finite
   */
  async decode(points: readonly Point[]): Promise<Picture[]> {
    return collected(this.decodeStream(points));
  }

  /**
   * Like {@link decode}, but in batches: the rest is not computed if the caller stops early.
   * @throws InputError as {@link decode}
   */
  async *decodeStream(points: readonly Point[]): AsyncGenerator<Picture, void, undefined> {
    const { size, channels, latent } = this.model.architecture;
    const wrong = points.find((point) => point.length !== latent);
    if (wrong !== undefined) {
      throw new InputError(
        `vae: a point of ${counted(wrong.length, 'dimension')} was given; the latent space of this run has ${latent}`,
      );
    }
    if (!points.every((point) => point.every(Number.isFinite)))
      throw new InputError(
        'vae: a point with NaN or infinite coordinates was given; finite coordinates are needed',
      );
    yield* this.#inChunks(points, async (chunk) => {
      const session = await this.#decoder(chunk.length);
      const z = new Float32Array(chunk.length * latent);
      chunk.forEach((point, row) => z.set(point, row * latent));
      const { pictures } = await session.run({ z: float32(z, [chunk.length, latent]) });
      const values = channels * size * size;
      return chunk.map((_, row): Picture => ({
        channels,
        height: size,
        width: size,
        data: rowOf(pictures, row, values).map((value) => value * 255),
      }));
    });
  }

  /** Frees the native memory. */
  async release(): Promise<void> {
    const sessions = [...this.#encoders.values(), ...this.#decoders.values()];
    this.#encoders.clear();
    this.#decoders.clear();
    for (const session of sessions) await (await session).release();
  }

  async *#inChunks<T, R>(
    items: readonly T[],
    work: (chunk: readonly T[]) => Promise<R[]>,
  ): AsyncGenerator<R, void, undefined> {
    const { size, filters } = this.model.architecture;
    const most = Math.max(1, Math.min(CHUNK, Math.floor(MOST_VALUES / (filters * size * size))));
    for (let start = 0; start < items.length; start += most)
      yield* await work(items.slice(start, start + most));
  }

  #encoder(count: number): Promise<Session<'mean' | 'logVar'>> {
    return getOrCreate(this.#encoders, count, () => {
      const { architecture, weights } = this.model;
      const { channels, size } = architecture;
      const pictures = input('pictures', [count, channels, size, size]);
      const { mean, logVar } = encoder(
        nn.Parameters.frozen(weights).scope('encoder'),
        pictures,
        architecture,
      );
      return compile({ mean, logVar }, { threads: this.#threads });
    });
  }

  #decoder(count: number): Promise<Session<'pictures'>> {
    return getOrCreate(this.#decoders, count, () => {
      const { architecture, weights } = this.model;
      const z = input('z', [count, architecture.latent]);
      const logits = decoder(nn.Parameters.frozen(weights).scope('decoder'), z, architecture);
      return compile({ pictures: sigmoid(logits) }, { threads: this.#threads });
    });
  }
}

/**
 * Loads the autoencoder of a run from a checkpoint, ready to encode and decode.
 * @param folder the run folder of a training with `run`
 * @param options.checkpoint `latest` (default), `best`, the number of a step whose checkpoint was kept, or the path of a file
 * @param options.threads processor threads (default: all)
 * @throws InputError when the folder is not a VAE run, or its checkpoint is damaged
 * @example
 * const model = await vae.load('runs/faces');
 * await image.writePicture('faces.png', image.montage(await model.sample(new Random(1), 16)));
 * await model.release();
 */
export function load(
  folder: string,
  options: { readonly checkpoint?: string | undefined; readonly threads?: number | undefined } = {},
): Promise<Vae> {
  return Vae.load(folder, options);
}

/**
 * The model of a run from its newest checkpoint.
 * @throws InputError when the folder is not a VAE run, or its checkpoint is damaged
 * @deprecated `(await vae.load(folder)).model` is the same
 */
export async function loadVae(folder: string): Promise<VaeModel> {
  return (await Vae.load(folder)).model;
}

function fits(weights: VaeModel['weights'], architecture: Architecture): boolean {
  const { channels, size, latent } = architecture;
  const parameters = new nn.Parameters();
  encoder(parameters.scope('encoder'), input('pictures', [1, channels, size, size]), architecture);
  decoder(parameters.scope('decoder'), input('z', [1, latent]), architecture);
  return parameters.list().every(({ name, tensor }) => weights[name]?.shape.join() === tensor.shape.join());
}

/** The weights of the networks from the state of a training. */
export function networkWeights(tensors: Readonly<Record<string, NDArray>>): Record<string, NDArray> {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => /^(?:encoder|decoder)\//.test(name)));
}

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function rowOf({ data }: NDArray, row: number, length: number): Float32Array {
  return (data as Float32Array).slice(row * length, (row + 1) * length);
}

function getOrCreate<T>(known: Map<number, Promise<T>>, key: number, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
