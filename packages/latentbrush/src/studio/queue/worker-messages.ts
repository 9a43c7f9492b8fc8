import type { JobInputs, JobRequest, TrainingEstimate } from '../../jobs/public.ts';
import type { StoredEvent, StoredWords } from './job-queue.ts';

/** A message of the queue to a worker. */
export type ToWorker =
  | {
      readonly type: 'run';
      readonly job: string;
      readonly request: JobRequest;
      /** The folder of the job, for pictures of events. */
      readonly folder: string;
      /** Shortest time between two previews, in milliseconds. */
      readonly previewEvery: number;
      readonly dataDir?: string | undefined;
      readonly offline?: boolean | undefined;
    }
  | {
      /** Asks what a job will need. Nothing is written or downloaded. */
      readonly type: 'estimate';
      readonly job: string;
      readonly inputs: JobInputs;
      readonly options: Readonly<Record<string, unknown>>;
      /** The folder of the run that a training continues. */
      readonly run?: string | undefined;
      readonly dataDir?: string | undefined;
    }
  | { readonly type: 'cancel' };

/** A message that starts the work of a worker. */
export type WorkerOrder = Exclude<ToWorker, { type: 'cancel' }>;

/** Why a job, or a question about one, failed. */
export interface JobFailure {
  readonly error: StoredWords;
  /** Present where a program must know the reason: the data are not on this machine, and were not to be downloaded. */
  readonly code?: 'not-downloaded' | undefined;
}

/** A message of a worker to the queue. */
export type FromWorker =
  | { readonly type: 'event'; readonly event: StoredEvent }
  | { readonly type: 'end'; readonly reason: 'finished' | 'aborted' }
  | { readonly type: 'estimate'; readonly estimate: TrainingEstimate }
  | ({ readonly type: 'error' } & JobFailure);
