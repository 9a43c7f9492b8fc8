import { tmpdir } from 'node:os';
import { availableMemory } from 'node:process';
import { jobNamed, type JobInputs, type TrainingEstimate } from '../../jobs/public.ts';
import { NotThereError, type StoredWords } from './job-queue.ts';
import { WorkerProcess } from './worker-process.ts';

/** What a person sees of a job before it starts. */
export interface Estimate extends TrainingEstimate {
  /** Bytes of memory that are free now. */
  readonly free: number;
  /** Whether a job ran while it was measured: then the machine is faster than it seemed. */
  readonly isBusy: boolean;
}

/** The answer to a question about a job: an estimate, or why there is none. */
export type EstimateAnswer = Estimate | { readonly error: StoredWords };

/** A job that is to be estimated. */
export interface EstimateRequest {
  readonly job: string;
  /** Paths of files and folders, or names of data sets, by the name of the input. */
  readonly inputs: JobInputs;
  readonly options: Readonly<Record<string, unknown>>;
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

/** Maximum number of requests that wait: a page has one at a time. */
const MOST_WAITING = 20;

/**
 * Estimates jobs before they start: each in a process, so that it can be ended at once, and one after the other, since two would slow each
 * other down. Answers are remembered, unless a job ran meanwhile.
 */
export class Estimates {
  readonly #options: EstimatesOptions;
  readonly #kept = new Map<string, TrainingEstimate>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: EstimatesOptions) {
    this.#options = options;
  }

  /**
   * Estimates a job.
   * @param signal ends the measurement when nobody waits for it
   * @throws OptionError when an option is wrong by its schema
   * @throws NotThereError when the job cannot be estimated, or too many requests wait
   */
  async of(request: EstimateRequest, signal: AbortSignal): Promise<EstimateAnswer> {
    const job = await jobNamed(request.job);
    if (job.estimate === undefined) throw new NotThereError(`${request.job}: this job cannot be estimated`);
    job.check(request);
    const key = JSON.stringify([request.job, request.inputs, request.options]);
    const kept = this.#kept.get(key);
    if (kept !== undefined) return { ...kept, free: availableMemory(), isBusy: false };
    if (this.#waiting >= MOST_WAITING) throw new NotThereError('too many estimates are requested; try again');
    this.#waiting += 1;
    const turn = this.#last.then(() => this.#measure(request, signal));
    this.#last = turn.catch(() => undefined);
    try {
      const measured = await turn;
      if ('error' in measured) return measured;
      const { isBusy, ...estimate } = measured;
      if (!isBusy) this.#keep(key, estimate);
      return { ...measured, free: availableMemory() };
    } finally {
      this.#waiting -= 1;
    }
  }

  async #measure(
    { job, inputs, options }: EstimateRequest,
    signal: AbortSignal,
  ): Promise<Omit<Estimate, 'free'> | { readonly error: StoredWords }> {
    if (signal.aborted) return { error: ['cancelled'] };
    const { dataDir, isBusy, worker = new URL('./worker.js', import.meta.url) } = this.#options;
    const busyBefore = isBusy();
    const process = new WorkerProcess(worker, { type: 'estimate', job, inputs, options, dataDir }, tmpdir());
    const kill = (): void => process.kill();
    signal.addEventListener('abort', kill);
    try {
      const end = await process.ended;
      if (end.type === 'estimate') return { ...end.estimate, isBusy: busyBefore || isBusy() };
      return { error: end.type === 'error' ? end.error : ['cancelled'] };
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }

  #keep(key: string, estimate: TrainingEstimate): void {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, estimate);
  }
}
