import type { Command } from 'commander';
import { decodeJobs } from '../../../jobs/latent/decode.ts';
import type { LatentFlags, LatentName } from './flags.ts';
import { latentCommand } from './latent-command.ts';
import { POINT_HELP, pointsGiven } from './points.ts';

/** `latentbrush vae decode` and `latentbrush gan decode`. */
export function decodeCommand(system: LatentName): Command {
  return latentCommand<LatentFlags, readonly string[]>(system, {
    name: 'decode',
    about:
      'Turn points of the latent space into pictures, on one sheet. With a folder as target, write each picture as its own file, named by its seed or its number.',
    flags: (command) => command.argument('<points...>', POINT_HELP[system]),
    target: {
      help: 'where to write: a picture or a folder (default: decoded.png)',
      otherwise: 'decoded.png',
    },
    varied: decodeJobs[system],
    events: ({ run, argument, options, output }, context) => {
      const { points, files } = pointsGiven(argument, system);
      const request = { inputs: { run, files }, options: { ...options, points }, output };
      return decodeJobs[system].run(request, context);
    },
  });
}
