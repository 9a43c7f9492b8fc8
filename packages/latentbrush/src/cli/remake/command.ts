import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { dirname, extname } from 'node:path';
import { readPicture, readRecipe, type Recipe } from '../../image/index.ts';
import { version } from '../../version.ts';
import { abortOnInterrupt } from '../interrupt.ts';
import type { JobContext } from '../job-context.ts';
import { Output, type OutputOptions } from '../output.ts';
import { outputOptions } from '../shared-options.ts';
import { withSuffix } from '../target-file.ts';
import { weightsFlags, type WeightsFlags } from '../weights-flags.ts';
import { compare } from './compare.ts';
import { remakeDream } from './dream.ts';
import { findInputs } from './find-inputs.ts';
import { remakeStyle } from './style.ts';

interface Given extends OutputOptions, WeightsFlags {
  readonly output?: string;
  readonly inputs?: readonly string[];
}

/** What is to be made again. */
export interface Remake {
  readonly recipe: Recipe;
  /** The files it was made from, in the order of the recipe. */
  readonly inputs: readonly string[];
  readonly target: string;
  readonly context: JobContext;
}

/** `latentbrush remake`. */
export function remakeCommand(): Command {
  const command = new Command('remake')
    .description('Make a picture again from what its file tells about how it was made, and compare the two.')
    .argument('<picture>', 'a picture or an animation that latentbrush wrote')
    .option('-o, --output <file>', 'where to write (default: <picture>-again)')
    .option(
      '--inputs <folder>',
      'where the pictures are that it was made from; may be given several times (default: beside it, and here)',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    );
  weightsFlags(command);
  outputOptions(command);
  return command.action(async (picture: string, given: Given) => {
    const { dataDir, offline } = given;
    const output = new Output(given);
    const recipe = await readRecipe(picture);
    if (recipe === undefined) {
      throw new InputError(
        `${picture}: its file does not tell how it was made; choose a picture that latentbrush wrote`,
      );
    }
    const folders = [...new Set([...(given.inputs ?? []), dirname(picture), '.'])];
    const inputs = await findInputs(recipe, folders);
    const target = given.output ?? withSuffix(picture, 'again');
    if (recipe.version !== version)
      output.note(`made by version ${recipe.version}; this is ${version}, so the result may differ`);
    const context: JobContext = {
      output,
      signal: abortOnInterrupt(output),
      ...(dataDir !== undefined && { dataDir }),
      ...(offline !== undefined && { offline }),
    };
    await remake({ recipe, inputs, target, context });
    if (context.signal.aborted || extname(target) === '' || recipe.options.film !== undefined) return;
    const difference = compare(await readPicture(picture), await readPicture(target));
    output.event({ type: 'compared', difference });
    output.note(difference === 0 ? 'the same picture, pixel by pixel' : describe(difference));
  });
}

function remake(job: Remake): Promise<void> {
  switch (job.recipe.system) {
    case 'dream':
      return remakeDream(job);
    case 'style':
      return remakeStyle(job);
    default:
      throw new InputError(`remake: pictures of the system "${job.recipe.system}" cannot be made again`);
  }
}

function describe(difference: number | undefined): string {
  return difference === undefined
    ? 'it is of another size'
    : `it differs: the mean difference of a colour is ${difference.toFixed(2)} of 255`;
}
