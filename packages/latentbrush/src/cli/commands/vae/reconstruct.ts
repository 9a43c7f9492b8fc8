import { Command } from 'commander';
import { vaeReconstructJob } from '../../../jobs/vae/reconstruct.ts';
import { commandContext } from '../../options/command-context.ts';
import { latentFlags, lengthGiven, modelOptionsOf, runHelp, type LatentFlags } from '../latent/flags.ts';
import { present } from '../../terminal/present.ts';

interface Given extends LatentFlags {
  readonly count?: string;
}

/** `latentbrush vae reconstruct`. */
export function vaeReconstructCommand(): Command {
  const command = new Command('reconstruct')
    .description(vaeReconstructJob.about)
    .argument('<run>', runHelp('vae'))
    .argument('[pictures...]', 'picture files (default: some of the data set)')
    .option('--count <n>', 'pictures of the data set (default: 20)');
  latentFlags(command, 'vae', 'where to write (default: reconstructions.png)');
  return command.action(async (run: string, pictures: string[], given: Given) => {
    const context = commandContext(given);
    const options = { ...modelOptionsOf(given), count: lengthGiven('--count', given.count) };
    const output = given.output ?? 'reconstructions.png';
    const request = { inputs: { run, pictures }, options, output };
    await present(vaeReconstructJob.run(request, context), context.output);
  });
}
