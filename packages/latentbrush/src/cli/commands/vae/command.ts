import { Command } from 'commander';
import { bendCommand } from '../latent/bend.ts';
import { conceptCommand } from '../latent/concept.ts';
import { decodeCommand } from '../latent/decode.ts';
import { interpolateCommand } from '../latent/interpolate.ts';
import { sampleCommand } from '../latent/sample.ts';
import { walkCommand } from '../latent/walk.ts';
import { vaeEncodeCommand } from './encode.ts';
import { vaeGridCommand } from './grid.ts';
import { vaeMapCommand } from './map.ts';
import { vaeNeighborsCommand } from './neighbors.ts';
import { vaeReconstructCommand } from './reconstruct.ts';
import { vaeTrainCommand } from './train.ts';

/** `latentbrush vae`: latent spaces of pictures. */
export function vaeCommand(): Command {
  return new Command('vae')
    .description('Learn a latent space of pictures, walk through it, and move pictures along concepts.')
    .addCommand(vaeTrainCommand())
    .addCommand(vaeGridCommand())
    .addCommand(sampleCommand('vae'))
    .addCommand(vaeReconstructCommand())
    .addCommand(vaeEncodeCommand())
    .addCommand(decodeCommand('vae'))
    .addCommand(interpolateCommand('vae'))
    .addCommand(walkCommand('vae'))
    .addCommand(vaeMapCommand())
    .addCommand(conceptCommand('vae'))
    .addCommand(bendCommand('vae'))
    .addCommand(vaeNeighborsCommand());
}
