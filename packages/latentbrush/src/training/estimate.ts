import { Random } from '@latentbrush/engine';
import { latestCheckpoint, readRun, type TrainingCheckpoint } from '../runs/training-run.ts';
import { lengthOf, restore, type FitOptions } from './fit.ts';
import type { Progress } from './progress.ts';
import type { Reports, Task } from './task.ts';
import type { Prepared, TrainableSystem } from './trainable.ts';

/** Steps before the measured ones: ONNX Runtime allocates its memory in them. */
const WARM_UP = 2;

/** Steps are measured for this long, in milliseconds, ... */
const MEASURED_MS = 400;
/** ... but at least and at most this many. */
const FEWEST = 3;
const MOST = 30;

/** What a training will need. */
export interface TrainingEstimate {
  /** Memory in bytes: the same figure as in the first event of the training. */
  readonly memory: number;
  /** Duration in seconds, without loading the data. */
  readonly seconds: number;
  /** Steps until the end; early stopping can end a training sooner. For a run that continues, only the steps that are left. */
  readonly steps: number;
}

/**
 * Estimates memory and duration of a training on this machine, in some seconds (more for large networks): compiles it, measures some of its steps and one
 * evaluation with samples, and writes nothing.
 *
 * It measures, because nothing else is right everywhere: a step of one network is ten times as long on another machine or with other
 * options, and earlier runs do not record how long they took.
 *
 * @param options checked options
 * @param signal stops measuring: then the estimate rests on fewer steps
 * @throws InputError when the options do not fit the data, as the training itself would
 */
export async function estimateTraining<
  R extends Reports,
  Data,
  Options extends FitOptions,
  Extra extends Readonly<Record<string, unknown>>,
  Counts extends object,
>(
  system: TrainableSystem<R, Data, Options, Extra, Counts>,
  data: Data,
  options: Options,
  signal?: AbortSignal,
): Promise<TrainingEstimate> {
  return estimatePrepared(await system.prepare(data, options), undefined, signal);
}

/**
 * Estimates memory and duration of continuing a run, as {@link estimateTraining} does for a new one. It only reads the run.
 *
 * @param data the training data of the run
 * @param change makes the new options from those of the run
 * @param signal stops measuring: then the estimate rests on fewer steps
 * @returns 0 steps and 0 seconds when the run has reached its length
 * @throws InputError when the folder is not a run of the system, its checkpoint is damaged, or the data differs
 */
export async function estimateResumed<
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
  signal?: AbortSignal,
): Promise<TrainingEstimate> {
  const run = await readRun(system.runs, folder);
  const prepared = await system.prepare(data, change(run.options), run);
  return estimatePrepared(prepared, await latestCheckpoint(system.runs, folder), signal);
}

async function estimatePrepared<R extends Reports, Options extends FitOptions, Extra, Counts extends object>(
  { options, compile }: Prepared<R, Options, Extra, Counts>,
  checkpoint: TrainingCheckpoint<Progress<Counts>> | undefined,
  signal: AbortSignal | undefined,
): Promise<TrainingEstimate> {
  const begun = performance.now();
  const task = await compile({ run: undefined, checkpoint });
  try {
    if (checkpoint !== undefined) restore(task.state, checkpoint);
    const compiling = performance.now() - begun;
    const { memory } = task.start();
    const { total } = lengthOf(task, options);
    const first = checkpoint?.step ?? 0;
    const steps = Math.max(0, total - first);
    if (steps === 0) return { memory, seconds: 0, steps };
    const random = new Random(options.seed);
    const step = await medianOfSteps(task, { first, steps }, random, signal);
    const pauses = pausesIn(task, total, options) - pausesIn(task, first, options);
    const pause = pauses === 0 || signal?.aborted === true ? 0 : await pauseOf(task, random, signal);
    return { memory, seconds: (compiling + steps * step + pauses * pause) / 1000, steps };
  } finally {
    await task.release();
  }
}

/** The steps that a training still has to do. */
interface Remaining {
  /** Number of the first one. */
  readonly first: number;
  readonly steps: number;
}

async function medianOfSteps<R extends Reports, Counts extends object>(
  task: Task<R, Counts>,
  { first, steps }: Remaining,
  random: Random,
  signal: AbortSignal | undefined,
): Promise<number> {
  const times: number[] = [];
  const warmUp = Math.min(WARM_UP, steps - 1);
  let measured = 0;
  for (let step = 0; step < Math.min(steps, WARM_UP + MOST); step++) {
    const begun = performance.now();
    await task.step(first + step, random);
    const time = performance.now() - begun;
    if (step >= warmUp) times.push(time);
    measured += step >= warmUp ? time : 0;
    const isEnough = times.length >= FEWEST && measured >= MEASURED_MS;
    if (isEnough || (signal?.aborted === true && times.length > 0)) break;
  }
  const sorted = times.sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** How often training pauses for an evaluation and samples. */
function pausesIn<R extends Reports, Counts extends object>(
  { stepsPerEpoch }: Task<R, Counts>,
  total: number,
  { sampleEvery = Infinity }: FitOptions,
): number {
  return Math.floor(total / (stepsPerEpoch ?? sampleEvery));
}

/** Milliseconds of one evaluation with samples. */
async function pauseOf<R extends Reports, Counts extends object>(
  task: Task<R, Counts>,
  random: Random,
  signal: AbortSignal | undefined,
): Promise<number> {
  const begun = performance.now();
  await task.evaluate?.({}, 1, random);
  for await (const sample of task.sample?.({ step: 1, epoch: 1, signal }, random) ?? []) void sample;
  return performance.now() - begun;
}
