import { Option, type Command } from 'commander';
import { walkJobs } from '../../../jobs/latent/walk.ts';
import type { InterpolationMethod } from '../../../latent/index.ts';
import { lengthGiven, numberGiven } from '../../options/schema-options.ts';
import type { LatentFlags, LatentName } from './flags.ts';
import { latentCommand } from './latent-command.ts';

interface Given extends LatentFlags {
  readonly points?: string;
  readonly steps?: string;
  readonly method: InterpolationMethod;
  readonly fps?: string;
}

/** `latentbrush vae walk` and `latentbrush gan walk`. */
export function walkCommand(system: LatentName): Command {
  return latentCommand<Given>(system, {
    name: 'walk',
    about:
      'Walk through the latent space from random point to random point and back to the first, as an animation.',
    flags: (command) =>
      command
        .option('--points <n>', 'points on the path (default: 8)')
        .option('--steps <n>', 'frames from one to the next (default: 20)')
        .addOption(methodFlag('spherical'))
        .option('--fps <n>', 'frames per second (default: 20)'),
    target: { help: 'where to write: .gif, .webp or .mp4 (default: walk.gif)', otherwise: 'walk.gif' },
    events: ({ run, given, options, output }, context) => {
      const own = {
        points: lengthGiven('--points', given.points),
        steps: lengthGiven('--steps', given.steps),
        method: given.method,
        framesPerSecond: numberGiven('--fps', given.fps),
      };
      return walkJobs[system].run({ inputs: { run }, options: { ...options, ...own }, output }, context);
    },
  });
}

/** How points between two points are found. */
export function methodFlag(method: InterpolationMethod): Option {
  return new Option('--method <name>', 'straight, or along the sphere around 0')
    .choices(['linear', 'spherical'])
    .default(method);
}
