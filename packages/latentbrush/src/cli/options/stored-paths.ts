import type { Command } from 'commander';
import { storedPath } from '../../files/stored-path.ts';

/** How the flags of options look whose values are paths, or can be. */
const PATHS = /<(?:file|folder|picture|path|which)>|--backbone/;

/**
 * Takes all paths that a command was given as the disk spells them: whatever can be the path of a file or a folder that is there in the
 * other form of Unicode. To be called before anything looks at them.
 */
export async function findStoredPaths(command: Command): Promise<void> {
  const { args } = command;
  for (const [index, given] of args.entries()) args[index] = await storedPaths(given);
  const processed: unknown[] = command.processedArgs;
  for (const [index, given] of processed.entries()) processed[index] = await stored(given);
  for (const option of command.options) {
    const name = option.attributeName();
    const given: unknown = command.getOptionValue(name);
    if (given === undefined || !PATHS.test(option.flags)) continue;
    command.setOptionValueWithSource(name, await stored(given), command.getOptionValueSource(name));
  }
}

/** @param given a word, several, or nothing */
async function stored(given: unknown): Promise<unknown> {
  if (typeof given === 'string') return storedPaths(given);
  if (!Array.isArray(given)) return given;
  return Promise.all(given.map(stored));
}

/** @param given a path, or several with commas between them, as of pictures and their labels */
async function storedPaths(given: string): Promise<string> {
  const whole = await storedPath(given);
  if (whole !== given || !given.includes(',')) return whole;
  return (await Promise.all(given.split(',').map(storedPath))).join(',');
}
