import type { Command } from 'commander';
import { styleTraining } from '../../../jobs/train/style.ts';
import { pathWord } from '../../../shell-word.ts';
import { trainCommand, type TrainCommand } from '../train-command.ts';
import { weightsFlags } from '../../options/source-flags.ts';

/** The parts of `train` that only fast styles need. */
export const styleTrain: TrainCommand = {
  system: 'style',
  jobs: styleTraining,
  argument: 'style',
  inputs: { contentDir: '<folder>', pairsDir: '<folder>', weights: '<file>' },
  longer: ['--iterations'],
  nothing:
    'style train: a style picture and --content-dir are needed, for example: latentbrush style train painting.jpg --content-dir photos',
  sources: weightsFlags,
  next: (run) => [['paint', ['style', 'apply', pathWord(run), 'photo.jpg']]],
};

/** `latentbrush style train`. */
export function styleTrainCommand(): Command {
  return trainCommand(styleTrain);
}
