import { Command } from 'commander';
import { ganProgressJob } from '../../../jobs/gan/progress.ts';
import { commandContext } from '../../options/command-context.ts';
import { numberGiven } from '../../options/schema-options.ts';
import { runHelp } from '../latent/flags.ts';
import type { OutputOptions } from '../../terminal/output.ts';
import { targetOption } from '../../options/overwriting.ts';
import { present } from '../../terminal/present.ts';
import { outputOptions, unusedSeedOption } from '../../options/shared-options.ts';

interface Given extends OutputOptions {
  readonly output?: string;
  readonly fps?: string;
}

/** `latentbrush gan progress`. */
export function ganProgressCommand(): Command {
  const command = new Command('progress').description(ganProgressJob.about).argument('<run>', runHelp('gan'));
  targetOption(command, '-o, --output <file>', 'where to write: .gif, .webp or .mp4 (default: progress.gif)');
  command.option('--fps <n>', 'sheets per second (default: 10)');
  unusedSeedOption(command);
  outputOptions(command);
  return command.action(async (run: string, given: Given) => {
    const context = commandContext(given);
    const options = { framesPerSecond: numberGiven('--fps', given.fps) };
    const request = { inputs: { run }, options, output: given.output ?? 'progress.gif' };
    await present(ganProgressJob.run(request, context), context.output);
  });
}
