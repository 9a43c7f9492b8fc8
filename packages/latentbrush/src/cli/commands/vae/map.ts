import { Option, type Command } from 'commander';
import { vaeMapJob } from '../../../jobs/vae/map.ts';
import type { ProjectionMethod } from '../../../latent/index.ts';
import { lengthGiven } from '../../options/schema-options.ts';
import type { LatentFlags } from '../latent/flags.ts';
import { latentCommand } from '../latent/latent-command.ts';

interface Given extends LatentFlags {
  readonly method: ProjectionMethod;
  readonly count?: string;
}

/** `latentbrush vae map`. */
export function vaeMapCommand(): Command {
  return latentCommand<Given, string | undefined>('vae', {
    name: 'map',
    about: vaeMapJob.about,
    flags: (command) =>
      command
        .argument('[dataset]', 'other pictures (default: those of the run)')
        .addOption(
          new Option('--method <name>', 'umap keeps neighbours together, pca is a straight projection')
            .choices(['umap', 'pca'])
            .default('umap'),
        )
        .option('--count <n>', 'number of pictures, drawn at random (default: 2000)'),
    target: { help: 'where to write (default: map.png)', otherwise: 'map.png' },
    varied: vaeMapJob,
    events: ({ run, argument: dataset, given: { method, count }, options, output }, context) => {
      const own = { method, count: lengthGiven('--count', count) };
      const inputs = { run, ...(dataset !== undefined && { dataset: [dataset] }) };
      return vaeMapJob.run({ inputs, options: { ...options, ...own }, output }, context);
    },
  });
}
