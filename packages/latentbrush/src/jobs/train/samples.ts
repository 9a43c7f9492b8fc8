import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { recordedRules } from '../../runs/dataset-record.ts';
import { withRecipeOptions, writePicture, type Recipe } from '../../image/index.ts';
import { defineJob, type Job, type JobWork } from '../job.ts';
import { jobRecipe } from '../recipe.ts';
import { recordInputs, type GivenInput } from '../recipe-inputs.ts';
import { checkTarget } from '../target-file.ts';
import type { AnyTrainingEvent, EventOf, TrainingWords } from './training.ts';

/** Which samples of a training: options of their recipe. */
export const placeOptions = {
  step: z.int().min(1).meta({ hidden: true }).describe('step at which the training wrote the samples'),
  rules: recordedRules
    .meta({ hidden: true })
    .describe('rules by which the folders of the training data were read'),
};

/** Which sheet of a training: options of its recipe. */
export const sheetOptions = {
  ...placeOptions,
  sheet: z.string().default('sheet').meta({ hidden: true }).describe('which of the sheets of that step'),
};

/** Inputs of a training for the recipes of its samples. */
export interface TrainedFrom {
  /** Files by role. */
  readonly files: Readonly<Record<string, readonly GivenInput[]>>;
  /** Options that say how to find them again. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * The recipe of the samples of a training. It contains the options of the training except those that change no sample, so that a run that was
 * stopped and continued writes the same files.
 * @param job the job that makes them again
 */
export async function sampleRecipe(
  job: string,
  { files, options: found }: TrainedFrom,
  options: Readonly<Record<string, unknown>> & { readonly seed: number; readonly keep?: number },
): Promise<Recipe> {
  const { seed, keep: _keep, ...others } = { ...options, ...found };
  // In order: run.json and the schema list the options in different orders.
  const sorted = Object.fromEntries(Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1)));
  return jobRecipe(job, await recordInputs(files), { ...sorted, seed });
}

/** {@link sampleRecipe} for sheets. */
export function sheetRecipe(
  system: string,
  from: TrainedFrom,
  options: Parameters<typeof sampleRecipe>[2],
): Promise<Recipe> {
  return sampleRecipe(sheetJob(system), from, options);
}

/** Options of the job that makes samples of a training again. */
type AgainOptions = z.ZodObject<typeof placeOptions & { seed: z.ZodType<number> }>;

/** Writes samples that were made again. */
type WriteSample = (path: string, recipe: Recipe) => Promise<void>;

/** The definition of a job that makes samples of a training again. */
interface AgainDefinition<
  Event extends AnyTrainingEvent,
  Inputs extends z.ZodObject,
  Options extends AgainOptions,
> {
  readonly system: string;
  readonly inputs: Inputs;
  readonly options: Options;
  /** Trains again, without a run. */
  readonly again: (
    inputs: z.output<Inputs>,
    options: z.output<Options>,
    work: JobWork,
  ) => Promise<AsyncIterable<Event>>;
  readonly trainedFrom: (inputs: z.output<Inputs>, options: z.output<Options>) => Promise<TrainedFrom>;
  readonly words: TrainingWords<Event>;
}

/** The parts in which jobs for sheets and for texts differ. */
interface SampleDefinition<Event extends AnyTrainingEvent, Options extends z.ZodObject> {
  readonly job: string;
  /** `sheet`, as a person calls it. */
  readonly noun: string;
  /** Names the wanted samples: `sheet "real"`. */
  readonly wanted: (options: z.output<Options>) => string;
  /** Checks the target before the long work. */
  readonly check: (path: string) => Promise<void>;
  /** Options that only these samples have. */
  readonly place: (options: z.output<Options>) => Recipe['options'];
  /** Makes a function that receives the samples of the step one by one; it returns how to write them when it has all. */
  readonly collect: (
    options: z.output<Options>,
  ) => (event: EventOf<Event, 'sample'>) => WriteSample | undefined;
}

/**
 * Makes the job that makes samples of a training again. A run keeps only its newest checkpoints, so the job trains from the beginning, up to the
 * step of the samples.
 */
export function trainSampleJob<
  Event extends AnyTrainingEvent,
  Inputs extends z.ZodObject,
  Options extends AgainOptions,
>({
  job: name,
  noun,
  wanted,
  check,
  place,
  collect,
  system,
  inputs,
  options,
  again,
  trainedFrom,
  words: shown,
  ...others
}: AgainDefinition<Event, Inputs, Options> &
  SampleDefinition<Event, Options> & { readonly folders?: Job['folders'] }): Job<Inputs, Options> {
  return defineJob({
    ...others,
    name,
    about: `Make a ${noun} of a training again: train from the beginning, up to the step of the ${noun}.`,
    inputs,
    options,
    async work({ inputs: given, options: asked, output }, work) {
      const { step, seed } = asked;
      await check(output);
      await work.report.note(
        `training again from the beginning, up to step ${step}; this takes as long as it did`,
      );
      const take = collect(asked);
      let write: WriteSample | undefined;
      for await (const each of await again(given, asked, work)) {
        const event: AnyTrainingEvent = each;
        if (event.type === 'step')
          await work.report.progress(event.step, step, shown.step(each as EventOf<Event, 'step'>));
        if (event.type === 'sample' && event.step === step) write = take(each as EventOf<Event, 'sample'>);
        if (write !== undefined || event.step > step) break;
      }
      work.signal.throwIfAborted();
      if (write === undefined)
        throw new InputError(
          `${system} training: has no ${wanted(asked)} at step ${step}; use a file from the samples of a run`,
        );
      // Last, as a training adds them: equal recipes have equal bytes.
      const own = { step, ...place(asked) };
      const trained = Object.fromEntries(Object.entries(asked).filter(([option]) => !(option in own)));
      const made = await sampleRecipe(name, await trainedFrom(given, asked), { ...trained, seed });
      await write(output, withRecipeOptions(made, own));
      await work.report.done({ path: output });
    },
  });
}

/** Makes the job that makes a sheet of a training again. */
export function trainSheetJob<
  Event extends AnyTrainingEvent,
  Inputs extends z.ZodObject,
  Options extends z.ZodObject<typeof sheetOptions & { seed: z.ZodType<number> }>,
>(definition: AgainDefinition<Event, Inputs, Options>): Job<Inputs, Options> {
  return trainSampleJob({
    ...definition,
    job: sheetJob(definition.system),
    noun: 'sheet',
    wanted: ({ sheet }) => `sheet "${sheet}"`,
    check: checkTarget,
    place: ({ sheet }) => ({ sheet }),
    collect:
      ({ sheet }) =>
      (event) => {
        const picture = definition.words.sample(event, '').pictures?.[sheet];
        return picture && ((path, recipe) => writePicture(path, picture, { recipe }));
      },
  });
}

function sheetJob(system: string): string {
  return `${system}.train-sheet`;
}
