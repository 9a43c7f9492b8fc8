import { InputError } from '@latentbrush/engine';
import type { Command } from 'commander';
import { sampleJobs } from '../../../jobs/latent/sample.ts';
import { lengthGiven } from '../../options/schema-options.ts';
import type { LatentFlags, LatentName } from './flags.ts';
import { latentCommand } from './latent-command.ts';

interface Given extends LatentFlags {
  readonly count?: string;
  readonly seeds?: string;
}

/** `latentbrush vae sample` and `latentbrush gan sample`. */
export function sampleCommand(system: LatentName): Command {
  return latentCommand<Given>(system, {
    name: 'sample',
    about:
      'Draw random points of the latent space and show their pictures on one sheet. With a folder as target, write each picture as its own file, named by its seed.',
    flags: (command) =>
      command
        .option('--count <n>', 'number of pictures (default: 64)')
        .option('--seeds <list>', 'seeds of the points, such as 10-200,7, instead of --count'),
    target: {
      help: 'where to write: a picture or a folder (default: samples.png)',
      otherwise: 'samples.png',
    },
    varied: sampleJobs[system],
    events: ({ run, given: { count, seeds, seed }, options, output }, context) => {
      if (seeds !== undefined && seed !== undefined)
        throw new InputError('--seeds and --seed were given; choose one: each seed is one picture');
      const own = { count: lengthGiven('--count', count), seeds };
      return sampleJobs[system].run({ inputs: { run }, options: { ...options, ...own }, output }, context);
    },
  });
}
