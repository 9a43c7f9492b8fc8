import {
  compile,
  float32,
  input,
  InputError,
  nn,
  type Random,
  type NDArray,
  type Session,
} from '@latentbrush/engine';
import type { Picture } from '../image/index.ts';
import { readCheckpoint, readRun } from '../runs/training-run.ts';
import { generator, type Architecture } from './model.ts';
import { ganRuns } from './run.ts';

/** A trained generator. */
export interface GanModel {
  readonly architecture: Architecture;
  /** By name, without the leading `generator/`. */
  readonly weights: Readonly<Record<string, NDArray>>;
  /** Names of the classes it can be asked for. */
  readonly classes: readonly string[];
}

/** Most pictures that are generated in one go: more take much memory and no less time each. */
const CHUNK = 16;

/** Generates pictures of latent points. */
export class Generator {
  readonly model: GanModel;
  readonly #threads: number | undefined;
  readonly #sessions = new Map<number, Promise<Session<'pictures'>>>();

  constructor(model: GanModel, { threads }: { readonly threads?: number | undefined } = {}) {
    this.model = model;
    this.#threads = threads;
  }

  /**
   * Points of the latent space, drawn from the normal distribution.
   * @param truncation values further from 0 than this are drawn anew: tamer pictures, less variety (Brock et al. 2019)
   */
  draw(random: Random, count: number, truncation = Infinity): Float32Array[] {
    const { latent } = this.model.architecture;
    return Array.from({ length: count }, () => {
      const point = new Float32Array(latent);
      for (let i = 0; i < latent; i++) {
        do point[i] = random.normal();
        while (Math.abs(point[i]!) > truncation);
      }
      return point;
    });
  }

  /**
   * @param points of the latent space
   * @param classes of each, when the model was trained by class
   * @returns pictures, 0 to 255
   * @throws InputError when a point has another number of dimensions, or a class is missing or unknown
   */
  async generate(points: readonly Float32Array[], classes?: readonly number[]): Promise<Picture[]> {
    const { architecture } = this.model;
    const { latent, size, channels } = architecture;
    const wrong = points.find((point) => point.length !== latent);
    if (wrong !== undefined)
      throw new InputError(`gan: a point of ${wrong.length} dimensions was given; this model has ${latent}`);
    const pictures: Picture[] = [];
    for (let start = 0; start < points.length; start += CHUNK) {
      const chunk = points.slice(start, start + CHUNK);
      const session = await this.#session(chunk.length);
      const z = new Float32Array(chunk.length * latent);
      chunk.forEach((point, row) => z.set(point, row * latent));
      const labels = classes?.slice(start, start + CHUNK);
      const { pictures: values } = await session.run({
        z: float32(z, [chunk.length, latent]),
        ...(architecture.classes > 0 && { labels: this.#oneHot(labels, chunk.length) }),
      });
      pictures.push(...picturesOf(values, channels, size));
    }
    return pictures;
  }

  /** Frees the native memory. */
  async release(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await (await session).release();
  }

  #oneHot(labels: readonly number[] | undefined, count: number): NDArray {
    const { classes } = this.model.architecture;
    if (labels?.length !== count)
      throw new InputError('gan: this model generates by class; give a class for each picture');
    return oneHot(labels, classes);
  }

  #session(count: number): Promise<Session<'pictures'>> {
    const known = this.#sessions.get(count);
    if (known !== undefined) return known;
    const { architecture, weights } = this.model;
    const z = input('z', [count, architecture.latent]);
    const labels = architecture.classes > 0 ? input('labels', [count, architecture.classes]) : undefined;
    const pictures = generator(nn.Parameters.frozen(weights), z, architecture, { training: false, labels });
    const session = compile({ pictures }, { threads: this.#threads });
    this.#sessions.set(count, session);
    return session;
  }
}

/** Classes as rows of zeros with a one: `[count, classes]`. */
export function oneHot(labels: ArrayLike<number>, classes: number): NDArray<'float32'> {
  const rows = new Float32Array(labels.length * classes);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new InputError(`gan: there is no class ${label}; they are numbered from 0 to ${classes - 1}`);
    rows[row * classes + label] = 1;
  }
  return float32(rows, [labels.length, classes]);
}

/**
 * Pictures of a generator's output.
 * @param values `[count, channels, size, size]`, -1 to 1
 */
export function picturesOf({ data }: NDArray, channels: 1 | 3, size: number): Picture[] {
  const length = channels * size * size;
  return Array.from({ length: data.length / length }, (_, index) => ({
    channels,
    height: size,
    width: size,
    data: (data as Float32Array)
      .slice(index * length, (index + 1) * length)
      .map((value) => (value + 1) * 127.5),
  }));
}

/**
 * The generator of a run, as its newest checkpoint has it: the averaged one where an average was kept.
 * @throws InputError when the folder is no run of a GAN, or its checkpoint is damaged
 */
export async function loadGan(folder: string): Promise<GanModel> {
  const { extra, options } = await readRun(ganRuns, folder);
  const { tensors } = await readCheckpoint(ganRuns, folder);
  return {
    architecture: extra.architecture,
    classes: extra.classes,
    weights: generatorWeights(tensors, options.ema > 0),
  };
}

/** The weights of the generator, the averaged ones where they were kept, out of a training's state. */
export function generatorWeights(
  tensors: Readonly<Record<string, NDArray>>,
  averaged: boolean,
): Record<string, NDArray> {
  const prefix = averaged ? 'ema/generator/' : 'generator/';
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
    ),
  );
}
