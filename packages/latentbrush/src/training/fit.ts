import { InputError, Random, type NDArray, type TrainingState } from '@latentbrush/engine';
import type { TrainingCheckpoint, TrainingRun } from '../runs/training-run.ts';
import type { EndReason, TrainingEvent } from './events.ts';
import { beginningProgress, means, summed, type Progress } from './progress.ts';
import type { Reports, Task } from './task.ts';
import { OptionError, words } from '../words.ts';

/** The length of a training, and the intervals of its actions. Systems take these from their options. */
export interface FitOptions {
  readonly seed: number;
  /** Passes over the data, in a training by epochs. */
  readonly epochs?: number;
  /** Ends a training by epochs after this many steps. */
  readonly maxSteps?: number | undefined;
  /** Steps of a training by iterations. */
  readonly iterations?: number;
  /** Epochs without a better loss after which training stops; 0 for never. */
  readonly patience?: number;
  /** Steps between checkpoints. */
  readonly checkpointEvery: number;
  /** Steps between samples; a training by epochs makes them at the end of each. */
  readonly sampleEvery?: number;
  /** Number of newest checkpoints to keep. */
  readonly keep?: number | undefined;
}

/** The context of a training. */
export interface FitContext<Counts extends object> {
  /** Folder that keeps the run; undefined when none is kept. */
  readonly run: TrainingRun<unknown, unknown, Progress<Counts>> | undefined;
  /** Checkpoint from which training continues. */
  readonly checkpoint?: TrainingCheckpoint<Progress<Counts>> | undefined;
  /** Ends training after the current step, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The training loop: like `fit` in Keras, with checkpoints, early stopping and samples. All systems use it.
 *
 * The same task, options and thread count give the same losses, even if training was interrupted and resumed.
 *
 * @param task the task to train; it is released at the end
 * @throws InputError when training diverges, the checkpoint belongs to another network, or the folder cannot be written
 */
export async function* fit<R extends Reports, Counts extends object>(
  task: Task<R, Counts>,
  options: FitOptions,
  context: FitContext<Counts>,
): AsyncGenerator<TrainingEvent<R>, void, undefined> {
  try {
    if (context.checkpoint !== undefined) restore(task.state, context.checkpoint);
    yield* new Fit(task, options, context).events();
  } finally {
    await task.release();
  }
}

/** Steps of all epochs or iterations, and steps until the end: `maxSteps` may end training earlier. */
export function lengthOf(
  { stepsPerEpoch }: { readonly stepsPerEpoch?: number },
  { epochs = 1, maxSteps = Infinity, iterations = Infinity }: FitOptions,
): { readonly length: number; readonly total: number } {
  const length = stepsPerEpoch === undefined ? iterations : epochs * stepsPerEpoch;
  return { length, total: Math.min(length, maxSteps) };
}

/** A training in progress. Its state is the number of steps done and {@link Progress}. */
class Fit<R extends Reports, Counts extends object> {
  readonly #task: Task<R, Counts>;
  readonly #options: FitOptions;
  readonly #run: FitContext<Counts>['run'];
  readonly #signal: AbortSignal | undefined;
  readonly #random: Random;
  /** Steps of all epochs or iterations, and steps until the end; `maxSteps` may end training earlier. */
  readonly #length: number;
  readonly #total: number;
  #progress: Omit<Progress, 'counts'>;
  #step: number;
  #savedAt: number | undefined;

  constructor(task: Task<R, Counts>, options: FitOptions, { run, checkpoint, signal }: FitContext<Counts>) {
    this.#task = task;
    this.#options = options;
    this.#run = run;
    this.#signal = signal;
    this.#random = new Random(options.seed);
    const { length, total } = lengthOf(task, options);
    this.#length = length;
    this.#total = total;
    this.#progress = checkpoint?.progress ?? beginningProgress;
    this.#step = checkpoint?.step ?? 0;
    this.#savedAt = checkpoint?.step;
  }

