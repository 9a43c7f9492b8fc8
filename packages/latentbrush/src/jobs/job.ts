import type { z } from 'zod';
import type { ReadingRules } from '../data/index.ts';
import type { Picture } from '../image/index.ts';
import { parseOptions, takeSignal } from '../options.ts';
import { newlyNamed } from '../renamed-options.ts';
import type { TrainingEstimate } from '../training/index.ts';
import type { Words } from '../words.ts';
import { inUse, type FilesInUse } from './files-in-use.ts';
import { PreviewClock, type PreviewOptions } from './preview.ts';
import { JobReport } from './report.ts';
import { makeVariations } from './variations.ts';
import { cellsOf, type Cell, type Variations } from './vary.ts';

/** Data of an event for programs: `--json` writes them as a line. */
export type EventData = Readonly<Record<string, unknown>> & { readonly type: string };

/** The events of a job. */
export type JobEvent =
  | {
      /** The done share of the work. */
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      /** The counted unit with its current state, for people: `octave 2 loss 7.107`. */
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
      /** An intermediate result: a sheet of pictures, a text. */
      readonly type: 'sample';
      readonly data: EventData;
      readonly text?: string | undefined;
      /** Keyed by their contents. */
      readonly pictures?: Readonly<Record<string, Picture>> | undefined;
    }
  | {
      /** The picture while it forms; only if the context requests it. */
      readonly type: 'preview';
      readonly picture: Picture;
    }
  | {
      /** The current work, for people who watch. */
      readonly type: 'note';
      readonly words: Words;
    }
  | {
      /** A note that people need even when they do not watch. */
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
      /** For people, instead of the path of the output. */
      readonly text?: string | undefined;
      /** For an aborted job: the progress reached, for people. */
      readonly reached?: string | undefined;
      /** Inputs that were left out because they are unreadable or wrong. */
      readonly leftOut: number;
    };

/** Files and folders by input name. */
export type JobInputs = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The request to a job. */
export interface JobRequest<Inputs = JobInputs, Options = Readonly<Record<string, unknown>>> {
  /** Paths of files, folders and runs, names of data sets. */
  readonly inputs: Inputs;
  readonly options: Options;
  /** Where to write: a file or a folder. */
  readonly output: string;
}

/** A request whose needs are measured. */
export interface MeasuredRequest<
  Inputs = JobInputs,
  Options = Readonly<Record<string, unknown>>,
> extends Omit<JobRequest<Inputs, Options>, 'output'> {
  /** The folder of the run that a training continues. A new training needs none. */
  readonly output?: string | undefined;
}

/** The context of a job. */
export interface JobContext {
  /** Ends the job at its next safe point. The results so far are kept. */
  readonly signal?: AbortSignal | undefined;
  /** Requests the picture while it forms (default: no previews). */
  readonly preview?: PreviewOptions | undefined;
  /** Where to look for weights and data sets by name before downloading. */
  readonly dataDir?: string | undefined;
  /** Never download (default: false). */
  readonly offline?: boolean | undefined;
  /** Files in use by the caller. Default: the inputs of the job, which it does not overwrite. */
  readonly files?: FilesInUse | undefined;
}

/** The tools of a job's work. */
export interface JobWork extends Omit<JobContext, 'preview' | 'files'> {
  readonly signal: AbortSignal;
  readonly report: JobReport;
  /**
   * Shows a picture while it forms, if previews are requested and one is due. The picture is made only then.
   */
  readonly preview: (picture: () => Picture) => Promise<void>;
}

/** A request whose options and inputs fit their schemas. */
export interface CheckedRequest<Inputs extends z.ZodObject, Options extends z.ZodObject> {
  readonly inputs: z.output<Inputs>;
  readonly options: z.output<Options>;
  /** Options that were given by an old name. */
  readonly warnings: readonly { readonly words: Words }[];
}

/**
 * Lists the relevant files of a folder, in order.
 * @param recorded how many there were when the recipe was written
 * @param rules by which it was listed then
 */
export type ListFiles = (folder: string, recorded: number, rules: ReadingRules) => Promise<readonly string[]>;

/** A job that a person can run: one definition for the command line, forms, queues and `remake`. */
export interface Job<Inputs extends z.ZodObject = z.ZodObject, Options extends z.ZodObject = z.ZodObject> {
  /** Its stable name, such as `dream.picture`: recipes and queues contain it. */
  readonly name: string;
  /** Its purpose, in one sentence. */
  readonly about: string;
  readonly inputs: Inputs;
  readonly options: Options;
  /**
   * How to list the files of a folder input, by the input's name, if it is neither a data set nor frames. A recipe records the hash of
   * these files.
   */
  readonly folders: Readonly<Record<string, ListFiles>>;
  /** Defaults that depend on the request; given values override them. */
  readonly defaults: (given: z.input<Options>) => Partial<z.input<Options>>;
  /**
   * Checks a request and fills in the defaults, without reading anything. {@link run} does this first; queues can call it earlier.
   * @throws OptionError when an option or the name of an input is wrong by its schema
   */
  readonly check: (
    request: Pick<JobRequest<z.input<Inputs>, z.input<Options>>, 'inputs' | 'options'>,
  ) => CheckedRequest<Inputs, Options>;
  /**
   * Runs the job.
   * @throws OptionError before anything is read, when an option is wrong by its schema
   * @throws InputError when an input cannot be read, or would be overwritten
   */
  readonly run: (
    request: JobRequest<z.input<Inputs>, z.input<Options>>,
    context?: JobContext,
  ) => AsyncGenerator<JobEvent, void, undefined>;
  /**
   * Measures what the job will need, in some seconds, and writes nothing. Only trainings (`*.train`, `*.resume`) can be measured; undefined for
   * all other jobs.
   * @throws OptionError when an option is wrong by its schema
   * @throws InputError when an input cannot be read
   */
  readonly estimate?:
    | ((
        request: MeasuredRequest<z.input<Inputs>, z.input<Options>>,
        context?: JobContext,
      ) => Promise<TrainingEstimate>)
    | undefined;
}

