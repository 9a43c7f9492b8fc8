import { Command } from 'commander';
import { dataInfoCommand } from './data-info.ts';
import { dataListCommand } from './data-list.ts';
import { dataPreviewCommand } from './data-preview.ts';

/** `latentbrush data`: the pictures that vae and gan train on. */
export function dataCommand(): Command {
  return new Command('data')
    .description('Look at the data sets of pictures that can be trained on.')
    .addCommand(dataListCommand())
    .addCommand(dataInfoCommand())
    .addCommand(dataPreviewCommand());
}
