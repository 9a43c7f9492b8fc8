import { Command } from 'commander';
import { dataInfoCommand } from './info.ts';
import { dataListCommand } from './list.ts';
import { dataPreviewCommand } from './preview.ts';

/** `latentbrush data`: the pictures that VAEs and GANs train on. */
export function dataCommand(): Command {
  return new Command('data')
    .description('List, describe and preview the data sets of pictures for training.')
    .addCommand(dataListCommand())
    .addCommand(dataInfoCommand())
    .addCommand(dataPreviewCommand());
}
