import type { z } from 'zod';
import type { Picture } from '../../image/index.ts';
import { freeRunFolder } from '../../runs/free-folder.ts';
import type { EndReason } from '../../training/index.ts';
import type { Words } from '../../words.ts';
import { defineJob, type EventData, type Job, type JobWork } from '../job.ts';
import { reportTraining } from './report-training.ts';

/** What events of all trainings have in common. */
export type AnyTrainingEvent =
  | { readonly type: 'start'; readonly step: number; readonly folder: string | undefined }
  | { readonly type: 'step'; readonly step: number; readonly total: number }
  | { readonly type: 'epoch' | 'sample' | 'checkpoint'; readonly step: number }
  | { readonly type: 'warning'; readonly step: number; readonly words: Words }
  | { readonly type: 'done'; readonly step: number; readonly reason: EndReason };

/** An event of a training, by its type. */
export type EventOf<Event, Type extends string> = Extract<Event, { readonly type: Type }>;

/** What a sample is for machines and for people. */
export interface ShownSample {
  /** Figures of it: no pictures. */
  readonly data: EventData;
  readonly text?: string | undefined;
  readonly pictures?: Readonly<Record<string, Picture>> | undefined;
}

/** How the events of a system's trainings are said to people. */
export interface TrainingWords<Event extends AnyTrainingEvent> {
  /** How large the network is, and how much it learns from. Where it continues is added. */
  readonly start: (event: EventOf<Event, 'start'>) => string;
  readonly step: (event: EventOf<Event, 'step'>) => string;
  readonly epoch?: (event: EventOf<Event, 'epoch'>) => string;
  /** @param step what was said of the step before it */
  readonly sample: (event: EventOf<Event, 'sample'>, step: string) => ShownSample;
}

/** A training that is ready to begin. */
export interface ReadyTraining<Event extends AnyTrainingEvent> {
  /** What it is trained on, for the name of the run's folder. */
  readonly name: string;
  readonly begin: (run: string) => AsyncIterable<Event>;
}

/** What makes the training of a system two jobs: one begins it, the other continues it. */
export interface TrainingDefinition<
  Event extends AnyTrainingEvent,
  Inputs extends z.ZodObject,
  Options extends z.ZodObject,
  Moved extends z.ZodObject,
  Changes extends z.ZodObject,
> {
  /** `vae`; the jobs are `vae.train` and `vae.resume`. */
  readonly system: string;
  /** What it learns, in a sentence. */
  readonly about: string;
  /** What it is trained on. */
  readonly inputs: Inputs;
  readonly options: Options;
  /** The same inputs, where they are in another place than before. */
  readonly moved: Moved;
  /** Options that may differ from before. */
  readonly changes: Changes;
  /** Loads what it is trained on. */
  readonly prepare: (
    inputs: z.output<Inputs>,
    options: z.output<Options>,
    work: JobWork,
  ) => Promise<ReadyTraining<Event>>;
  /** Loads what a run was trained on, and continues it. */
  readonly resume: (
    run: string,
    inputs: z.output<Moved>,
    changes: z.output<Changes>,
    work: JobWork,
  ) => Promise<AsyncIterable<Event>>;
  /** Stands last, since what the events hold is known from those above. */
  readonly words: TrainingWords<Event>;
}

/** The jobs of a system that is trained. */
export interface TrainingJobs<
  Inputs extends z.ZodObject = z.ZodObject,
  Options extends z.ZodObject = z.ZodObject,
  Moved extends z.ZodObject = z.ZodObject,
  Changes extends z.ZodObject = z.ZodObject,
> {
  /** Begins a run. Its output is the folder of the run; with a slash at its end, a folder where the run gets one of its own: `runs/`. */
  readonly train: Job<Inputs, Options>;
  /** Continues a run. Its output is the folder of the run. */
  readonly resume: Job<Moved, Changes>;
}

/** Makes the two jobs of a system that is trained. Aborted, a training ends after its step, with a checkpoint. */
export function trainingJobs<
  Event extends AnyTrainingEvent,
  Inputs extends z.ZodObject,
  Options extends z.ZodObject,
  Moved extends z.ZodObject,
  Changes extends z.ZodObject,
>({
  system,
  about,
  ...training
}: TrainingDefinition<Event, Inputs, Options, Moved, Changes>): TrainingJobs<
  Inputs,
  Options,
  Moved,
  Changes
> {
  return {
    train: defineJob({
      name: `${system}.train`,
      about,
      inputs: training.inputs,
      options: training.options,
      async work({ inputs, options, output }, work) {
        const { name, begin } = await training.prepare(inputs, options, work);
        const folder = output.endsWith('/') ? await freeRunFolder(system, name, output) : output;
        await reportTraining(begin(folder), training.words, work.report);
      },
    }),
    resume: defineJob({
      name: `${system}.resume`,
      about: 'Continue a run from its last checkpoint.',
      inputs: training.moved,
      options: training.changes,
      async work({ inputs, options, output }, work) {
        const events = await training.resume(output, inputs, options, work);
        await reportTraining(events, training.words, work.report);
      },
    }),
  };
}
