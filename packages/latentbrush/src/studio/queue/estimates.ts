import { tmpdir } from 'node:os';
import { availableMemory } from 'node:process';
import { jobNamed, type JobInputs, type TrainingEstimate } from '../../jobs/public.ts';
import { NotThereError, TooManyError } from './job-queue.ts';
import type { JobFailure } from './worker-messages.ts';
import { WorkerProcess } from './worker-process.ts';

/** What a person sees of a job before it starts. */
export interface Estimate extends TrainingEstimate {
  /** Bytes of memory that are free now. */
  readonly free: number;
  /** Whether a job ran while it was measured: then the machine is faster than it seemed. */
  readonly isBusy: boolean;
}

/** The answer to a question about a job: an estimate, or why there is none. */
export type EstimateAnswer = Estimate | JobFailure;

/** A job that is to be estimated. */
export interface EstimateRequest {
  readonly job: string;
  /** Paths of files and folders, or names of data sets, by the name of the input. */
  readonly inputs: JobInputs;
  readonly options: Readonly<Record<string, unknown>>;
  /** The folder of the run that a training continues. */
  readonly run?: string | undefined;
}

/** Options of {@link Estimates}. */
export interface EstimatesOptions {
  /** Whether a job runs now. */
  readonly isBusy: () => boolean;
  /** Where to find weights and data sets by name. Nothing is downloaded for an estimate. */
  readonly dataDir?: string | undefined;
  /** The compiled program of the workers (default: `worker.js` beside this file). */
  readonly worker?: URL | undefined;
}

/** Maximum number of estimates that are remembered. */
const MOST_KEPT = 200;

/** How long an estimate is remembered, in milliseconds: the files of its data can change. */
const KEPT_MS = 5 * 60_000;

/** Maximum number of requests that are measured or wait: a page has one at a time. */
export const MOST_WAITING = 20;

/** The answer to a request that nobody waits for. */
const CANCELLED: JobFailure = { error: ['cancelled'] };

/** A remembered estimate. */
interface Kept {
  readonly estimate: TrainingEstimate;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Estimates jobs before they start: each in a process, so that it can be ended at once, and one after the other, since two would slow each
 * other down. Answers about new trainings are remembered for some minutes, unless a job ran meanwhile.
 */
export class Estimates {
  readonly #options: EstimatesOptions;
  readonly #kept = new Map<string, Kept>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: EstimatesOptions) {
    this.#options = options;
  }

  /**
   * Estimates a job.
   * @param signal ends the measurement when nobody waits for it
   * @throws OptionError when an option is wrong by its schema
   * @throws NotThereError when the job cannot be estimated
   * @throws TooManyError when too many requests wait
   */
  async of(request: EstimateRequest, signal: AbortSignal): Promise<EstimateAnswer> {
    const job = await jobNamed(request.job);
    if (job.estimate === undefined) throw new NotThereError(`${request.job}: this job cannot be estimated`);
    job.check(request);
    const key = JSON.stringify([request.job, request.inputs, request.options]);
    const kept = request.run === undefined ? this.#kept.get(key) : undefined;
    if (kept !== undefined && Date.now() < kept.until)
      return { ...kept.estimate, free: availableMemory(), isBusy: false };
    if (this.#waiting >= MOST_WAITING)
      throw new TooManyError(
        `the studio measures ${MOST_WAITING} other trainings first; try again in a minute`,
      );
    this.#waiting += 1;
    const turn = this.#last.then(() => this.#measure(request, signal));
    this.#last = turn.catch(() => undefined);
    try {
      const measured = await turn;
      if ('error' in measured) return signal.aborted ? CANCELLED : measured; // a killed process has its own error
      const { isBusy, ...estimate } = measured;
      // The steps that a run has left change with its next training.
      if (!isBusy && request.run === undefined) this.#keep(key, estimate);
      return { ...measured, free: availableMemory() };
    } finally {
      this.#waiting -= 1;
    }
  }

  async #measure(
    { job, inputs, options, run }: EstimateRequest,
    signal: AbortSignal,
  ): Promise<Omit<Estimate, 'free'> | JobFailure> {
    if (signal.aborted) return CANCELLED;
    const { dataDir, isBusy, worker = new URL('./worker.js', import.meta.url) } = this.#options;
    const busyBefore = isBusy();
    const process = new WorkerProcess(
      worker,
      { type: 'estimate', job, inputs, options, run, dataDir },
      tmpdir(),
    );
    const kill = (): void => process.kill();
    signal.addEventListener('abort', kill);
    try {
      const end = await process.ended;
      if (end.type === 'estimate') return { ...end.estimate, isBusy: busyBefore || isBusy() };
      if (end.type !== 'error') return CANCELLED;
      const { error, code } = end;
      return { error, ...(code !== undefined && { code }) };
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }

  #keep(key: string, estimate: TrainingEstimate): void {
    this.#kept.delete(key); // an older one, which has expired: the new one is the last to go
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, { estimate, until: Date.now() + KEPT_MS });
  }
}
