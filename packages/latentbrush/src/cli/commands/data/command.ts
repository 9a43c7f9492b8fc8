import { Command } from 'commander';
import { dataInfoCommand } from './info.ts';
import { dataListCommand } from './list.ts';
import { dataPreviewCommand } from './preview.ts';

/** `latentbrush data`: the pictures that vae and gan train on. */
export function dataCommand(): Command {
  return new Command('data')
    .description('Look at the data sets of pictures that can be trained on.')
    .addCommand(dataListCommand())
    .addCommand(dataInfoCommand())
    .addCommand(dataPreviewCommand());
}
