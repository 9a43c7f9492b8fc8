import { Command } from 'commander';
import { vaeBendCommand } from './bend.ts';
import { vaeConceptCommand } from './concept.ts';
import { vaeDecodeCommand } from './decode.ts';
import { vaeEncodeCommand } from './encode.ts';
import { vaeGridCommand } from './grid.ts';
import { vaeInterpolateCommand } from './interpolate.ts';
import { vaeMapCommand } from './map.ts';
import { vaeNeighborsCommand } from './neighbors.ts';
import { vaeReconstructCommand } from './reconstruct.ts';
import { vaeSampleCommand } from './sample.ts';
import { vaeTrainCommand } from './train.ts';
import { vaeWalkCommand } from './walk.ts';

/** `latentbrush vae`: latent spaces of pictures. */
export function vaeCommand(): Command {
  return new Command('vae')
    .description('Learn a latent space of pictures, walk through it, and bend pictures along concepts.')
    .addCommand(vaeTrainCommand())
    .addCommand(vaeGridCommand())
    .addCommand(vaeSampleCommand())
    .addCommand(vaeReconstructCommand())
    .addCommand(vaeEncodeCommand())
    .addCommand(vaeDecodeCommand())
    .addCommand(vaeInterpolateCommand())
    .addCommand(vaeWalkCommand())
    .addCommand(vaeMapCommand())
    .addCommand(vaeConceptCommand())
    .addCommand(vaeBendCommand())
    .addCommand(vaeNeighborsCommand());
}
