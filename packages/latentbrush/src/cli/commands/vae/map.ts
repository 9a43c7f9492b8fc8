import { Command, Option } from 'commander';
import { vaeMapJob } from '../../../jobs/vae/map.ts';
import type { ProjectionMethod } from '../../../latent/index.ts';
import { commandContext } from '../../options/command-context.ts';
import { latentFlags, lengthGiven, modelOptionsOf, runHelp, type LatentFlags } from '../latent/flags.ts';
import { present } from '../../terminal/present.ts';

interface Given extends LatentFlags {
  readonly method: ProjectionMethod;
  readonly count?: string;
}

/** `latentbrush vae map`. */
export function vaeMapCommand(): Command {
  const command = new Command('map')
    .description(vaeMapJob.about)
    .argument('<run>', runHelp('vae'))
    .argument('[dataset]', 'other pictures (default: those of the run)')
    .addOption(
      new Option('--method <name>', 'umap keeps neighbours together, pca is a straight projection')
        .choices(['umap', 'pca'])
        .default('umap'),
    )
    .option('--count <n>', 'pictures, drawn at random (default: 2000)');
  latentFlags(command, 'vae', 'where to write (default: map.png)');
  return command.action(async (run: string, dataset: string | undefined, given: Given) => {
    const context = commandContext(given);
    const { method } = given;
    const options = { ...modelOptionsOf(given), method, count: lengthGiven('--count', given.count) };
    const inputs = { run, ...(dataset !== undefined && { dataset: [dataset] }) };
    const request = { inputs, options, output: given.output ?? 'map.png' };
    await present(vaeMapJob.run(request, context), context.output);
  });
}
