import { Command } from 'commander';
import { dataCacheCommand } from './cache.ts';
import { dataInfoCommand } from './info.ts';
import { dataListCommand } from './list.ts';
import { dataPreviewCommand } from './preview.ts';

/** `latentbrush data`: the pictures that VAEs and GANs train on, and the prepared data in the cache. */
export function dataCommand(): Command {
  return new Command('data')
    .description(
      'List, describe and preview the data sets of pictures for training, and list or remove prepared data in the cache.',
    )
    .addCommand(dataListCommand())
    .addCommand(dataInfoCommand())
    .addCommand(dataPreviewCommand())
    .addCommand(dataCacheCommand());
}
