import type { Command } from 'commander';
import { beginUse, willWrite } from '../../jobs/files-in-use.ts';

/** Options whose files and folders are not inputs: outputs and search folders. */
const NOT_READ = new Set(['output', 'run', 'dataDir', 'inputs']);

/** The flags of the options whose values are read, if such a file exists. */
const READ = /<(?:file|folder|picture|path)>|--backbone/;

/** Adds `-o`, and the flag that allows it to be one of the inputs. */
export function targetOption(command: Command, flags: string, description: string, otherwise?: string): void {
  command
    .option(flags, description, otherwise)
    .option('--overwrite-input', 'also write when that overwrites an input');
}

/**
 * Begins a command: records all its inputs and checks its target. So a target that would overwrite an input
 * fails before anything is loaded.
 * @throws InputError when the target is one of the inputs
 */
export async function beginCommand(command: Command): Promise<void> {
  const given: unknown[] = [...command.args];
  for (const option of command.options) {
    const name = option.attributeName();
    if (READ.test(option.flags) && !NOT_READ.has(name)) given.push(command.getOptionValue(name));
  }
  const inputs = given.flat().filter((value) => typeof value === 'string');
  beginUse({ inputs, targets: [], allowed: command.getOptionValue('overwriteInput') === true });
  const target: unknown = command.getOptionValue('output');
  if (typeof target === 'string') await willWrite(target);
}
