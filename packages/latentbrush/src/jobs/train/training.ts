import { InputError } from '@latentbrush/engine';
import type { z } from 'zod';
import type { Picture } from '../../image/index.ts';
import { freeRunFolder } from '../../runs/free-folder.ts';
import { checkWritableRun } from '../../runs/pretrained-runs.ts';
import type { EndReason, TrainingEstimate } from '../../training/index.ts';
import type { Words } from '../../words.ts';
import { defineJob, type EventData, type Job, type JobWork } from '../job.ts';
import { reportTraining } from './report-training.ts';

/** The common parts of the events of all trainings. */
export type AnyTrainingEvent =
  | {
      readonly type: 'start';
      readonly step: number;
      readonly folder: string | undefined;
      readonly memory: number;
    }
  | { readonly type: 'step'; readonly step: number; readonly total: number }
  | { readonly type: 'epoch' | 'sample' | 'checkpoint'; readonly step: number }
  | { readonly type: 'warning'; readonly step: number; readonly words: Words }
  | { readonly type: 'done'; readonly step: number; readonly reason: EndReason };

/** An event of a training, by its type. */
export type EventOf<Event, Type extends string> = Extract<Event, { readonly type: Type }>;

/** A sample, for machines and for people. */
export interface ShownSample {
  /** Its figures, without pictures. */
  readonly data: EventData;
  readonly text?: string | undefined;
  readonly pictures?: Readonly<Record<string, Picture>> | undefined;
}

/** How to show the events of a system's trainings to people. */
export interface TrainingWords<Event extends AnyTrainingEvent> {
  /** The size of the network and of the training data. Adds the step where it continues. */
  readonly start: (event: EventOf<Event, 'start'>) => string;
  readonly step: (event: EventOf<Event, 'step'>) => string;
  readonly epoch?: (event: EventOf<Event, 'epoch'>) => string;
  /** @param step the text for the step before it */
  readonly sample: (event: EventOf<Event, 'sample'>, step: string) => ShownSample;
}

/** A training that is ready to begin. */
export interface ReadyTraining<Event extends AnyTrainingEvent> {
  /** Name of the training data, for the run's folder. */
  readonly name: string;
  readonly begin: (run: string) => AsyncIterable<Event>;
  /** Measures what it will need, and writes nothing. */
  readonly estimate: () => Promise<TrainingEstimate>;
}

/** A training of a run that is ready to continue. */
export interface ReadyContinuation<Event extends AnyTrainingEvent> {
  readonly begin: () => AsyncIterable<Event>;
  /** Measures what it will need, and writes nothing. */
  readonly estimate: () => Promise<TrainingEstimate>;
}

/** Definition of the two jobs of a system's training: one begins it, the other continues it. */
export interface TrainingDefinition<
  Event extends AnyTrainingEvent,
  Inputs extends z.ZodObject,
  Options extends z.ZodObject,
  Moved extends z.ZodObject,
  Changes extends z.ZodObject,
> {
  /** `vae`; the jobs are `vae.train` and `vae.resume`. */
  readonly system: string;
  /** Its purpose, in one sentence. */
  readonly about: string;
  /** Its training data. */
  readonly inputs: Inputs;
  readonly options: Options;
  /** Options that programs can spread before their own. */
  readonly preset?: Readonly<Record<string, unknown>>;
  /** The same inputs, if they have moved. */
  readonly moved: Moved;
  /** Options that can change. */
  readonly changes: Changes;
  /** Loads its training data. */
  readonly prepare: (
    inputs: z.output<Inputs>,
    options: z.output<Options>,
    work: JobWork,
  ) => Promise<ReadyTraining<Event>>;
  /** Loads the training data of a run, to continue it. */
  readonly resume: (
    run: string,
    inputs: z.output<Moved>,
    changes: z.output<Changes>,
    work: JobWork,
  ) => Promise<ReadyContinuation<Event>>;
  /** It is last, because the types of the events depend on those above. */
  readonly words: TrainingWords<Event>;
}

/** The training jobs of a system. */
export interface TrainingJobs<
  Inputs extends z.ZodObject = z.ZodObject,
  Options extends z.ZodObject = z.ZodObject,
  Moved extends z.ZodObject = z.ZodObject,
  Changes extends z.ZodObject = z.ZodObject,
> {
  /**
   * Begins a run. Its output is the folder of the run; with a slash at its end (`runs/`), a folder in which
   * the run gets its own folder.
   */
  readonly train: Job<Inputs, Options>;
  /** Continues a run. Its output is the folder of the run. */
  readonly resume: Job<Moved, Changes>;
}

/**
 * Makes the two training jobs of a system. When aborted, training ends after the current step, with a
 * checkpoint.
 */
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
      preset: training.preset,
      async work({ inputs, options, output }, work) {
        checkWritableRun(output); // before the data are read
        const { name, begin } = await training.prepare(inputs, options, work);
        const folder = output.endsWith('/') ? await freeRunFolder(system, name, output) : output;
        await reportTraining(begin(folder), training.words, work.report);
      },
      async estimate({ inputs, options }, work) {
        return await (await training.prepare(inputs, options, work)).estimate();
      },
    }),
    resume: defineJob({
      name: `${system}.resume`,
      about: 'Continue a run from its last checkpoint.',
      inputs: training.moved,
      options: training.changes,
      async work({ inputs, options, output }, work) {
        checkWritableRun(output);
        const { begin } = await training.resume(output, inputs, options, work);
        await reportTraining(begin(), training.words, work.report);
      },
      async estimate({ inputs, options, output }, work) {
        if (output === undefined) throw new InputError('no run was named; name the run to continue');
        checkWritableRun(output);
        return await (await training.resume(output, inputs, options, work)).estimate();
      },
    }),
  };
}
