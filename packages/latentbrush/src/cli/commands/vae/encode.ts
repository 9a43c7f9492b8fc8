import { Command } from 'commander';
import { stemOf } from '../../../jobs/target-file.ts';
import { vaeEncodeJob } from '../../../jobs/vae/encode.ts';
import { commandContext } from '../../options/command-context.ts';
import { latentFlags, modelOptionsOf, runHelp, type LatentFlags } from '../latent/flags.ts';
import { present } from '../../terminal/present.ts';

/** `latentbrush vae encode`. */
export function vaeEncodeCommand(): Command {
  const command = new Command('encode')
    .description(vaeEncodeJob.about)
    .argument('<run>', runHelp('vae'))
    .argument('<picture>', 'a picture file');
  latentFlags(command, 'vae', 'where to write (default: <picture>.json)');
  return command.action(async (run: string, picture: string, given: LatentFlags) => {
    const context = commandContext(given);
    const output = given.output ?? `${stemOf(picture)}.json`;
    const request = { inputs: { run, picture }, options: modelOptionsOf(given), output };
    await present(vaeEncodeJob.run(request, context), context.output);
  });
}
