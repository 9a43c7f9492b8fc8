import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { recordedRules } from '../../runs/dataset-record.ts';
import { withRecipeOptions, writePicture, type Picture, type Recipe } from '../../image/index.ts';
import { defineJob, type Job, type JobWork } from '../job.ts';
import { jobRecipe } from '../recipe.ts';
import { recordInputs, type PictureFolder } from '../recipe-inputs.ts';
import { checkTarget } from '../target-file.ts';
import type { AnyTrainingEvent, EventOf, TrainingWords } from './training.ts';

/** Which sheet of a training: options of its recipe. */
export const sheetOptions = {
  step: z.int().min(1).meta({ hidden: true }).describe('step at which the training wrote the sheet'),
  sheet: z.string().default('sheet').meta({ hidden: true }).describe('which of the sheets of that step'),
  rules: recordedRules
    .meta({ hidden: true })
    .describe('rules by which the folders of the training data were read'),
};

/** Inputs of a training for the recipes of its sheets. */
export interface TrainedFrom {
  /** Files by role. */
  readonly files: Readonly<Record<string, readonly (string | PictureFolder | undefined)[]>>;
  /** Options that say how to find them again. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * The recipe of the sheets of a training. It contains the options of the training except those that change no sheet, so that a run that was
 * stopped and continued writes the same files.
 */
export async function sheetRecipe(
  system: string,
  { files, options: found }: TrainedFrom,
  options: Readonly<Record<string, unknown>> & { readonly seed: number; readonly keep?: number },
): Promise<Recipe> {
  const { seed, keep: _keep, ...others } = { ...options, ...found };
  // In order: run.json and the schema list the options in different orders.
  const sorted = Object.fromEntries(Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1)));
  return jobRecipe(jobName(system), await recordInputs(files), { ...sorted, seed });
}

/** The definition of the job that makes a sheet of a training again. */
interface SheetDefinition<
  Event extends AnyTrainingEvent,
  Inputs extends z.ZodObject,
  Options extends z.ZodObject<typeof sheetOptions & { seed: z.ZodType<number> }>,
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

/**
 * Makes the job that makes a sheet of a training again. A run keeps only its newest checkpoints, so the job trains from the beginning, up to the
 * step of the sheet.
 */
export function trainSheetJob<
  Event extends AnyTrainingEvent,
  Inputs extends z.ZodObject,
  Options extends z.ZodObject<typeof sheetOptions & { seed: z.ZodType<number> }>,
>({
  system,
  inputs,
  options,
  again,
  trainedFrom,
  words: shown,
}: SheetDefinition<Event, Inputs, Options>): Job<Inputs, Options> {
  return defineJob({
    name: jobName(system),
    about: 'Make a sheet of a training again: train from the beginning, up to the step of the sheet.',
    inputs,
    options,
    async work({ inputs: given, options: asked, output }, work) {
      const { step, sheet, seed } = asked;
      await checkTarget(output);
      await work.report.note(
        `training again from the beginning, up to step ${step}; this takes as long as it did`,
      );
      let picture: Picture | undefined;
      for await (const each of await again(given, asked, work)) {
        const event: AnyTrainingEvent = each;
        if (event.type === 'step')
          await work.report.progress(event.step, step, shown.step(each as EventOf<Event, 'step'>));
        if (event.type !== 'sample' || event.step !== step) continue;
        picture = shown.sample(each as EventOf<Event, 'sample'>, '').pictures?.[sheet];
        break;
      }
      work.signal.throwIfAborted();
      if (picture === undefined)
        throw new InputError(
          `${system} training: has no sheet "${sheet}" at step ${step}; use a file from the samples of a run`,
        );
      const { step: _step, sheet: _sheet, ...trained } = asked;
      const made = await sheetRecipe(system, await trainedFrom(given, asked), { ...trained, seed });
      const recipe = withRecipeOptions(made, { step, sheet });
      await writePicture(output, picture, { recipe });
      await work.report.done({ path: output });
    },
  });
}

function jobName(system: string): string {
  return `${system}.train-sheet`;
}
