import { Command } from 'commander';
import { modelsFetchCommand } from './models-fetch.ts';
import { modelsInfoCommand } from './models-info.ts';
import { modelsLayersCommand } from './models-layers.ts';
import { modelsListCommand } from './models-list.ts';

/** `latentbrush models`: the pretrained networks behind dream and style. */
export function modelsCommand(): Command {
  return new Command('models')
    .description('Look at the pretrained networks that dream and style use, and fetch their weights.')
    .addCommand(modelsListCommand())
    .addCommand(modelsInfoCommand())
    .addCommand(modelsFetchCommand())
    .addCommand(modelsLayersCommand());
}
