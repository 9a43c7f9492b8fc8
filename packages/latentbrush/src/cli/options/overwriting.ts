import type { Command } from 'commander';
import { beginUse, willWrite } from '../../jobs/files-in-use.ts';

/** Options whose files and folders are not read: where things go, and where they are looked for. */
const NOT_READ = new Set(['output', 'run', 'dataDir', 'inputs']);

/** How the flags of options look whose values are read, if such a file is there. */
const READ = /<(?:file|folder|picture|path)>|--backbone/;

/** Adds `-o`, and what allows it to be one of the inputs. */
export function targetOption(command: Command, flags: string, description: string, otherwise?: string): void {
  command
    .option(flags, description, otherwise)
    .option('--overwrite-input', 'write also where that overwrites a file that is read');
}

/**
 * Begins a command: notes all that it was given to read, and checks the target that it was given. So nothing has been loaded yet when an
 * input would be overwritten.
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
