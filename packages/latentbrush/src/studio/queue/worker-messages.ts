import type { JobRequest } from '../../jobs/public.ts';
import type { StoredEvent, StoredWords } from './job-queue.ts';

/** What the queue sends to a worker. */
export type ToWorker =
  | {
      readonly type: 'run';
      readonly job: string;
      readonly request: JobRequest;
      /** The folder of the job, for pictures of events. */
      readonly folder: string;
      /** Least time between two previews, in milliseconds. */
      readonly previewEvery: number;
      readonly dataDir?: string | undefined;
      readonly offline?: boolean | undefined;
    }
  | { readonly type: 'cancel' };

/** What a worker sends to the queue. */
export type FromWorker =
  | { readonly type: 'event'; readonly event: StoredEvent }
  | { readonly type: 'end'; readonly reason: 'finished' | 'aborted' }
  | { readonly type: 'error'; readonly error: StoredWords };
