import { InputError } from '@latentbrush/engine';
import type { JobInputs } from '../../jobs/public.ts';

/** What was asked for is not in the studio: a job, a file, a run, a picture. */
export class NotThereError extends InputError {}

/** A sentence that keeps the names of options as data, so that a page can write their labels. */
export type StoredWords = readonly (string | { readonly option: string })[];

/** Where a job of the queue stands. `interrupted`: the studio ended while it ran. */
export type JobState = 'queued' | 'running' | 'done' | 'cancelled' | 'failed' | 'interrupted';

/** What a person asked for. */
export interface QueueRequest {
  /** Name of the job: `dream.picture`. */
  readonly job: string;
  /** Paths of files and folders, names of data sets, by the name of the input. */
  readonly inputs: JobInputs;
  readonly options: Readonly<Record<string, unknown>>;
  /** The folder of the run that a training writes into; other jobs write into the folder of their own. */
  readonly run?: string | undefined;
}

/** A job as the queue keeps it. */
export interface QueuedJob extends QueueRequest {
  /** Opaque; sorts by the time of creation. */
  readonly id: string;
  readonly state: JobState;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly started?: number | undefined;
  readonly ended?: number | undefined;
  /** Why it failed, in a line. */
  readonly error?: StoredWords | undefined;
  /** What it wrote: paths in its own folder, or below the folder of its run. */
  readonly artefacts: readonly string[];
}

/** Something that happened to a job. Pictures are files in the folder of the job. */
export type StoredEvent =
  | { readonly type: 'state'; readonly state: JobState; readonly error?: StoredWords | undefined }
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      readonly label: string;
      readonly data?: Figures | undefined;
    }
  | { readonly type: 'metric'; readonly data: Figures; readonly text?: string | undefined }
  | {
      readonly type: 'sample';
      readonly data: Figures;
      readonly text?: string | undefined;
      readonly pictures: Readonly<Record<string, string>>;
    }
  | { readonly type: 'preview'; readonly file: string }
  | { readonly type: 'note' | 'warning'; readonly words: StoredWords }
  | { readonly type: 'artefact'; readonly file: string };

/** Figures of an event. */
export type Figures = Readonly<Record<string, unknown>>;

/** An event with its place in the order of events of its job, from 1, and its time in milliseconds since 1970. */
export type NumberedEvent = StoredEvent & { readonly number: number; readonly time: number };

/** Is called for each event, of any job. */
export type QueueListener = (id: string, event: NumberedEvent) => void;

/**
 * Jobs that wait, run, and have ended. The studio talks to this interface only, so that jobs may run elsewhere.
 * Methods that take an id throw a NotThereError when there is no job with it.
 */
export interface JobQueue {
  /** All jobs, newest first. */
  list(): readonly QueuedJob[];
  get(id: string): QueuedJob;
  /**
   * Adds a job at the end of the queue.
   * @throws OptionError when an option does not fit the job
   * @throws InputError when there is no such job, or too many jobs wait
   */
  add(request: QueueRequest): Promise<QueuedJob>;
  /** Ends a job at its next safe place; what there is by then is kept. A job that has ended stays as it is. */
  cancel(id: string): Promise<QueuedJob>;
  /** Moves a job that has ended, and what it made, into the trash. */
  remove(id: string): Promise<void>;
  /** Takes a job out of the trash again. */
  restore(id: string): Promise<QueuedJob>;
  /** Events of a job after a number (default 0: all that were kept). Of progress and previews only the newest are kept. */
  events(id: string, after?: number): Promise<readonly NumberedEvent[]>;
  /** The path of a file of a job, as events and `artefacts` name it. */
  pathOf(id: string, file: string): string;
  /** Listens to all jobs. @returns what ends that */
  listen(listener: QueueListener): () => void;
  /** Ends the jobs that run, and waits for them. They are `interrupted` then. */
  close(): Promise<void>;
}
