import { InputError, type NDArray } from '@latentbrush/engine';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { withRecipeOptions, writePicture, writeText, type Picture, type Recipe } from '../image/index.ts';
import {
  checkpointPath,
  loadCheckpoint,
  loadCheckpointFile,
  saveCheckpoint,
  savedSteps,
  type SaveOptions,
} from './checkpoint.ts';
import { lockRun, type RunLock } from './lock.ts';
import { appendMetric, truncateMetricsAfter, type Metric } from './metrics.ts';
import { createRun, openRun, updateExtra, type Run } from './run.ts';
import { TrainingTimes } from './times.ts';

/** What a system stores in its runs: the schemas of its options, of its other records, and of its progress counts. */
export interface RunKind<Options, Extra, Progress> {
  /** `vae`, `gan` ... */
  readonly system: string;
  readonly options: z.ZodType<Options>;
  readonly extra: z.ZodType<Extra>;
  readonly progress: z.ZodType<Progress>;
  /** The part of `extra` that determines results: hashes of the data, not their places (default: all of it). */
  identity?(extra: Extra): unknown;
}

/** A run, as read without training. */
export interface RunContents<Options, Extra> {
  readonly folder: string;
  readonly options: Options;
  readonly extra: Extra;
}

/** The progress of a training. */
export interface TrainingCheckpoint<Progress> {
  readonly step: number;
  readonly tensors: Readonly<Record<string, NDArray>>;
  readonly progress: Progress;
}

/**
 * Reads the description of a run. @throws InputError when the folder is not a run of this system, or damaged
 */
export async function readRun<Options, Extra, Progress>(
  kind: RunKind<Options, Extra, Progress>,
  folder: string,
): Promise<RunContents<Options, Extra>> {
  return contentsOf(kind, await openRun(folder, { system: kind.system }));
}

/**
 * A checkpoint of a run.
 * @param which `latest` (default), `best`, the number of a step whose checkpoint was kept, or the path of a file
 * @throws InputError when there is none, or it is damaged
 */
export async function readCheckpoint<Options, Extra, Progress>(
  kind: RunKind<Options, Extra, Progress>,
  folder: string,
  which = 'latest',
): Promise<TrainingCheckpoint<Progress>> {
  const { step, tensors, state } =
    which === 'latest' || which === 'best'
      ? await loadCheckpoint({ folder }, which)
      : await loadCheckpointFile(
          which.endsWith('.safetensors') ? which : await checkpointPath({ folder }, which),
        );
  return { step, tensors, progress: parsed(kind.progress, state, `${folder}: its checkpoint`, 'state') };
}

/**
 * The checkpoint from which the training of a run continues; undefined when none was written.
 * @throws InputError when it is damaged
 */
export async function latestCheckpoint<Options, Extra, Progress>(
  kind: RunKind<Options, Extra, Progress>,
  folder: string,
): Promise<TrainingCheckpoint<Progress> | undefined> {
  const [latest] = await savedSteps({ folder });
  return latest === undefined ? undefined : await readCheckpoint(kind, folder);
}

/** The folder of a running training; no other process trains in it meanwhile. */
export class TrainingRun<Options, Extra, Progress> implements RunContents<Options, Extra> {
  readonly #kind: RunKind<Options, Extra, Progress>;
  readonly #lock: RunLock;
  readonly #times: TrainingTimes;
  #recipe: Recipe | undefined;
  readonly folder: string;
  readonly options: Options;
  readonly extra: Extra;

  private constructor(
    kind: RunKind<Options, Extra, Progress>,
    { folder, options, extra }: RunContents<Options, Extra>,
    lock: RunLock,
  ) {
    this.#kind = kind;
    this.#lock = lock;
    this.folder = folder;
    this.options = options;
    this.extra = extra;
    this.#times = new TrainingTimes({ folder });
  }

  /**
   * Makes the folder of a new run.
   * @throws InputError when it cannot be used
   */
  static async create<
    Options extends { readonly seed: number },
    Extra extends Readonly<Record<string, unknown>>,
    Progress,
  >(
    kind: RunKind<Options, Extra, Progress>,
    folder: string,
    options: Options,
    extra: Extra,
  ): Promise<TrainingRun<Options, Extra, Progress>> {
    const { system } = kind;
    const identity = kind.identity?.(extra);
    const run = await createRun(folder, {
      system,
      options: { ...options },
      seed: options.seed,
      extra,
      identity,
    });
    return new TrainingRun(kind, { folder, options, extra }, await lockRun(run));
  }

