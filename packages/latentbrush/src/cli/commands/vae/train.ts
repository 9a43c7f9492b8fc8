import type { Command } from 'commander';
import { vaeTraining } from '../../../jobs/train/vae.ts';
import { pathWord } from '../../../shell-word.ts';
import { datasetFlags } from '../../options/source-flags.ts';
import { trainCommand, type TrainCommand } from '../train-command.ts';

/** The parts of `train` that only VAEs need. */
export const vaeTrain: TrainCommand = {
  system: 'vae',
  jobs: vaeTraining,
  argument: 'dataset',
  longer: ['--epochs', '--max-steps'],
  nothing: 'vae train: no data set given; name a folder of pictures, mnist or emoji:faces, or use --resume',
  sources: datasetFlags,
  next: (run) => [
    ['draw', ['vae', 'sample', pathWord(run)]],
    ['walk', ['vae', 'walk', pathWord(run)]],
  ],
};

/** `latentbrush vae train`. */
export function vaeTrainCommand(): Command {
  return trainCommand(vaeTrain);
}
