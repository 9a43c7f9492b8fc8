import {
  compile,
  float32,
  input,
  InputError,
  nn,
  type Random,
  type NDArray,
  type Session,
  type Tensor,
} from '@latentbrush/engine';
import { counted } from '../counted.ts';
import type { Picture } from '../image/index.ts';
import type { Point } from '../latent/index.ts';
import { readCheckpoint, readRun } from '../runs/training-run.ts';
import { generatorWeights } from './averaged-weights.ts';
import { generator, type Architecture } from './networks/network.ts';
import { pictureRange, type PictureRange } from './data.ts';
import { ganRuns } from './run.ts';

/** A trained generator. */
export interface GanModel {
  readonly architecture: Architecture;
  /** By name, without the leading `generator/`. */
  readonly weights: Readonly<Record<string, NDArray>>;
  /** Names of the classes it can generate. */
  readonly classes: readonly string[];
  readonly range: PictureRange;
}

/** Largest number of pictures per batch: more need much memory and save no time per picture. */
const CHUNK = 16;

/** A smaller truncation leaves hardly any values, and finding them is slow. */
export const SMALLEST_TRUNCATION = 0.1;

/**
 * Generates pictures of latent points with a trained model.
 * @example
 * const generator = await gan.load('runs/smileys');
 * const [from, to] = generator.draw(new Random(1), 2);
 * const frames = await generator.decode(latent.pathThrough([from!, to!], 8, 'spherical'));
 * await generator.release();
 */
export class Generator {
  readonly model: GanModel;
  readonly #threads: number | undefined;
  readonly #sessions = new Map<number, Promise<Session<'pictures'>>>();

  constructor(model: GanModel, { threads }: { readonly threads?: number | undefined } = {}) {
    this.model = model;
    this.#threads = threads;
  }

  /**
   * Loads the generator of a run from a checkpoint: with averaged weights if they were kept.
   * @param options.checkpoint `latest` (default), the number of a step whose checkpoint was kept, or the path of a file
   * @param options.threads processor threads (default: all)
   * @throws InputError when the folder is not a GAN run, or its checkpoint is damaged
   */
  static async load(
    folder: string,
    options: { readonly checkpoint?: string | undefined; readonly threads?: number | undefined } = {},
  ): Promise<Generator> {
    const { checkpoint, ...using } = options;
    const { extra, options: trained } = await readRun(ganRuns, folder);
    const { tensors } = await readCheckpoint(ganRuns, folder, checkpoint);
    const { architecture, classes } = extra;
    const weights = generatorWeights(tensors, trained);
    if (!fits(weights, architecture) || classes.length !== architecture.classes) {
      throw new InputError(
        `${folder}: its checkpoint does not match the network in run.json; restore run.json from a copy`,
      );
    }
    return new Generator({ architecture, classes, weights, range: pictureRange(trained) }, using);
  }

  /**
   * Points of the latent space, drawn from the normal distribution.
   * @param truncation values further from 0 than this are drawn again: more typical pictures, less variety (Brock et al. 2019)
   * @throws InputError when it is less than `SMALLEST_TRUNCATION`
   */
  draw(random: Random, count: number, truncation = Infinity): Point[] {
    if (!(truncation >= SMALLEST_TRUNCATION))
      throw new InputError(
        `truncation: ${truncation} was given; a number of at least ${SMALLEST_TRUNCATION} is needed`,
      );
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
   * Pictures of random points; with classes, each class in turn.
   * @param truncation as for {@link draw}
   * @returns `count` pictures, 0 to 255
   * @throws InputError as {@link draw}
   */
  async sample(random: Random, count: number, truncation = Infinity): Promise<Picture[]> {
    const points = this.draw(random, count, truncation);
    const { classes } = this.model.architecture;
    return this.decode(points, classes > 0 ? points.map((_, index) => index % classes) : undefined);
  }

  /**
   * @param points of the latent space
   * @param classes class of each point, when the model was trained with classes
   * @returns pictures, 0 to 255
   * @throws InputError when a point has another number of dimensions, or a class is missing, unknown or not possible
   */
  async decode(points: readonly Point[], classes?: readonly number[]): Promise<Picture[]> {
    const pictures: Picture[] = [];
    for await (const picture of this.decodeStream(points, classes)) pictures.push(picture);
    return pictures;
  }

  /**
   * Like {@link decode}, but in batches: the rest is not computed if the caller stops early.
   * @throws InputError as {@link decode}
   */
  async *decodeStream(
    points: readonly Point[],
    classes?: readonly number[],
  ): AsyncGenerator<Picture, void, undefined> {
    const { architecture, range } = this.model;
    const { latent } = architecture;
    const wrong = points.find((point) => point.length !== latent);
    if (wrong !== undefined)
      throw new InputError(
        `gan: a point of ${counted(wrong.length, 'dimension')} was given; this model has ${latent}`,
      );
    const labels = this.#labels(points.length, classes);
    for (let start = 0; start < points.length; start += CHUNK) {
      const chunk = points.slice(start, start + CHUNK);
      const session = await this.#session(chunk.length);
      const z = new Float32Array(chunk.length * latent);
      chunk.forEach((point, row) => z.set(point, row * latent));
      const { pictures: values } = await session.run({
        z: float32(z, [chunk.length, latent]),
        ...(labels !== undefined && {
          labels: oneHot(labels.slice(start, start + CHUNK), architecture.classes),
        }),
      });
      yield* picturesOf(values, range);
    }
  }

  /**
   * The same as {@link decode}.
   * @deprecated its name is now `decode`
   */
  generate(points: readonly Point[], classes?: readonly number[]): Promise<Picture[]> {
    return this.decode(points, classes);
  }

  /**
   * The same as {@link decodeStream}.
   * @deprecated its name is now `decodeStream`
   */
  generateStream(
    points: readonly Point[],
    classes?: readonly number[],
  ): AsyncGenerator<Picture, void, undefined> {
    return this.decodeStream(points, classes);
  }

  /** Frees the native memory. */
  async release(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await (await session).release();
  }

  #labels(count: number, classes: readonly number[] | undefined): readonly number[] | undefined {
    const byClass = this.model.architecture.classes > 0;
    if (byClass && classes?.length !== count)
      throw new InputError('gan: this model was trained with classes; give a class for each picture');
    if (!byClass && classes !== undefined)
      throw new InputError('gan: this model was trained without classes; leave them out');
    return classes;
  }

