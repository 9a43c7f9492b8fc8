import type { Command } from 'commander';
import { textTraining } from '../../../jobs/train/text.ts';
import { pathWord } from '../../../shell-word.ts';
import { corpusFlags } from '../../options/source-flags.ts';
import { trainCommand, type TrainCommand } from '../train-command.ts';

/** The parts of `train` that only language models need. */
export const textTrain: TrainCommand = {
  system: 'text',
  jobs: textTraining,
  argument: 'corpus',
  longer: ['--epochs', '--max-steps'],
  nothing: 'text train: no corpus given; name a file, a folder, "-" or moby-dick, or use --resume',
  sources: corpusFlags,
  next: (run) => [['write', ['text', 'sample', pathWord(run), '--prompt', '...']]],
};

/** `latentbrush text train`. */
export function textTrainCommand(): Command {
  return trainCommand(textTrain);
}
