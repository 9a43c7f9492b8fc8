import type { Command } from 'commander';
import { vaeNeighborsJob } from '../../../jobs/vae/neighbors.ts';
import { lengthGiven } from '../../options/schema-options.ts';
import type { LatentFlags } from '../latent/flags.ts';
import { latentCommand } from '../latent/latent-command.ts';
import { POINT_HELP, pointsGiven } from '../latent/points.ts';

interface Given extends LatentFlags {
  readonly count?: string;
  readonly neighbors?: string;
}

/** `latentbrush vae neighbors`. */
export function vaeNeighborsCommand(): Command {
  return latentCommand<Given, readonly string[]>('vae', {
    name: 'neighbors',
    about: vaeNeighborsJob.about,
    flags: (command) =>
      command
        .argument('[points...]', `${POINT_HELP.vae} (default: random points)`)
        .option('--count <n>', 'number of random points (default: 8)')
        .option('--neighbors <n>', 'pictures beside each point (default: 7)'),
    target: { help: 'where to write (default: neighbors.png)', otherwise: 'neighbors.png' },
    varied: vaeNeighborsJob,
    events: ({ run, argument, given, options, output }, context) => {
      const { points, files } = pointsGiven(argument, 'vae');
      const count = lengthGiven('--count', given.count);
      const neighbors = lengthGiven('--neighbors', given.neighbors);
      const all = { ...options, points, count, neighbors };
      return vaeNeighborsJob.run({ inputs: { run, files }, options: all, output }, context);
    },
  });
}
