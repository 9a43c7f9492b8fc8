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
      'Walk through the latent space from one random point to the next and back to the first, as an animation.',
    flags: (command) =>
      command
        .option('--points <n>', 'number of random points (default: 8)')
        .option('--steps <n>', 'frames from one point to the next (default: 20)')
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

/** How to find points between two points. */
export function methodFlag(method: InterpolationMethod): Option {
  return new Option('--method <name>', 'linear: straight lines; spherical: along the sphere around 0')
    .choices(['linear', 'spherical'])
    .default(method);
}
