import { Command } from 'commander';
import { textSampleCommand } from './sample.ts';
import { textTrainCommand } from './train.ts';

/** `latentbrush text`: language models. */
export function textCommand(): Command {
  return new Command('text')
    .description('Train a language model on a text, and generate text with it.')
    .addCommand(textTrainCommand())
    .addCommand(textSampleCommand());
}
