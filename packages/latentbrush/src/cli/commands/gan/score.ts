import { Command } from 'commander';
import { ganScoreJob } from '../../../jobs/gan/score.ts';
import { commandContext } from '../../options/command-context.ts';
import { latentFlags, lengthGiven, modelOptionsOf, runHelp, type LatentFlags } from '../latent/flags.ts';
import { present } from '../../terminal/present.ts';

interface Given extends LatentFlags {
  readonly count?: string;
}

/** `latentbrush gan score`. */
export function ganScoreCommand(): Command {
  const command = new Command('score')
    .description(ganScoreJob.about)
    .argument('<run>', runHelp('gan'))
    .option('--count <n>', 'pictures of each kind (default: 1000)');
  latentFlags(command, 'gan');
  return command.action(async (run: string, given: Given) => {
    const context = commandContext(given);
    const options = { ...modelOptionsOf(given), count: lengthGiven('--count', given.count) };
    await present(ganScoreJob.run({ inputs: { run }, options, output: '' }, context), context.output);
  });
}
