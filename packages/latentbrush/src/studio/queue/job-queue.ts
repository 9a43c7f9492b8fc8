import { InputError } from '@latentbrush/engine';
import type { JobInputs } from '../../jobs/public.ts';

/** The requested thing is not in the studio: a job, a file, a run, a picture. */
export class NotThereError extends InputError {}

/** Too much waits already: the same request succeeds later. */
export class TooManyError extends InputError {}

/** A sentence with the names of options as data, so that a page can write their labels. */
export type StoredWords = readonly (string | { readonly option: string })[];

/** Kinds of files that can be requested. */
export const ARTEFACT_FORMATS = ['png', 'webp', 'gif', 'mp4'] as const;

export type ArtefactFormat = (typeof ARTEFACT_FORMATS)[number];

/** The state of a job in the queue. `interrupted`: the studio ended while it ran. */
export type JobState = 'queued' | 'running' | 'done' | 'cancelled' | 'failed' | 'interrupted';

/** A request of the user. */
export interface QueueRequest {
  /** Name of the job: `dream.picture`. */
  readonly job: string;
  /** Paths of files and folders, or names of data sets, by the name of the input. */
  readonly inputs: JobInputs;
  readonly options: Readonly<Record<string, unknown>>;
  /** The kind of file, where a job can make several: an animation in place of a picture. */
  readonly format?: ArtefactFormat | undefined;
  /** The run folder for a training; other jobs write into the folder of the job. */
  readonly run?: string | undefined;
}

/** A job in the queue. */
export interface QueuedJob extends QueueRequest {
  /** Opaque; sorts by the time of creation. */
  readonly id: string;
  readonly state: JobState;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly started?: number | undefined;
  readonly ended?: number | undefined;
  /** The reason of its failure, in a line. */
  readonly error?: StoredWords | undefined;
  /** Its artefacts: paths in its own folder, or below the folder of its run. */
  readonly artefacts: readonly string[];
}

/** An event of a job. Pictures are files in the folder of the job. */
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

/** An event with its number among the events of its job, from 1, and its time in milliseconds since 1970. */
export type NumberedEvent = StoredEvent & { readonly number: number; readonly time: number };

/** Called for each event of any job. */
export type QueueListener = (id: string, event: NumberedEvent) => void;

/**
 * Waiting, running and ended jobs. The studio uses only this interface, so jobs could run elsewhere. Methods with an id throw a
 * NotThereError when no job has it.
 */
export interface JobQueue {
  /** All jobs, newest first. */
  list(): readonly QueuedJob[];
  get(id: string): QueuedJob;
  /**
   * Adds a job at the end of the queue.
   * @throws OptionError when an option is wrong for the job @throws InputError when there is no such job
   * @throws TooManyError when too many jobs wait
   */
  add(request: QueueRequest): Promise<QueuedJob>;
  /** Ends a job at its next safe point, and keeps its result so far. An ended job does not change. */
  cancel(id: string): Promise<QueuedJob>;
  /** Moves an ended job and its artefacts into the trash. */
  remove(id: string): Promise<void>;
  /** Restores a job from the trash. */
  restore(id: string): Promise<QueuedJob>;
  /** Events of a job after a number (default 0: all stored ones). Of progress and previews only the newest are stored. */
  events(id: string, after?: number): Promise<readonly NumberedEvent[]>;
  /** The path of a file of a job, by its name in events and `artefacts`. */
  pathOf(id: string, file: string): string;
  /** Listens to all jobs. @returns a function that stops listening */
  listen(listener: QueueListener): () => void;
  /** Ends the running jobs, and waits for them. They are then `interrupted`. */
  close(): Promise<void>;
}
