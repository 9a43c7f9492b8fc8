import { Command } from 'commander';
import { interpolateJobs } from '../../../jobs/latent/interpolate.ts';
import type { InterpolationMethod } from '../../../latent/index.ts';
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
import { methodFlag } from './walk.ts';

interface Given extends LatentFlags {
  readonly steps?: string;
  readonly method: InterpolationMethod;
  readonly fps?: string;
}

/** How points between two points are found, unless it is chosen. */
const METHOD = { vae: 'linear', gan: 'spherical' } as const;

/** `latentbrush vae interpolate` and `latentbrush gan interpolate`. */
export function interpolateCommand(system: LatentName): Command {
  const command = new Command('interpolate')
    .description(
      'Show the path from one point of the latent space to another, and on, as a strip or an animation.',
    )
    .argument('<run>', runHelp(system))
    .argument('<points...>', POINT_HELP[system])
    .option('--steps <n>', 'from one point to the next (default: 10; 24 for animations)')
    .addOption(methodFlag(METHOD[system]))
    .option('--fps <n>', 'frames per second of an animation (default: 20)');
  const target = 'where to write: a picture, or .gif, .webp, .mp4 (default: interpolation.png)';
  latentFlags(command, system, target);
  return command.action(async (run: string, args: readonly string[], given: Given) => {
    const context = commandContext(given);
    const { points, files } = pointsGiven(args, system);
    const options = {
      ...modelOptionsOf(given),
      points,
      steps: lengthGiven('--steps', given.steps),
      method: given.method,
      framesPerSecond: numberGiven('--fps', given.fps),
    };
    const request = { inputs: { run, files }, options, output: given.output ?? 'interpolation.png' };
    await present(interpolateJobs[system].run(request, context), context.output);
  });
}