  /**
   * Opens the folder of a run to continue it. @throws InputError when it is not a run of this system, is damaged, or another process trains in it
   */
  static async open<Options, Extra, Progress>(
    kind: RunKind<Options, Extra, Progress>,
    folder: string,
  ): Promise<TrainingRun<Options, Extra, Progress>> {
    const run = await openRun(folder, { system: kind.system });
    return new TrainingRun(kind, contentsOf(kind, run), await lockRun(run));
  }

  /**
   * The checkpoint from which training continues; undefined when none was written. Metrics of later steps are dropped.
   * @throws InputError when it is damaged
   */
  async lastCheckpoint(): Promise<TrainingCheckpoint<Progress> | undefined> {
    const checkpoint = await latestCheckpoint(this.#kind, this.folder);
    await truncateMetricsAfter(this, checkpoint?.step ?? 0);
    return checkpoint;
  }

  /** Starts the clock of the training. @param step the last step that is done */
  begin(step: number): Promise<void> {
    return this.#times.begin(step);
  }

  /** Saves everything needed to continue from a step, whole or not at all. */
  async checkpoint(
    { step, tensors, progress }: TrainingCheckpoint<Progress>,
    options: SaveOptions = {},
  ): Promise<void> {
    await saveCheckpoint(this, step, tensors, progress, options);
    await this.#times.reached(step, true);
  }

  /**
   * Records the new place of the run's data, if it has moved. @param extra the records about the data as they would be now @param places
   * the part of them with the place of the data
   */
  async remember(extra: Extra, places: readonly (keyof Extra)[]): Promise<void> {
    const moved = places.filter((name) => !isDeepStrictEqual(extra[name], this.extra[name]));
    if (moved.length === 0) return;
    await updateExtra(this.folder, Object.fromEntries(moved.map((name) => [name, extra[name]])));
  }

  /** Adds a line to the metrics. */
  async log(metric: Metric): Promise<void> {
    await appendMetric(this, metric);
    await this.#times.reached(metric.step);
  }

  /** Sets the recipe of the files in `samples/`; each adds its own options to it. */
  recordSamples(recipe: Recipe): void {
    this.#recipe = recipe;
  }

  /**
   * Writes a picture into `samples/`, with its recipe if the training has one.
   * @param name without extension
   * @param own options that only the recipe of this picture has, such as its step
   * @returns its path
   */
  async writeSample(name: string, picture: Picture, own: Recipe['options']): Promise<string> {
    const path = join(await this.#samplesFolder(), `${name}.png`);
    const recipe = this.#recipeWith(own);
    await writePicture(path, picture, recipe === undefined ? {} : { recipe });
    return path;
  }

  /**
   * Writes a text into `samples/`, and beside it its recipe if the training has one.
   * @param name without extension
   * @param own options that only the recipe of this text has, such as its step
   * @returns its path
   */
  async writeText(name: string, text: string, own: Recipe['options']): Promise<string> {
    const path = join(await this.#samplesFolder(), `${name}.txt`);
    await writeText(path, text, this.#recipeWith(own));
    return path;
  }

  #recipeWith(own: Recipe['options']): Recipe | undefined {
    return this.#recipe && withRecipeOptions(this.#recipe, own);
  }

  async #samplesFolder(): Promise<string> {
    const folder = join(this.folder, 'samples');
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** Lets other processes use the folder again. */
  close(): Promise<void> {
    return this.#lock.release();
  }
}

function contentsOf<Options, Extra, Progress>(
  kind: RunKind<Options, Extra, Progress>,
  { folder, options, extra }: Run,
): RunContents<Options, Extra> {
  return {
    folder,
    options: parsed(kind.options, options, `${folder}: run.json`, 'options'),
    extra: parsed(kind.extra, extra, `${folder}: run.json`, 'extra'),
  };
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string, part: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const place = [part, ...(result.error.issues[0]?.path ?? [])].join('.');
  throw new InputError(`${what} is damaged at ${place}; restore it from a copy or start a new run`);
}
