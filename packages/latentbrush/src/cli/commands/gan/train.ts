import { Option, type Command } from 'commander';
import { DCGAN_PRESET, type TrainInput } from '../../../gan/index.ts';
import { ganTraining } from '../../../jobs/train/gan.ts';
import { pathWord } from '../../../shell-word.ts';
import { datasetFlags } from '../../options/source-flags.ts';
import { flagsOf } from '../../options/schema-options.ts';
import { trainCommand, type TrainCommand } from '../train-command.ts';

/** Sets of defaults by name. */
const PRESETS = { book: {}, dcgan: DCGAN_PRESET } as const satisfies Readonly<Record<string, TrainInput>>;

/** The parts of `train` that only GANs need. */
export const ganTrain: TrainCommand = {
  system: 'gan',
  jobs: ganTraining,
  argument: 'dataset',
  longer: ['--iterations'],
  nothing:
    'gan train: no data set given; name a folder of pictures, cifar10:frog or emoji:faces, or use --resume',
  flags: (command) =>
    command.addOption(
      new Option('--preset <name>', `set of default values; dcgan: ${flagsOf(DCGAN_PRESET)}`)
        .choices(Object.keys(PRESETS))
        .default('book'),
    ),
  sources: datasetFlags,
  defaults: ({ preset }) => PRESETS[preset as keyof typeof PRESETS],
  next: (run) => [
    ['draw', ['gan', 'sample', pathWord(run)]],
    ['animation', ['gan', 'progress', pathWord(run)]],
  ],
};

/** `latentbrush gan train`. */
export function ganTrainCommand(): Command {
  return trainCommand(ganTrain);
}
