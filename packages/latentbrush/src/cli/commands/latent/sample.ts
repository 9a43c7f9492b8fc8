import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { sampleJobs } from '../../../jobs/latent/sample.ts';
import { commandContext } from '../../options/command-context.ts';
import { present } from '../../terminal/present.ts';
import {
  latentFlags,
  lengthGiven,
  modelOptionsOf,
  runHelp,
  type LatentFlags,
  type LatentName,
} from './flags.ts';

interface Given extends LatentFlags {
  readonly count?: string;
  readonly seeds?: string;
}

/** `latentbrush vae sample` and `latentbrush gan sample`. */
export function sampleCommand(system: LatentName): Command {
  const command = new Command('sample')
    .description(
      'Draw random points of the latent space and show their pictures, on one sheet. Into a folder each goes by itself, at its own size and named by its seed.',
    )
    .argument('<run>', runHelp(system))
    .option('--count <n>', 'how many (default: 64)')
    .option('--seeds <list>', 'the points that these seeds draw, as 10-200,7, in place of --count');
  latentFlags(command, system, 'where to write: a picture or a folder (default: samples.png)');
  return command.action(async (run: string, given: Given) => {
    const context = commandContext(given);
    if (given.seeds !== undefined && given.seed !== undefined)
      throw new InputError('--seeds and --seed were given; choose one: each seed is one picture');
    const options = {
      ...modelOptionsOf(given),
      count: lengthGiven('--count', given.count),
      seeds: given.seeds,
    };
    const request = { inputs: { run }, options, output: given.output ?? 'samples.png' };
    await present(sampleJobs[system].run(request, context), context.output);
  });
}
