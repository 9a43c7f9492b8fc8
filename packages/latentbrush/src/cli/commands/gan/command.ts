import { Command } from 'commander';
import { bendCommand } from '../latent/bend.ts';
import { conceptCommand } from '../latent/concept.ts';
import { decodeCommand } from '../latent/decode.ts';
import { interpolateCommand } from '../latent/interpolate.ts';
import { sampleCommand } from '../latent/sample.ts';
import { walkCommand } from '../latent/walk.ts';
import { ganProgressCommand } from './progress.ts';
import { ganScoreCommand } from './score.ts';
import { ganTrainCommand } from './train.ts';

/** `latentbrush gan`: generative adversarial networks. */
export function ganCommand(): Command {
  return new Command('gan')
    .description('Train a network on pictures of one kind, and generate new ones.')
    .addCommand(ganTrainCommand())
    .addCommand(sampleCommand('gan'))
    .addCommand(decodeCommand('gan'))
    .addCommand(interpolateCommand('gan'))
    .addCommand(walkCommand('gan'))
    .addCommand(conceptCommand('gan'))
    .addCommand(bendCommand('gan'))
    .addCommand(ganScoreCommand())
    .addCommand(ganProgressCommand());
}
