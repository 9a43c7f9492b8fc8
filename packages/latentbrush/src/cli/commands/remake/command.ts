import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { dirname } from 'node:path';
import type { Recipe } from '../../../image/index.ts';
import { isAnimation } from '../../../jobs/latent/animation.ts';
import { alsoReads } from '../../../jobs/files-in-use.ts';
import { remadeRequest } from '../../../jobs/remade-request.ts';
import { withSuffix } from '../../../jobs/target-file.ts';
import { version } from '../../../version.ts';
import { commandContext, type CommandContext } from '../../options/command-context.ts';
import { targetOption } from '../../options/overwriting.ts';
import { outputOptions } from '../../options/shared-options.ts';
import { weightsFlags, type SourceFlags } from '../../options/source-flags.ts';
import type { OutputOptions } from '../../terminal/output.ts';
import { presentWithMixes } from '../dream/explored-mixes.ts';
import { compareWith, readOriginal } from './compare.ts';
import { findInputs } from './find-inputs.ts';
import { interruptedAt, isAnimationRecipe } from './recorded.ts';
import { recipeOf } from './recipe-of.ts';

/** Exit code when the result differs from the original. */
const DIFFERS = 3;

interface Given extends OutputOptions, SourceFlags {
  readonly output?: string;
  readonly inputs?: readonly string[];
}

/** `latentbrush remake`. */
export function remakeCommand(): Command {
  const command = new Command('remake')
    .description(
      'Make a picture, an animation, a text, a concept or a point again from the recipe in its file (for texts: in the .recipe.json beside it), and compare the two: pictures pixel by pixel, animations and texts byte by byte, concepts and points (.json) number by number. The exit code is 3 when they differ.',
    )
    .argument('<picture>', 'a picture, an animation, a text or a .json file that latentbrush wrote');
  targetOption(command, '-o, --output <file>', 'where to write (default: <picture>-again)');
  command.option(
    '--inputs <folder>',
    'folder with the inputs: pictures, folders of frames, data sets, runs; can be given several times (default: the folder of the file, and the current folder)',
    (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
  );
  weightsFlags(command);
  outputOptions(command);
  return command.action(async (picture: string, given: Given) => {
    const context = commandContext(given);
    const recipe = await remadeRecipe(picture);
    const folders = [...new Set([...(given.inputs ?? []), dirname(picture), '.'])];
    const inputs = await findInputs(recipe, folders);
    await alsoReads(inputs);
    await remake({ picture, recipe, inputs, target: given.output ?? withSuffix(picture, 'again') }, context);
  });
}

/**
 * The recipe of the original. @throws InputError when its file contains none, or an incomplete one
 */
async function remadeRecipe(picture: string): Promise<Recipe> {
  const recipe = await recipeOf(picture);
  if (recipe === undefined)
    throw new InputError(`${picture}: contains no recipe; choose a file that latentbrush wrote`);
  if (isAnimationRecipe(recipe) && !isAnimation(picture))
    throw new InputError(
      `${picture}: is one frame of an animation, but its recipe (of an earlier version) does not record which; remake the whole animation, or repeat the command that made it`,
    );
  return recipe;
}

/** The file to make again. */
interface Remake {
  readonly picture: string;
  readonly recipe: Recipe;
  /** The input files, in the order of the recipe. */
  readonly inputs: readonly string[];
  readonly target: string;
}

/** Makes the original again, compares the two and prints their difference. Sets the exit code when they do. */
async function remake({ picture, recipe, inputs, target }: Remake, context: CommandContext): Promise<void> {
  const { output, signal } = context;
  if (recipe.version !== version)
    output.note(`made by version ${recipe.version}; this is ${version}, so the result may differ`);
  // Before anything is written: the target may be the original.
  const original = await readOriginal(picture, recipe);
  const { job, request } = await remadeRequest(recipe, inputs, target);
  await presentWithMixes(job.run(request, context), request, context);
  if (signal.aborted) return;
  process.exitCode = undefined; // the original left out the same frames: only the comparison counts
  const interrupted = interruptedAt(recipe);
  if (interrupted !== undefined) output.note(`the original was interrupted ${interrupted}`);
  const { figures, words, differs } = await compareWith(original, target);
  output.event({ type: 'compared', ...figures });
  output.note(words);
  if (differs) process.exitCode = DIFFERS;
}
