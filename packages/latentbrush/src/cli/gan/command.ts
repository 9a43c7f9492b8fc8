import { Command } from 'commander';
import { ganBendCommand } from './bend.ts';
import { ganConceptCommand } from './concept.ts';
import { ganInterpolateCommand } from './interpolate.ts';
import { ganProgressCommand } from './progress.ts';
import { ganSampleCommand } from './sample.ts';
import { ganScoreCommand } from './score.ts';
import { ganTrainCommand } from './train.ts';
import { ganWalkCommand } from './walk.ts';

/** `latentbrush gan`: generative adversarial networks. */
export function ganCommand(): Command {
  return new Command('gan')
    .description('Learn to make new pictures of one kind, and draw them.')
    .addCommand(ganTrainCommand())
    .addCommand(ganSampleCommand())
    .addCommand(ganInterpolateCommand())
    .addCommand(ganWalkCommand())
    .addCommand(ganConceptCommand())
    .addCommand(ganBendCommand())
    .addCommand(ganScoreCommand())
    .addCommand(ganProgressCommand());
}
