import type { Command } from 'commander';
import { conceptJobs } from '../../../jobs/latent/concept.ts';
import { lengthGiven } from '../../options/schema-options.ts';
import type { LatentFlags, LatentName } from './flags.ts';
import { latentCommand } from './latent-command.ts';

interface Given extends LatentFlags {
  readonly label?: string;
  readonly against?: string;
  readonly from?: string;
  readonly to?: string;
  readonly name?: string;
  readonly count?: string;
}

const ABOUT: Readonly<Record<LatentName, string>> = {
  vae: 'Learn a direction in the latent space along which a concept, such as a smile, grows. Choose the examples by words or by two folders.',
  gan: 'Learn a direction in the latent space along which a concept grows. A classifier learns the concept from named pictures, by their features on the embedded trunk, then labels generated pictures.',
};

/** `latentbrush vae concept` and `latentbrush gan concept`. */
export function conceptCommand(system: LatentName): Command {
  return latentCommand<Given, string | undefined>(system, {
    name: 'concept',
    about: ABOUT[system],
    flags: (command) => conceptFlags(command, system),
    target: { help: 'where to write (default: <name>.json)', otherwise: '.' },
    events: ({ run, argument, given, options, output }, context) => {
      const { label, against, name, from, to } = given;
      const own = { label, against, name, count: lengthGiven('--count', given.count) };
      const inputs = { run, dataset: listOf(argument), from: listOf(from), to: listOf(to) };
      return conceptJobs[system].run({ inputs, options: { ...options, ...own }, output }, context);
    },
  });
}

function conceptFlags(command: Command, system: LatentName): void {
  command
    .argument('[dataset]', 'named pictures (default: those of the run)')
    .option(
      '--label <words>',
      "words in the name or class of the data set's pictures that have the concept; put | between alternatives",
    )
    .option('--against <words>', 'words in the name or class of pictures without it (default: all others)');
  if (system === 'vae')
    command
      .option('--from <folder>', 'folder of pictures without the concept')
      .option('--to <folder>', 'folder of pictures with the concept')
      .option('--name <text>', 'name of the concept (default: the words, or the folder)');
  else
    command
      .option('--name <text>', 'name of the concept (default: the words)')
      .option(
        '--count <n>',
        'number of generated pictures, and the most named pictures of each kind (default: 1000)',
      );
}

function listOf(given: string | undefined): string[] | undefined {
  return given === undefined ? undefined : [given];
}
