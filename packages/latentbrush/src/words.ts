import { InputError } from '@latentbrush/engine';

/**
 * An option in a sentence for people. Each front end writes it in its own form.
 * @example
 * const sentence = jobs.words`${new jobs.OptionName('maxLoss')} is missing`;
 * console.log(sentence.written()); // option maxLoss is missing
 */
export class OptionName {
  readonly name: string;

  /** @param name its name in the schema, like `learningRate` */
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * The form of an option's name in a front end: `--learning-rate` on the command line, the label of a field on a page.
 */
export type OptionWriter = (name: string) => string;

/** Its form in the library: `option learningRate`. */
const inLibrary: OptionWriter = (name) => `option ${name}`;

/** A job that a sentence for people advises to run. */
export interface AdvisedJob {
  /** Its name, such as `vae.resume`. */
  readonly job: string;
  /** Its inputs, or placeholders for them, such as `DATASET`. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** The folder of the run that it continues. */
  readonly run?: string;
  /** Whether the sentence is about its events, not its result (default: false). */
  readonly events?: boolean;
}

/**
 * A job in a sentence for people. Each front end writes it in its own form: a command, a function, a page.
 * @example
 * const sentence = jobs.words`continue it with ${new jobs.JobCall({ job: 'vae.resume', run: 'runs/faces' })}`;
 * console.log(sentence.written()); // continue it with vae.resume
 */
export class JobCall {
  readonly advised: AdvisedJob;

  /** @param advised the job, with its inputs and options */
  constructor(advised: AdvisedJob) {
    this.advised = advised;
  }
}

/** The form of an advised job in a front end: `latentbrush vae train --resume runs/faces` on the command line. */
export type CallWriter = (advised: AdvisedJob) => string;

/** Its form in the library: `vae.resume`. */
const nameInLibrary: CallWriter = ({ job }) => job;

/**
 * A sentence for people, with the names of options and jobs as data.
 * @example
 * const sentence = new jobs.Words([jobs.option('maxLoss'), ' must be greater than 0']);
 * console.log(sentence.written((name) => `field "${name}"`)); // field "maxLoss" must be greater than 0
 */
export class Words {
  readonly parts: readonly (string | OptionName | JobCall)[];

  constructor(parts: readonly (string | OptionName | JobCall)[]) {
    this.parts = parts;
  }

  /** The sentence in the form of a front end; by default in the form of the library. */
  written(writer: OptionWriter = inLibrary, callWriter: CallWriter = nameInLibrary): string {
    return this.parts
      .map((part) => {
        if (typeof part === 'string') return part;
        return part instanceof OptionName ? writer(part.name) : callWriter(part.advised);
      })
      .join('');
  }

  toString(): string {
    return this.written();
  }
}

/**
 * An option for {@link words}.
 * @example
 * console.log(jobs.option('maxLoss').name); // maxLoss
 */
export function option(name: string): OptionName {
  return new OptionName(name);
}

/**
 * A sentence that names options as data.
 * @example
 * const sentence = jobs.words`${jobs.option('maxLoss')}: ${-1} was given; it must be greater than 0`;
 * console.log(sentence.written()); // option maxLoss: -1 was given; it must be greater than 0
 */
export function words(
  texts: TemplateStringsArray,
  ...values: readonly (OptionName | JobCall | Words | Error | string | number)[]
): Words {
  return new Words(
    texts.flatMap((text, index) => {
      const value = values[index];
      if (value === undefined) return [text];
      if (value instanceof OptionName || value instanceof JobCall) return [text, value];
      return [text, ...partsOf(value)];
    }),
  );
}

function partsOf(value: Words | Error | string | number): Words['parts'] {
  if (value instanceof Words) return value.parts;
  if (value instanceof OptionError) return value.words.parts;
  return [value instanceof Error ? value.message : String(value)];
}

/**
 * The message of an error, with the options it names as data.
 * @example
 * console.log(jobs.wordsOf(new Error('cat.jpg: cannot be read')).written()); // cat.jpg: cannot be read
 */
export function wordsOf(error: Error): Words {
  return error instanceof OptionError ? error.words : new Words([error.message]);
}

/**
 * Bad input whose message names options: a front end writes them in its own form, see {@link Words.written}.
 * @example
 * const error = new jobs.OptionError(jobs.words`${jobs.option('maxLoss')}: must be greater than 0`);
 * console.log(error.message); // option maxLoss: must be greater than 0
 */
export class OptionError extends InputError {
  readonly words: Words;

  constructor(message: Words, options?: ErrorOptions) {
    super(message.written(), options);
    this.words = message;
  }
}

/** The message of an error in the form of a front end. */
export function messageOf(error: unknown, writer?: OptionWriter, callWriter?: CallWriter): string {
  if (error instanceof OptionError) return error.words.written(writer, callWriter);
  return error instanceof Error ? error.message : String(error);
}
