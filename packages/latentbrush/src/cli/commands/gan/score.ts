import type { Command } from 'commander';
import { ganScoreJob } from '../../../jobs/gan/score.ts';
import { lengthGiven } from '../../options/schema-options.ts';
import type { LatentFlags } from '../latent/flags.ts';
import { latentCommand } from '../latent/latent-command.ts';

interface Given extends LatentFlags {
  readonly count?: string;
}

/** `latentbrush gan score`. */
export function ganScoreCommand(): Command {
  return latentCommand<Given>('gan', {
    name: 'score',
    about: ganScoreJob.about,
    flags: (command) =>
      command.option('--count <n>', 'number of generated pictures, and of real ones (default: 1000)'),
    events: ({ run, given, options, output }, context) => {
      const count = lengthGiven('--count', given.count);
      return ganScoreJob.run({ inputs: { run }, options: { ...options, count }, output }, context);
    },
  });
}