  #session(count: number): Promise<Session<'pictures'>> {
    const known = this.#sessions.get(count);
    if (known !== undefined) return known;
    const { architecture, weights } = this.model;
    const pictures = generatorOn(nn.Parameters.frozen(weights), architecture, count);
    const session = compile({ pictures }, { threads: this.#threads });
    this.#sessions.set(count, session);
    return session;
  }
}

/** Classes in one-hot form: `[count, classes]`. */
export function oneHot(labels: ArrayLike<number>, classes: number): NDArray<'float32'> {
  const rows = new Float32Array(labels.length * classes);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new InputError(`gan: there is no class ${label}; classes have the numbers 0 to ${classes - 1}`);
    rows[row * classes + label] = 1;
  }
  return float32(rows, [labels.length, classes]);
}

/**
 * Converts values to pictures, 0 to 255.
 * @param values `[count, channels, height, width]`
 * @param range the values that become 0 and 255; values outside are not clipped
 */
export function picturesOf({ data, shape }: NDArray, [black, white]: PictureRange): Picture[] {
  const [count = 0, channels, height = 0, width = 0] = shape;
  const length = data.length / count;
  const scale = 255 / (white - black);
  return Array.from({ length: count }, (_, index) => ({
    channels: channels === 1 ? 1 : 3,
    height,
    width,
    data: (data as Float32Array)
      .subarray(index * length, (index + 1) * length)
      .map((value) => (value - black) * scale),
  }));
}

/**
 * Loads the generator of a run from a checkpoint, ready to generate pictures: with averaged weights if they were kept.
 * @param folder the run folder of a training with `run`
 * @param options.checkpoint `latest` (default), the number of a step whose checkpoint was kept, or the path of a file
 * @param options.threads processor threads (default: all)
 * @throws InputError when the folder is not a GAN run, or its checkpoint is damaged
 * @example
 * const generator = await gan.load('runs/smileys');
 * await image.writePicture('smileys.png', image.montage(await generator.sample(new Random(1), 16)));
 * await generator.release();
 */
export function load(
  folder: string,
  options: { readonly checkpoint?: string | undefined; readonly threads?: number | undefined } = {},
): Promise<Generator> {
  return Generator.load(folder, options);
}

/**
 * The generator of a run's newest checkpoint: the averaged one, if an average was kept.
 * @throws InputError when the folder is not a GAN run, or its checkpoint is damaged
 * @deprecated `(await gan.load(folder)).model` is the same
 */
export async function loadGan(folder: string): Promise<GanModel> {
  return (await Generator.load(folder)).model;
}

function fits(weights: GanModel['weights'], architecture: Architecture): boolean {
  const parameters = new nn.Parameters();
  generatorOn(parameters, architecture, 1);
  return parameters.list().every(({ name, tensor }) => weights[name]?.shape.join() === tensor.shape.join());
}

/**
 * The generator as it is used after training.
 * @returns its inputs and output: points `z` `[count, latent]` and, by class, one-hot `labels` `[count, classes]`; pictures `[count,
 * channels, size, size]`
 */
export function generatorOn(parameters: nn.Parameters, architecture: Architecture, count: number): Tensor {
  const { latent, classes } = architecture;
  const z = input('z', [count, latent]);
  const labels = classes > 0 ? input('labels', [count, classes]) : undefined;
  return generator(parameters, z, architecture, { training: false, labels });
}
