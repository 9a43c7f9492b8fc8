import type { Command } from 'commander';
import { stemOf } from '../../../jobs/target-file.ts';
import { vaeEncodeJob } from '../../../jobs/vae/encode.ts';
import type { LatentFlags } from '../latent/flags.ts';
import { latentCommand } from '../latent/latent-command.ts';

/** `latentbrush vae encode`. */
export function vaeEncodeCommand(): Command {
  return latentCommand<LatentFlags, string>('vae', {
    name: 'encode',
    about: vaeEncodeJob.about,
    flags: (command) => command.argument('<picture>', 'a picture file'),
    target: {
      help: 'where to write (default: <picture>.json)',
      otherwise: (picture) => `${stemOf(picture)}.json`,
    },
    events: ({ run, argument: picture, options, output }, context) =>
      vaeEncodeJob.run({ inputs: { run, picture }, options, output }, context),
  });
}
