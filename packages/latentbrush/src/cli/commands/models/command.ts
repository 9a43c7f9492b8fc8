import { Command } from 'commander';
import { modelsFetchCommand } from './fetch.ts';
import { modelsInfoCommand } from './info.ts';
import { modelsLayersCommand } from './layers.ts';
import { modelsListCommand } from './list.ts';

/** `latentbrush models`: the pretrained networks that dream and style use. */
export function modelsCommand(): Command {
  return new Command('models')
    .description(
      'List and describe the pretrained networks that dream and style use, and fetch their weights.',
    )
    .addCommand(modelsListCommand())
    .addCommand(modelsInfoCommand())
    .addCommand(modelsFetchCommand())
    .addCommand(modelsLayersCommand());
}
