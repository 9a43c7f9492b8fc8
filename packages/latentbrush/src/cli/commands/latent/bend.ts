import { InputError } from '@latentbrush/engine';
import { Command, Option } from 'commander';
import { bendJobs } from '../../../jobs/latent/bend.ts';
import type { ConceptDirection } from '../../../latent/index.ts';
import { commandContext } from '../../options/command-context.ts';
import { present } from '../../terminal/present.ts';
import {
  latentFlags,
  lengthGiven,
  modelOptionsOf,
  numberGiven,
  runHelp,
  type LatentFlags,
  type LatentName,
} from './flags.ts';
import { POINT_HELP, pointsGiven } from './points.ts';

interface Given extends LatentFlags {
  readonly concept: string;
  readonly strength: string;
  readonly steps?: string;
  readonly direction: ConceptDirection;
  readonly fps?: string;
}

/** `latentbrush vae bend` and `latentbrush gan bend`. */
export function bendCommand(system: LatentName): Command {
  const command = new Command('bend')
    .description('Move pictures along a concept, in steps: less of it to the left, more to the right.')
    .argument('<run>', runHelp(system));
  if (system === 'vae') command.argument('<pictures...>', POINT_HELP.vae);
  else command.argument('[points...]', POINT_HELP.gan, ['1', '2', '3', '4']);
  command
    .requiredOption('--concept <file>', `what ${system} concept wrote`)
    .option('--strength <from..to>', '1 leads from pictures without the quality to those with it', '-2..2')
    .option('--steps <n>', 'pictures in a strip (default: 9; 48 for animations)')
    .addOption(
      new Option('--direction <name>', 'mean: from mean to mean; logistic: across the border of a classifier')
        .choices(['mean', 'logistic'])
        .default('mean'),
    )
    .option('--fps <n>', 'frames per second of an animation (default: 20)');
  const target = 'where to write: a picture, or .gif, .webp, .mp4 (default: bent.png)';
  latentFlags(command, system, target);
  return command.action(async (run: string, args: readonly string[], given: Given) => {
    const context = commandContext(given);
    const { concept, direction } = given;
    const { points, files } = pointsGiven(args, system);
    const options = {
      ...modelOptionsOf(given),
      points,
      strength: strengthOf(given.strength),
      steps: lengthGiven('--steps', given.steps),
      direction,
      framesPerSecond: numberGiven('--fps', given.fps),
    };
    const request = { inputs: { run, files, concept }, options, output: given.output ?? 'bent.png' };
    await present(bendJobs[system].run(request, context), context.output);
  });
}

function strengthOf(text: string): { readonly from: number; readonly to: number } {
  const [, low, high] = /^(-?[\d.]+)\.\.(-?[\d.]+)$/.exec(text) ?? [];
  const [from, to] = [Number(low ?? Number.NaN), Number(high ?? Number.NaN)];
  if (!Number.isFinite(from) || !Number.isFinite(to))
    throw new InputError(`--strength: "${text}" was given; write from..to, as -2..2`);
  return { from, to };
}
