import { Command } from 'commander';
import { vaeGridJob } from '../../../jobs/vae/grid.ts';
import { commandContext } from '../../options/command-context.ts';
import { latentFlags, lengthGiven, modelOptionsOf, runHelp, type LatentFlags } from '../latent/flags.ts';
import { present } from '../../terminal/present.ts';
import { numberOf } from '../../options/schema-options.ts';

interface Given extends LatentFlags {
  readonly count?: string;
  readonly axes?: string;
}

/** `latentbrush vae grid`. */
export function vaeGridCommand(): Command {
  const command = new Command('grid')
    .description(vaeGridJob.about)
    .argument('<run>', runHelp('vae'))
    .option('--count <n>', 'pictures a side (default: 15)')
    .option('--axes <i,j>', 'which two dimensions, from 0: to the right, downwards (default: 0,1)');
  latentFlags(command, 'vae', 'where to write (default: grid.png)');
  return command.action(async (run: string, given: Given) => {
    const context = commandContext(given);
    const options = {
      ...modelOptionsOf(given),
      count: lengthGiven('--count', given.count),
      axes: given.axes?.split(',').map((part) => numberOf('--axes', part)),
    };
    const request = { inputs: { run }, options, output: given.output ?? 'grid.png' };
    await present(vaeGridJob.run(request, context), context.output);
  });
}