/** The definition of a job in its module. */
export interface JobDefinition<Inputs extends z.ZodObject, Options extends z.ZodObject> extends Pick<
  Job<Inputs, Options>,
  'name' | 'about' | 'inputs' | 'options'
> {
  readonly defaults?: Job<Inputs, Options>['defaults'];
  /** Defaults of a picture on a sheet of variations, which is small; for jobs with `varyOption`. */
  readonly cellDefaults?: Job<Inputs, Options>['defaults'];
  readonly folders?: Job['folders'];
  /** Options that programs can spread before their own. */
  readonly preset?: Readonly<Record<string, unknown>> | undefined;
  /** The work itself. The request is already checked, with defaults filled in. */
  readonly work: (request: JobRequest<z.output<Inputs>, z.output<Options>>, work: JobWork) => Promise<void>;
  /** Measures what the work will need. The request is already checked, with defaults filled in. */
  readonly estimate?: (
    request: MeasuredRequest<z.output<Inputs>, z.output<Options>>,
    work: JobWork,
  ) => Promise<TrainingEstimate>;
}

/** Makes a job from a definition: checks the request, and turns the reports of the work into events. */
export function defineJob<Inputs extends z.ZodObject, Options extends z.ZodObject>({
  work,
  estimate,
  defaults = () => ({}),
  cellDefaults = () => ({}),
  folders = {},
  preset,
  ...about
}: JobDefinition<Inputs, Options>): Job<Inputs, Options> {
  const cellRequest = ({ inputs, options }: Asked<Inputs, Options>, cell: Cell): Asked<Inputs, Options> => {
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    const asked = { ...given, ...cell, vary: undefined } as z.input<Options>;
    return { inputs, options: { ...cellDefaults(asked), ...asked } };
  };
  const check: Job<Inputs, Options>['check'] = (request) => {
    const { options: asked, warnings } = newlyNamed(about.options, request.options, preset);
    const options = parseOptions(about.options, { ...defaults(asked as z.input<Options>), ...asked });
    const inputs = parseOptions(about.inputs, request.inputs);
    const vary = variationsIn(options);
    if (vary !== undefined)
      for (const cell of cellsOf(vary, about.options)) check(cellRequest(request, cell));
    return { inputs, options, warnings };
  };
  const job: Job<Inputs, Options> = {
    ...about,
    defaults,
    folders,
    check,
    async *run(request, context = {}) {
      const { inputs, options, warnings } = check(request);
      const vary = variationsIn(options);
      yield* eventsOf(inputs, context, async (own) => {
        for (const { words } of warnings)
          await own.report.warning(words, { type: 'warning', message: words });
        if (vary === undefined) return work({ ...request, inputs, options }, own);
        const { seed } = options as { seed?: number };
        const varied = {
          options: about.options,
          cell: (cell: Cell) => cellRequest(request, cell) as Pick<JobRequest, 'inputs' | 'options'>,
          run: (job as Job).run,
        };
        return makeVariations(varied, { vary, output: request.output, seed: seed ?? 0 }, own);
      });
    },
    estimate:
      estimate &&
      (async (request, context) => {
        const { inputs, options } = check(request);
        return estimate({ ...request, inputs, options }, silentTools(context));
      }),
  };
  return job;
}

type Asked<Inputs extends z.ZodObject, Options extends z.ZodObject> = Parameters<
  Job<Inputs, Options>['check']
>[0];

/** Does work with the tools of a job, and yields the events that it reports. */
async function* eventsOf(
  inputs: Readonly<Record<string, unknown>>,
  { preview, files, ...context }: JobContext,
  work: (tools: JobWork) => Promise<void>,
): AsyncGenerator<JobEvent, void, undefined> {
  const { signal } = takeSignal({ signal: context.signal });
  // When the caller stops taking events, the work ends, too.
  const left = new AbortController();
  const report = new JobReport();
  const clock = new PreviewClock(preview);
  const tools: JobWork = {
    ...context,
    signal: signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]),
    report,
    preview: (picture) => clock.show(picture, (shown) => report.preview(shown)),
  };
  const used = files ?? {
    inputs: Object.values(inputs).flat().filter(isPath),
    targets: [],
    allowed: false,
  };
  const working = inUse(used, () => work(tools));
  try {
    yield* report.events(working);
  } finally {
    left.abort();
    report.close();
    await working.catch(() => undefined); // its error was thrown above
  }
}

/** The tools of work that nobody watches. */
function silentTools({ signal = new AbortController().signal, dataDir, offline }: JobContext = {}): JobWork {
  const report = new JobReport();
  report.close(); // nobody reads its events
  return { signal, dataDir, offline, report, preview: () => Promise.resolve() };
}

/** The variations, for jobs with that option. */
function variationsIn(options: object): Variations | undefined {
  return (options as { readonly vary?: Variations }).vary;
}

function isPath(value: unknown): value is string {
  return typeof value === 'string';
}
