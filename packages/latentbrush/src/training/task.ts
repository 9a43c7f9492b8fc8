import type { optim, Random, TrainingState } from '@latentbrush/engine';
import type { Schedule } from './schedule.ts';
import type { Words } from '../words.ts';

/** What one step measured, by name. */
export type Metrics = Readonly<Record<string, number>>;

/** What a system reports besides what all trainings have: the fields of its events, and its model. */
export interface Reports {
  /** Before the first step: how large the network is, how much it learns from, how much memory it needs. */
  readonly start: object;
  /** After each step: what it measured. */
  readonly step: object;
  /** After each epoch: its means, the validation, whatever else was measured; `never` in a training by iterations. */
  readonly epoch: object;
  /** A look at what the model makes by now. */
  readonly sample: object;
  /** What remains in the end. */
  readonly model: unknown;
}

/** What was measured at the end of an epoch. */
export interface Evaluation<Report> {
  /** Fields of the epoch's event and of its line in `metrics.jsonl`. */
  readonly report: Report;
  /** The loss by which the best epoch is chosen: that of the validation where there is one. */
  readonly watched: number;
}

/** Where in a training samples are made. */
export interface SampleTime {
  /** Steps done. */
  readonly step: number;
  /** From 1; 0 in a training by iterations. */
  readonly epoch: number;
  readonly signal: AbortSignal | undefined;
}

/** An optimiser of a task, and its learning rate before the schedule. */
export interface ScheduledOptimizer {
  readonly optimizer: optim.Optimizer;
  readonly learningRate: number;
}

/**
 * What a system gives to the training loop ({@link fit}): its state, a step, and what it measures and shows. Everything random follows
 * from the seed and the step, so a training can stop after any step and continue to the same bytes.
 *
 * `Counts` is what the system itself counts across checkpoints, as JSON keeps it.
 */
export interface Task<R extends Reports, Counts extends object = object> {
  /** All that training changes: weights, slots of the optimisers. A checkpoint holds all of it. */
  readonly state: TrainingState;
  readonly optimizers: readonly ScheduledOptimizer[];
  /** Share of the learning rates by step (default: always 1). */
  readonly schedule?: Schedule | undefined;
  /** Steps of an epoch; left out in a training by iterations. */
  readonly stepsPerEpoch?: number;
  /** Steps between two lines of `metrics.jsonl`. */
  readonly metricsEvery: number;
  /** Whether steps that show samples have a line of their own (default false). */
  readonly metricsOfSamples?: boolean;

  /** What is said before the first step. */
  start(): R['start'];
  /**
   * Updates the state once.
   * @param step number of the update, from 0
   * @param random root of the run's randomness: fork it by what is drawn and by the step
   * @returns what it measured before the update. `loss`, where there is one, is averaged over the epoch with all else.
   */
  step(step: number, random: Random): Promise<Metrics & R['step']>;
  /** How much the last step counts in the means of its epoch: its share of a whole batch (default 1). */
  weight?(): number;
  /**
   * Measures the model at the end of an epoch.
   * @param means of the epoch's metrics
   * @param epoch from 1
   */
  evaluate?(means: Metrics, epoch: number, random: Random): Promise<Evaluation<R['epoch']>>;
  /** Looks at what the model makes by now, and writes it into the run's folder if there is one. */
  sample?(when: SampleTime, random: Random): AsyncGenerator<R['sample'], void, undefined>;
  /** What a person should know about how the training goes; asked after samples. */
  warning?(step: number): Words | string | undefined;
  /** What the system counts across checkpoints. */
  counts?(): Counts;
  /** The model as it is now. */
  model(): R['model'];
  /** What to change when training diverges, as the end of a sentence, for example words`lower ${option('learningRate')} (now 0.01)`. */
  remedy(): Words | string;
  /** Frees the native memory. */
  release(): Promise<void>;
}
