import { InputError } from '@latentbrush/engine';
import { Option, type Command } from 'commander';
import { bendJobs } from '../../../jobs/latent/bend.ts';
import type { ConceptDirection } from '../../../latent/index.ts';
import { lengthGiven, numberGiven } from '../../options/schema-options.ts';
import type { LatentFlags, LatentName } from './flags.ts';
import { latentCommand } from './latent-command.ts';
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
  return latentCommand<Given, readonly string[]>(system, {
    name: 'bend',
    about: 'Move pictures along a concept in steps: less of it to the left, more to the right.',
    flags: (command) => bendFlags(command, system),
    target: {
      help: 'where to write: a picture, or .gif, .webp, .mp4 (default: bent.png)',
      otherwise: 'bent.png',
    },
    varied: bendJobs[system],
    events: ({ run, argument, given, options, output }, context) => {
      const { points, files } = pointsGiven(argument, system);
      const own = {
        points,
        strength: strengthOf(given.strength),
        steps: lengthGiven('--steps', given.steps),
        direction: given.direction,
        framesPerSecond: numberGiven('--fps', given.fps),
      };
      const inputs = { run, files, concept: given.concept };
      return bendJobs[system].run({ inputs, options: { ...options, ...own }, output }, context);
    },
  });
}

function bendFlags(command: Command, system: LatentName): void {
  if (system === 'vae') command.argument('<pictures...>', POINT_HELP.vae);
  else command.argument('[points...]', POINT_HELP.gan, ['1', '2', '3', '4']);
  command
    .requiredOption('--concept <file>', `concept file that ${system} concept wrote`)
    .option(
      '--strength <from..to>',
      'range of steps along the concept; 1 is the distance from pictures without the concept to pictures with it',
      '-2..2',
    )
    .option('--steps <n>', 'number of pictures (default: 9; 48 for animations)')
    .addOption(
      new Option(
        '--direction <name>',
        'mean: from one class mean to the other; logistic: across the decision boundary of a classifier',
      )
        .choices(['mean', 'logistic'])
        .default('mean'),
    )
    .option('--fps <n>', 'frames per second of an animation (default: 20)');
}

function strengthOf(text: string): { readonly from: number; readonly to: number } {
  const [, low, high] = /^(-?[\d.]+)\.\.(-?[\d.]+)$/.exec(text) ?? [];
  const [from, to] = [Number(low ?? Number.NaN), Number(high ?? Number.NaN)];
  if (!Number.isFinite(from) || !Number.isFinite(to))
    throw new InputError(`--strength: "${text}" was given; write from..to, such as -2..2`);
  return { from, to };
}
