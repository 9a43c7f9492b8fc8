import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { dirname } from 'node:path';
import { readPicture, type Picture, type Recipe } from '../../../image/index.ts';
import { sheetsOf } from '../../../jobs/gan/sheets.ts';
import { filesOfDataset } from '../../../jobs/latent/dataset-input.ts';
import { version } from '../../../version.ts';
import { commandContext, type CommandContext } from '../../options/command-context.ts';
import { isAnimation } from '../../../jobs/latent/animation.ts';
import type { OutputOptions } from '../../terminal/output.ts';
import { alsoReads } from '../../../jobs/files-in-use.ts';
import { targetOption } from '../../options/overwriting.ts';
import { presentExploration } from '../dream/explored-mixes.ts';
import { present } from '../../terminal/present.ts';
import { parseRecorded, remadeRequest } from '../../../jobs/remade-request.ts';
import { outputOptions } from '../../options/shared-options.ts';
import { withSuffix } from '../../../jobs/target-file.ts';
import { weightsFlags, type WeightsFlags } from '../../options/weights-flags.ts';
import {
  compare,
  compareAnimation,
  compareJson,
  readAnimationFile,
  readJson,
  type AnimationFile,
  type JsonFile,
} from './compare.ts';
import { findInputs } from './find-inputs.ts';
import { isAnimationRecipe, readingRules } from './recorded-animation.ts';
import { isJsonPath, recipeOf } from './recipe-of.ts';
import { hasRecipeBeside } from '../../../jobs/text/recipe-file.ts';

/** Exit code when what was made is not the same. */
const DIFFERS = 3;

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
  readonly context: CommandContext;
}

/** `latentbrush remake`. */
export function remakeCommand(): Command {
  const command = new Command('remake')
    .description(
      'Make a picture or an animation again from what its file tells about how it was made, and compare the two: pictures pixel by pixel, animations byte by byte; concepts and points (.json) number by number; texts byte by byte, by the .recipe.json beside them. The exit code is 3 when they differ.',
    )
    .argument('<picture>', 'a picture, an animation, a text or a .json file that latentbrush wrote');
  targetOption(command, '-o, --output <file>', 'where to write (default: <picture>-again)');
  command.option(
    '--inputs <folder>',
    'where the files are that it was made from: pictures, the folder of frames of an animation, data sets, the run of a trained model; may be given several times (default: beside it, and here)',
    (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
  );
  weightsFlags(command);
  outputOptions(command);
  return command.action(async (picture: string, given: Given) => {
    const context = commandContext(given);
    const { output } = context;
    const recipe = await recipeOf(picture);
    if (recipe === undefined) {
      throw new InputError(
        `${picture}: its file does not tell how it was made; choose a picture that latentbrush wrote`,
      );
    }
    const folders = [...new Set([...(given.inputs ?? []), dirname(picture), '.'])];
    if (isAnimationRecipe(recipe) && !isAnimation(picture)) {
      throw new InputError(
        `${picture}: it is one frame of an animation, and does not tell which (an earlier version wrote it); make the whole animation again from its file, or from the command that made it`,
      );
    }
    const { run } = recipe.options;
    const rules = parseRecorded(readingRules, recipe.options.rules);
    const inputs = await findInputs(recipe, {
      folders,
      run: typeof run === 'string' ? run : undefined,
      filesOf: async (folder) =>
        // A training that continued has added sheets.
        recipe.job === 'gan.progress'
          ? (await sheetsOf(folder)).slice(0, recipe.inputs[0]?.files)
          : filesOfDataset(folder, rules),
    });
    const target = given.output ?? withSuffix(picture, 'again');
    await alsoReads(inputs);
    if (recipe.version !== version)
      output.note(`made by version ${recipe.version}; this is ${version}, so the result may differ`);
    // Before anything is written: the target may be the original.
    const original = await readOriginal(picture, recipe);
    await remake({ recipe, inputs, target, context });
    if (context.signal.aborted) return;
    process.exitCode = undefined; // frames that were left out were so in the original, too: how the two compare is what counts
    const interrupted = interruptedAt(recipe);
    if (interrupted !== undefined) output.note(`the original was interrupted ${interrupted}`);
    if ('contents' in original) {
      const same = compareJson(original, await readJson(target));
      output.event({ type: 'compared', same });
      output.note(
        same ? 'the same, number by number' : 'it differs: its numbers are not those of the original',
      );
      if (!same) process.exitCode = DIFFERS;
      return;
    }
    if ('bytes' in original && hasRecipeBeside(picture)) {
      const same = original.bytes.equals((await readAnimationFile(target)).bytes);
      output.event({ type: 'compared', same });
      output.note(same ? 'the same text, byte by byte' : 'it differs: it is not the text of the original');
      if (!same) process.exitCode = DIFFERS;
      return;
    }
    if ('bytes' in original) {
      const same = await compareAnimation(original, target);
      output.event({ type: 'compared', same });
      output.note(describeAnimation(same));
      if (same === false) process.exitCode = DIFFERS;
      return;
    }
    const difference = compare(original, await readPicture(target));
    output.event({ type: 'compared', difference });
    output.note(difference === 0 ? 'the same picture, pixel by pixel' : describe(difference));
    if (difference !== 0) process.exitCode = DIFFERS;
  });
}

// `at octave 2, iteration 5; ...`; what else a recipe may hold there is not repeated: anybody may have written it.
function interruptedAt({ options: { stoppedAt } }: Recipe): string | undefined {
  if (typeof stoppedAt !== 'object' || stoppedAt === null) return undefined;
  const names = ['octave', 'iteration', 'round', 'evaluation', 'mix', 'frame', 'token'];
  const known = Object.entries(stoppedAt).filter(
    ([name, value]) => names.includes(name) && typeof value === 'number',
  );
  if (known.length === 0) return undefined;
  const place = known.map(([name, value]) => `${name} ${value}`).join(', ');
  return 'unfinished' in stoppedAt && stoppedAt.unfinished === true
    ? `within ${place}; this is the whole of it`
    : `at ${place}; this stops there, too`;
}

function readOriginal(path: string, recipe: Recipe): Promise<AnimationFile | JsonFile | Picture> {
  if (isJsonPath(path)) return readJson(path);
  return isAnimationRecipe(recipe) || hasRecipeBeside(path) ? readAnimationFile(path) : readPicture(path);
}

function describeAnimation(same: boolean | undefined): string {
  if (same === undefined) return 'it is of another kind of file, so the two were not compared';
  return same ? 'the same animation, byte by byte' : 'it differs: its bytes are not those of the original';
}

async function remake({ recipe, inputs, target, context }: Remake): Promise<void> {
  const { job, request } = await remadeRequest(recipe, inputs, target);
  const events = job.run(request, context);
  if (job.name !== 'dream.explore') return present(events, context.output);
  const { dataDir, offline } = context;
  return presentExploration({ ...request, context: { dataDir, offline } }, events, context.output);
}

function describe(difference: number | undefined): string {
  return difference === undefined
    ? 'it is of another size'
    : `it differs: the mean difference of a colour is ${difference.toFixed(2)} of 255`;
}
