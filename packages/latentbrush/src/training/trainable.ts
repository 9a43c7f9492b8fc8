import type { z } from 'zod';
import { afterOptions, parseOptions, takeSignal, withChanges, type Stoppable } from '../options.ts';
import type { Recipe } from '../image/index.ts';
import { newNames } from '../renamed-options.ts';
import {
  TrainingRun,
  type RunContents,
  type RunKind,
  type TrainingCheckpoint,
} from '../runs/training-run.ts';
import type { TrainingEvent } from './events.ts';
import { fit, type FitOptions } from './fit.ts';
import type { Progress } from './progress.ts';
import type { Reports, Task } from './task.ts';

/** The context for compiling a task. */
export interface TaskContext<Counts extends object = object> {
  /** Folder that keeps the run; undefined when none is kept. */
  readonly run: Pick<TrainingRun<never, never, never>, 'folder' | 'writeSample' | 'writeText'> | undefined;
  /** Checkpoint from which training continues. The loop restores the state; the task uses step and counts. */
  readonly checkpoint: TrainingCheckpoint<Progress<Counts>> | undefined;
}

/** Data, ready for training. */
export interface Prepared<R extends Reports, Options, Extra, Counts extends object> {
  /** Options, including defaults that depend on the data or on each other. */
  readonly options: Options;
  /** What a run records in addition to its options: the source of its data, the architecture. */
  readonly extra: Extra;
  /** Compiles the task. */
  readonly compile: (context: TaskContext<Counts>) => Promise<Task<R, Counts>>;
}

/** Definition of a trainable system: its options, and how data and options become a task. */
export interface TrainableSystem<
  R extends Reports,
  Data,
  Options extends FitOptions,
  Extra extends Readonly<Record<string, unknown>>,
  Counts extends object = object,
> {
  readonly runs: RunKind<Options, Extra, Progress<Counts>>;
  /** The part of `extra` with the place of the data. */
  readonly places: readonly (keyof Extra)[];
  /** Options as given by the user. */
  readonly options: z.ZodType<Options>;
  /** Options that programs can spread before their own. */
  readonly preset?: Partial<Options>;
  /**
   * Prepares data.
   * @param trainedOn the run, when training continues
   * @throws InputError when the options do not fit the data, or the data differs from the run's training data
   */
  readonly prepare: (
    data: Data,
    options: Options,
    trainedOn?: RunContents<Options, Extra>,
  ) => Prepared<R, Options, Extra, Counts> | Promise<Prepared<R, Options, Extra, Counts>>;
}

/**
 * Makes the recipe of the samples that a training writes; each adds its step.
 * @param options of the training
 * @param started options with which the run was started
 */
export type SampleRecipe<Options> = (options: Options, started: Options) => Promise<Recipe>;

/** What the jobs of a training add to it. */
interface TrainingExtras<Options> extends Stoppable {
  /** The recipe of its samples (default: samples have none). */
  readonly samples?: SampleRecipe<Options> | undefined;
}

/** Options before they are checked, and the folder of the run. */
type Given<Options> = { readonly [Name in keyof Options]?: unknown } & Stoppable & {
    readonly run?: string | undefined;
  };

/**
 * Starts a training.
 * @param options the system's options; with `run`, a folder, the run is kept there: options, metrics, samples, checkpoints; with `signal`, which
 *   ends training after the current step, with a checkpoint
 * @param deprecatedSignal the place of the signal in version 0.1
 * @throws InputError when options do not fit, the folder cannot be used, or training diverges
 */
export async function* startTraining<
  R extends Reports,
  Data,
  Options extends FitOptions,
  Extra extends Readonly<Record<string, unknown>>,
  Counts extends object,
>(
  system: TrainableSystem<R, Data, Options, Extra, Counts>,
  data: Data,
  options: Given<Options>,
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainingEvent<R>, void, undefined> {
  const { given: withRun, signal } = takeSignal(options, afterOptions(deprecatedSignal));
  const { run, ...given } = withRun;
  const checked = parseOptions(system.options, newNames(system.options, given, system.preset));
  yield* trainChecked(system, data, checked, { run, signal });
}

/** {@link startTraining} with options that are already checked, as those of a job are. */
export async function* trainChecked<
  R extends Reports,
  Data,
  Options extends FitOptions,
  Extra extends Readonly<Record<string, unknown>>,
  Counts extends object,
>(
  system: TrainableSystem<R, Data, Options, Extra, Counts>,
  data: Data,
  options: Options,
  { run: folder, signal, samples }: { readonly run?: string | undefined } & TrainingExtras<Options>,
): AsyncGenerator<TrainingEvent<R>, void, undefined> {
  const { options: resolved, extra, compile } = await system.prepare(data, options);
  const recipe = folder === undefined ? undefined : await samples?.(resolved, resolved);
  const run =
    folder === undefined ? undefined : await TrainingRun.create(system.runs, folder, resolved, extra);
  if (recipe !== undefined) run?.recordSamples(recipe);
  try {
    yield* fit(await compile({ run, checkpoint: undefined }), resolved, { run, signal });
  } finally {
    await run?.close();
  }
}

/**
 * Continues a run from its last checkpoint.
 * @param data the training data of the run
 * @param changes options that may change
 * @throws InputError when the folder is not a run of the system, its checkpoint is damaged, or the data differs
 */
export async function* resumeTraining<
  R extends Reports,
  Data,
  Options extends FitOptions,
  Extra extends Readonly<Record<string, unknown>>,
  Counts extends object,
>(
  system: TrainableSystem<R, Data, Options, Extra, Counts>,
  folder: string,
  data: Data,
  changes: { readonly [Name in keyof Options]?: Options[Name] | undefined } & Stoppable,
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainingEvent<R>, void, undefined> {
  const { given, signal } = takeSignal(changes, afterOptions(deprecatedSignal));
  const change = (options: Options): Options =>
    parseOptions(system.options, withChanges(options, given as typeof changes));
  yield* resumeChecked(system, folder, data, change, { signal });
}

/**
 * {@link resumeTraining} with changes that are already checked, as those of a job are.
 * @param change makes the new options from those of the run
 */
export async function* resumeChecked<
  R extends Reports,
  Data,
  Options extends FitOptions,
  Extra extends Readonly<Record<string, unknown>>,
  Counts extends object,
>(
  system: TrainableSystem<R, Data, Options, Extra, Counts>,
  folder: string,
  data: Data,
  change: (options: Options) => Options,
  { signal, samples }: TrainingExtras<Options>,
): AsyncGenerator<TrainingEvent<R>, void, undefined> {
  const run = await TrainingRun.open(system.runs, folder);
  try {
    const { options, extra, compile } = await system.prepare(data, change(run.options), run);
    await run.remember(extra, system.places);
    const recipe = await samples?.(options, run.options);
    if (recipe !== undefined) run.recordSamples(recipe);
    const checkpoint = await run.lastCheckpoint();
    yield* fit(await compile({ run, checkpoint }), options, { run, checkpoint, signal });
  } finally {
    await run.close();
  }
}
