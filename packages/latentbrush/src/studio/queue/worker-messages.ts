import type { JobRequest } from '../../jobs/public.ts';
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
  | { readonly type: 'cancel' };

/** A message of a worker to the queue. */
export type FromWorker =
  | { readonly type: 'event'; readonly event: StoredEvent }
  | { readonly type: 'end'; readonly reason: 'finished' | 'aborted' }
  | { readonly type: 'error'; readonly error: StoredWords };