  async *events(): AsyncGenerator<TrainingEvent<R>, void, undefined> {
    const { checkpointEvery } = this.#options;
    await this.#run?.begin(this.#step);
    const start = { type: 'start', step: this.#step, total: this.#total, folder: this.#run?.folder } as const;
    yield { ...start, ...this.#task.start() };
    let reason: EndReason | undefined;
    while ((reason = this.#endReason()) === undefined) {
      if (this.#epochEndIsDue()) {
        yield* this.#endEpoch();
        continue;
      }
      yield await this.#update();
      if (this.#samplesAreDue()) yield* this.#show();
      if (!this.#epochEndIsDue() && this.#step % checkpointEvery === 0) yield await this.#save();
    }
    if (this.#step !== (this.#savedAt ?? 0)) yield await this.#save();
    yield { type: 'done', step: this.#step, reason, model: this.#task.model() };
  }

  // An epoch is complete only when it was measured, shown and saved; the same holds for a training that ends with it.
  #endReason(): EndReason | undefined {
    const { patience = 0 } = this.#options;
    if (!this.#epochEndIsDue()) {
      if (patience > 0 && this.#progress.epochsWithoutBest >= patience) return 'early-stopping';
      if (this.#step >= this.#total) return this.#length > this.#total ? 'max-steps' : 'finished';
    }
    return this.#signal?.aborted === true ? 'aborted' : undefined;
  }

  #epochEndIsDue(): boolean {
    const { stepsPerEpoch } = this.#task;
    return stepsPerEpoch !== undefined && this.#step === (this.#progress.epochsEnded + 1) * stepsPerEpoch;
  }

  // In training by iterations; training by epochs shows samples at the end of each epoch.
  #samplesAreDue(): boolean {
    const { sampleEvery } = this.#options;
    return sampleEvery !== undefined && (this.#step % sampleEvery === 0 || this.#step === this.#total);
  }

  async #update(): Promise<TrainingEvent<R>> {
    const task = this.#task;
    const { stepsPerEpoch, schedule, metricsEvery, metricsOfSamples = false } = task;
    const share = schedule?.(this.#step) ?? 1;
    for (const { optimizer, learningRate } of task.optimizers) optimizer.learningRate = learningRate * share;
    const metrics = await task.step(this.#step, this.#random);
    const isFirst = stepsPerEpoch !== undefined && this.#step % stepsPerEpoch === 0;
    this.#step += 1;
    if (!Object.values<number>(metrics).every(Number.isFinite)) throw this.#diverged();
    let measured: Readonly<Record<string, number>> = metrics;
    if (stepsPerEpoch !== undefined) {
      const before = isFirst ? beginningProgress : this.#progress;
      this.#progress = { ...this.#progress, ...summed(before, metrics, task.weight?.() ?? 1) };
      const { loss, ...others } = metrics;
      measured = {
        epoch: Math.ceil(this.#step / stepsPerEpoch),
        ...(loss !== undefined && { loss: means(this.#progress).loss!, batchLoss: loss }),
        ...others,
      };
    }
    if (this.#step % metricsEvery === 0 || (metricsOfSamples && this.#samplesAreDue()))
      await this.#run?.log({ type: 'step', step: this.#step, ...measured });
    return { type: 'step', step: this.#step, total: this.#total, ...measured } as TrainingEvent<R>;
  }

  async *#show(): AsyncGenerator<TrainingEvent<R>, void, undefined> {
    const task = this.#task;
    const step = this.#step;
    const epoch = task.stepsPerEpoch === undefined ? 0 : step / task.stepsPerEpoch;
    for await (const sample of task.sample?.({ step, epoch, signal: this.#signal }, this.#random) ?? [])
      yield { type: 'sample', step, ...sample };
    const warning = task.warning?.(step);
    if (warning !== undefined) {
      const said = words`${warning}`;
      yield { type: 'warning', step, message: said.written(), words: said };
    }
  }

  // Measures, shows and saves. If this is interrupted, the epoch is not complete: a resumed training completes it.
  async *#endEpoch(): AsyncGenerator<TrainingEvent<R>, void, undefined> {
    const step = this.#step;
    const epoch = this.#progress.epochsEnded + 1;
    const task = this.#task;
    const evaluation = await task.evaluate?.(means(this.#progress), epoch, this.#random, this.#signal);
    if (task.evaluate !== undefined && evaluation === undefined) return;
    const { bestLoss, epochsWithoutBest } = this.#progress;
    const best = evaluation !== undefined && evaluation.watched < (bestLoss ?? Infinity);
    const event = { type: 'epoch', step, epoch, ...evaluation?.report, best } as const;
    yield event as unknown as TrainingEvent<R>;
    yield* this.#show();
    if (this.#signal?.aborted === true) return;
    await this.#run?.log(event);
    this.#progress = {
      ...this.#progress,
      epochsEnded: epoch,
      epochsWithoutBest: best ? 0 : epochsWithoutBest + 1,
      ...(best && { bestLoss: evaluation.watched }),
    };
    yield await this.#save(best);
  }

  async #save(best = false): Promise<TrainingEvent<R>> {
    const step = this.#step;
    const tensors = this.#task.state.snapshot();
    if (!Object.values(tensors).every(isFinite)) throw this.#diverged();
    const progress = { ...this.#progress, counts: this.#task.counts?.() ?? ({} as Counts) };
    await this.#run?.checkpoint({ step, tensors, progress }, { best, keep: this.#options.keep });
    this.#savedAt = step;
    return { type: 'checkpoint', step };
  }

  #diverged(): InputError {
    const saved = this.#run === undefined ? undefined : this.#savedAt;
    const kept = saved === undefined ? 'No checkpoint was saved' : `Last good checkpoint: step ${saved}`;
    return new OptionError(
      words`training: diverged at step ${this.#step} (NaN or infinity). ${kept}; ${this.#task.remedy()}`,
    );
  }
}

/**
 * Gives a task the state of a checkpoint: the whole state, since a missing part would silently start from its initial values.
 * @throws InputError when the checkpoint belongs to another network
 */
export function restore(
  state: TrainingState,
  { step, tensors }: { readonly step: number; readonly tensors: Readonly<Record<string, NDArray>> },
): void {
  const names = state.names();
  const fits = (name: string): boolean => tensors[name]?.shape.join() === state.get(name).shape.join();
  if (Object.keys(tensors).length !== names.length || !names.every(fits)) {
    throw new InputError(
      `training: the checkpoint of step ${step} does not match the network or optimizer in run.json; put back the checkpoint of this run`,
    );
  }
  state.load(tensors);
}

function isFinite({ data }: NDArray): boolean {
  return (data as Float32Array).every(Number.isFinite);
}
