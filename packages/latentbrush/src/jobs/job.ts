import type { z } from 'zod';
import type { Picture } from '../image/index.ts';
import { parseOptions, takeSignal } from '../options.ts';
import type { Words } from '../words.ts';
import { inUse, type FilesInUse } from './files-in-use.ts';
import { PreviewClock, type PreviewOptions } from './preview.ts';
import { JobReport } from './report.ts';

/** Figures of an event for machines: what `--json` writes as a line. */
export type EventData = Readonly<Record<string, unknown>> & { readonly type: string };

/** What a job yields while it works. */
export type JobEvent =
  | {
      /** How much of the work is done. */
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      /** What is counted and how it stands, for people: `octave 2  loss 7.107`. */
      readonly label: string;
      readonly data?: EventData | undefined;
    }
  | {
      /** Something was measured or reached. */
      readonly type: 'metric';
      readonly data: EventData;
      /** For people: a line, or several. */
      readonly text?: string | undefined;
    }
  | {
      /** Something that was made on the way: a sheet of pictures, a text. */
      readonly type: 'sample';
      readonly data: EventData;
      readonly text?: string | undefined;
      /** By what they show. */
      readonly pictures?: Readonly<Record<string, Picture>> | undefined;
    }
  | {
      /** The picture while it forms; only where the context asks for it. */
      readonly type: 'preview';
      readonly picture: Picture;
    }
  | {
      /** What is going on, for people who watch. */
      readonly type: 'note';
      readonly words: Words;
    }
  | {
      /** What people need to know even when they do not watch. */
      readonly type: 'warning';
      readonly words: Words;
      readonly data?: EventData | undefined;
    }
  | {
      /** A file was written. */
      readonly type: 'artefact';
      readonly path: string;
    }
  | {
      /** The end. */
      readonly type: 'done';
      readonly reason: 'finished' | 'aborted';
      readonly data: EventData;
      /** For people, in place of the path of what was written. */
      readonly text?: string | undefined;
      /** Of an aborted job: how far it came, for people. */
      readonly reached?: string | undefined;
      /** Inputs that were left out, since they could not be read or do not fit. */
      readonly leftOut: number;
    };

/** Files and folders by the name of the input. */
export type JobInputs = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is asked of a job. */
export interface JobRequest<Inputs = JobInputs, Options = Readonly<Record<string, unknown>>> {
  /** Paths of files, folders and runs, names of data sets. */
  readonly inputs: Inputs;
  readonly options: Options;
  /** Where it writes: a file or a folder. */
  readonly output: string;
}

/** What surrounds a job. */
export interface JobContext {
  /** Ends the job at its next safe place. What there is by then is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Asks for the picture while it forms (default: no previews). */
  readonly preview?: PreviewOptions | undefined;
  /** Where weights and data sets are looked for by name before they are downloaded. */
  readonly dataDir?: string | undefined;
  /** Never download (default: false). */
  readonly offline?: boolean | undefined;
  /** What is read and written by whoever runs the job. Default: the inputs of the job, which it does not overwrite. */
  readonly files?: FilesInUse | undefined;
}

/** What the work of a job has to do with. */
export interface JobWork extends Omit<JobContext, 'preview' | 'files'> {
  readonly signal: AbortSignal;
  readonly report: JobReport;
  /** Shows a picture while it forms, if that was asked for and is due. The picture is only made then. */
  readonly preview: (picture: () => Picture) => Promise<void>;
}

/** Something that a person can ask for: one definition for the command line, forms, queues and `remake`. */
export interface Job<Inputs extends z.ZodObject = z.ZodObject, Options extends z.ZodObject = z.ZodObject> {
  /** Stable: it stands in recipes and queues. `dream.picture`. */
  readonly name: string;
  /** What it does, in a sentence. */
  readonly about: string;
  readonly inputs: Inputs;
  readonly options: Options;
  /** Defaults that follow from what is asked; what is given goes before them. */
  readonly defaults: (given: z.input<Options>) => Partial<z.input<Options>>;
  /**
   * Runs the job.
   * @throws OptionError before anything is read, when an option does not fit its schema
   * @throws InputError when an input cannot be read, or would be overwritten
   */
  readonly run: (
    request: JobRequest<z.input<Inputs>, z.input<Options>>,
    context?: JobContext,
  ) => AsyncGenerator<JobEvent, void, undefined>;
}

/** A job as its module writes it. */
export interface JobDefinition<Inputs extends z.ZodObject, Options extends z.ZodObject> extends Pick<
  Job<Inputs, Options>,
  'name' | 'about' | 'inputs' | 'options'
> {
  readonly defaults?: Job<Inputs, Options>['defaults'];
  /** The work itself. The request is checked, and its defaults are filled in. */
  readonly work: (request: JobRequest<z.output<Inputs>, z.output<Options>>, work: JobWork) => Promise<void>;
}

/** Makes a job of a definition: checks what is asked, and turns what the work reports into events. */
export function defineJob<Inputs extends z.ZodObject, Options extends z.ZodObject>({
  work,
  defaults = () => ({}),
  ...about
}: JobDefinition<Inputs, Options>): Job<Inputs, Options> {
  return {
    ...about,
    defaults,
    async *run(request, { preview, files, ...context } = {}) {
      const options = parseOptions(about.options, { ...defaults(request.options), ...request.options });
      const inputs = parseOptions(about.inputs, request.inputs);
      const { signal } = takeSignal({ signal: context.signal });
      // When nobody takes events any more, the work ends, too.
      const left = new AbortController();
      const report = new JobReport();
      const clock = new PreviewClock(preview);
      const own: JobWork = {
        ...context,
        signal: signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]),
        report,
        preview: async (picture) => {
          const shown = clock.take(picture);
          if (shown !== undefined) await report.preview(shown);
        },
      };
      const used = files ?? {
        inputs: Object.values(inputs).flat().filter(isPath),
        targets: [],
        allowed: false,
      };
      const working = inUse(used, () => work({ ...request, inputs, options }, own));
      try {
        yield* report.events(working);
      } finally {
        left.abort();
        report.close();
        await working.catch(() => undefined); // its error was thrown above
      }
    },
  };
}

function isPath(value: unknown): value is string {
  return typeof value === 'string';
}
