import { Command } from 'commander';
import { conceptJobs } from '../../../jobs/latent/concept.ts';
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
  readonly label?: string;
  readonly against?: string;
  readonly from?: string;
  readonly to?: string;
  readonly name?: string;
  readonly count?: string;
}

const ABOUT: Readonly<Record<LatentName, string>> = {
  vae: 'Learn a direction of the latent space along which a quality grows, such as a smile: from words, or from two folders.',
  gan: 'Learn a direction of the latent space along which a quality grows: a classifier learns it from named pictures, by their features on the embedded trunk, and judges generated ones.',
};

/** `latentbrush vae concept` and `latentbrush gan concept`. */
export function conceptCommand(system: LatentName): Command {
  const command = new Command('concept').description(ABOUT[system]).argument('<run>', runHelp(system));
  command
    .argument('[dataset]', 'named pictures (default: those of the run)')
    .option(
      '--label <words>',
      'pictures of the data set whose name or class holds these words have the quality; | between alternatives',
    )
    .option('--against <words>', 'those whose name holds these have not (default: all others)');
  if (system === 'vae')
    command
      .option('--from <folder>', 'pictures without the quality')
      .option('--to <folder>', 'pictures with it')
      .option('--name <text>', 'name of the concept (default: the words, or the folder)');
  else
    command
      .option('--name <text>', 'name of the concept (default: the words)')
      .option(
        '--count <n>',
        'generated pictures, and at most as many named ones of each kind (default: 1000)',
      );
  latentFlags(command, system, 'where to write (default: <name>.json)');
  return command.action(async (run: string, dataset: string | undefined, given: Given) => {
    const context = commandContext(given);
    const { label, against, name, from, to } = given;
    const options = {
      ...modelOptionsOf(given),
      label,
      against,
      name,
      count: lengthGiven('--count', given.count),
    };
    const inputs = { run, dataset: listOf(dataset), from: listOf(from), to: listOf(to) };
    const request = { inputs, options, output: given.output ?? '.' };
    await present(conceptJobs[system].run(request, context), context.output);
  });
}

function listOf(given: string | undefined): string[] | undefined {
  return given === undefined ? undefined : [given];
}
