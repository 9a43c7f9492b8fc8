import type { Command } from 'commander';
import { vaeGridJob } from '../../../jobs/vae/grid.ts';
import { lengthGiven, numberOf } from '../../options/schema-options.ts';
import type { LatentFlags } from '../latent/flags.ts';
import { latentCommand } from '../latent/latent-command.ts';

interface Given extends LatentFlags {
  readonly count?: string;
  readonly axes?: string;
}

/** `latentbrush vae grid`. */
export function vaeGridCommand(): Command {
  return latentCommand<Given>('vae', {
    name: 'grid',
    about: vaeGridJob.about,
    flags: (command) =>
      command
        .option('--count <n>', 'pictures per side (default: 15)')
        .option('--axes <i,j>', 'the two dimensions, counted from 0: to the right, downwards (default: 0,1)'),
    target: { help: 'where to write (default: grid.png)', otherwise: 'grid.png' },
    varied: vaeGridJob,
    events: ({ run, given, options, output }, context) => {
      const own = {
        count: lengthGiven('--count', given.count),
        axes: given.axes?.split(',').map((part) => numberOf('--axes', part)),
      };
      return vaeGridJob.run({ inputs: { run }, options: { ...options, ...own }, output }, context);
    },
  });
}
