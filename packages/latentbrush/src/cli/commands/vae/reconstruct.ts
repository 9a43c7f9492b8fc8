import type { Command } from 'commander';
import { vaeReconstructJob } from '../../../jobs/vae/reconstruct.ts';
import { lengthGiven } from '../../options/schema-options.ts';
import type { LatentFlags } from '../latent/flags.ts';
import { latentCommand } from '../latent/latent-command.ts';

interface Given extends LatentFlags {
  readonly count?: string;
}

/** `latentbrush vae reconstruct`. */
export function vaeReconstructCommand(): Command {
  return latentCommand<Given, string[]>('vae', {
    name: 'reconstruct',
    about: vaeReconstructJob.about,
    flags: (command) =>
      command
        .argument('[pictures...]', 'picture files (default: some of the data set)')
        .option('--count <n>', 'number of pictures from the data set (default: 20)'),
    target: { help: 'where to write (default: reconstructions.png)', otherwise: 'reconstructions.png' },
    varied: vaeReconstructJob,
    events: ({ run, argument: pictures, given, options, output }, context) => {
      const count = lengthGiven('--count', given.count);
      const request = { inputs: { run, pictures }, options: { ...options, count }, output };
      return vaeReconstructJob.run(request, context);
    },
  });
}
