import type { Command } from 'commander';
import { interpolateJobs } from '../../../jobs/latent/interpolate.ts';
import type { InterpolationMethod } from '../../../latent/index.ts';
import { lengthGiven, numberGiven } from '../../options/schema-options.ts';
import type { LatentFlags, LatentName } from './flags.ts';
import { latentCommand } from './latent-command.ts';
import { POINT_HELP, pointsGiven } from './points.ts';
import { methodFlag } from './walk.ts';

interface Given extends LatentFlags {
  readonly steps?: string;
  readonly method: InterpolationMethod;
  readonly fps?: string;
}

/** The default method that finds points between two points. */
const METHOD = { vae: 'linear', gan: 'spherical' } as const;

/** `latentbrush vae interpolate` and `latentbrush gan interpolate`. */
export function interpolateCommand(system: LatentName): Command {
  return latentCommand<Given, readonly string[]>(system, {
    name: 'interpolate',
    about:
      'Move from one point of the latent space to the next and show the pictures between them, as a strip or an animation.',
    flags: (command) =>
      command
        .argument('<points...>', POINT_HELP[system])
        .option('--steps <n>', 'number of steps from one point to the next (default: 10; 24 for animations)')
        .addOption(methodFlag(METHOD[system]))
        .option('--fps <n>', 'frames per second of an animation (default: 20)'),
    target: {
      help: 'where to write: a picture, or .gif, .webp, .mp4 (default: interpolation.png)',
      otherwise: 'interpolation.png',
    },
    varied: interpolateJobs[system],
    events: ({ run, argument, given, options, output }, context) => {
      const { points, files } = pointsGiven(argument, system);
      const own = {
        points,
        steps: lengthGiven('--steps', given.steps),
        method: given.method,
        framesPerSecond: numberGiven('--fps', given.fps),
      };
      const request = { inputs: { run, files }, options: { ...options, ...own }, output };
      return interpolateJobs[system].run(request, context);
    },
  });
}
