import { Command, Option } from 'commander';
import { walkJobs } from '../../../jobs/latent/walk.ts';
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

interface Given extends LatentFlags {
  readonly points?: string;
  readonly steps?: string;
  readonly method: InterpolationMethod;
  readonly fps?: string;
}

/** `latentbrush vae walk` and `latentbrush gan walk`. */
export function walkCommand(system: LatentName): Command {
  const command = new Command('walk')
    .description(
      'Walk through the latent space from random point to random point and back to the first, as an animation.',
    )
    .argument('<run>', runHelp(system))
    .option('--points <n>', 'points on the path (default: 8)')
    .option('--steps <n>', 'frames from one to the next (default: 20)')
    .addOption(methodFlag('spherical'))
    .option('--fps <n>', 'frames per second (default: 20)');
  latentFlags(command, system, 'where to write: .gif, .webp or .mp4 (default: walk.gif)');
  return command.action(async (run: string, given: Given) => {
    const context = commandContext(given);
    const options = {
      ...modelOptionsOf(given),
      points: lengthGiven('--points', given.points),
      steps: lengthGiven('--steps', given.steps),
      method: given.method,
      framesPerSecond: numberGiven('--fps', given.fps),
    };
    const request = { inputs: { run }, options, output: given.output ?? 'walk.gif' };
    await present(walkJobs[system].run(request, context), context.output);
  });
}

/** How points between two points are found. */
export function methodFlag(method: InterpolationMethod): Option {
  return new Option('--method <name>', 'straight, or along the sphere around 0')
    .choices(['linear', 'spherical'])
    .default(method);
}
