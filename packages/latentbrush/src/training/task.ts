import type { optim, Random, TrainingState } from '@latentbrush/engine';
import type { Schedule } from './schedule.ts';
import type { Words } from '../words.ts';

/** Measurements of one step, by name. */
export type Metrics = Readonly<Record<string, number>>;

/** What a system reports in addition to the events of all trainings: the fields of its events, and its model. */
export interface Reports {
  /** Before the first step: the size of the network and of the data, and the memory that the training needs, in bytes. */
  readonly start: { readonly memory: number };
  /** After each step: its measurements. */
  readonly step: object;
  /** After each epoch: its means, the validation and other measurements; `never` in training by iterations. */
  readonly epoch: object;
  /** A sample of the model's current results. */
  readonly sample: object;
  /** The final model. */
  readonly model: unknown;
}

/** Measurements at the end of an epoch. */
export interface Evaluation<Report> {
  /** Fields of the epoch's event and of its line in `metrics.jsonl`. */
  readonly report: Report;
  /** The loss that decides the best epoch: the validation loss if there is one. */
  readonly watched: number;
}

/** The point in a training where samples are made. */
export interface SampleTime {
  /** Steps done. */
  readonly step: number;
  /** From 1; 0 in training by iterations. */
  readonly epoch: number;
  readonly signal: AbortSignal | undefined;
}

/** An optimiser of a task, and its learning rate before the schedule. */
export interface ScheduledOptimizer {
  readonly optimizer: optim.Optimizer;
  readonly learningRate: number;
}

/**
 * What a system provides to the training loop ({@link fit}): its state, a step, measurements and samples. All randomness follows from the
 * seed and the step, so training can stop after any step and continue to the same bytes.
 *
 * `Counts` is the system's own state in checkpoints, as JSON.
 */
export interface Task<R extends Reports, Counts extends object = object> {
  /** Everything that training changes: weights, slots of the optimisers. A checkpoint contains all of it. */
  readonly state: TrainingState;
  readonly optimizers: readonly ScheduledOptimizer[];
  /** Share of the learning rates by step (default: always 1). */
  readonly schedule?: Schedule | undefined;
  /** Steps of an epoch; left out in training by iterations. */
  readonly stepsPerEpoch?: number;
  /** Steps between two lines of `metrics.jsonl`. */
  readonly metricsEvery: number;
  /** Whether steps with samples have their own line (default false). */
  readonly metricsOfSamples?: boolean;

  /** The report before the first step. */
  start(): R['start'];
  /**
   * Updates the state once.
   * @param step number of the update, from 0
   * @param random root of the run's randomness: fork it by the purpose of the draw and by the step
   * @returns measurements from before the update. All of them, including `loss` if present, are averaged over the epoch.
   */
  step(step: number, random: Random): Promise<Metrics & R['step']>;
  /** Weight of the last step in the means of its epoch: its share of a full batch (default 1). */
  weight?(): number;
  /**
   * Measures the model at the end of an epoch.
   * @param means of the epoch's metrics
   * @param epoch from 1
   * @param signal may end it early
   * @returns undefined if it ended early; the epoch is measured when training continues
   */
  evaluate?(
    means: Metrics,
    epoch: number,
    random: Random,
    signal?: AbortSignal,
  ): Promise<Evaluation<R['epoch']> | undefined>;
  /** Makes samples, and writes them into the run's folder if there is one. */
  sample?(when: SampleTime, random: Random): AsyncGenerator<R['sample'], void, undefined>;
  /** A warning for people about the training; requested after samples. */
  warning?(step: number): Words | string | undefined;
  /** The system's own state in checkpoints. */
  counts?(): Counts;
  /** The current model. */
  model(): R['model'];
  /** Advice when training diverges, as the end of a sentence, for example words`lower ${option('learningRate')} (now 0.01)`. */
  remedy(): Words | string;
  /** Frees the native memory. */
  release(): Promise<void>;
}
