import type { Command } from 'commander';
import { storedPath } from '../../files/stored-path.ts';

/** The flags of the options whose values are paths, or can be. */
const PATHS = /<(?:file|folder|picture|path|which)>|--backbone/;

/**
 * Changes all paths of a command to the spelling on the disk: a path may exist there in the other Unicode
 * form. Call it before anything uses the paths.
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

/** @param given one word, several, or nothing */
async function stored(given: unknown): Promise<unknown> {
  if (typeof given === 'string') return storedPaths(given);
  if (!Array.isArray(given)) return given;
  return Promise.all(given.map(stored));
}

/** @param given a path, or several with commas between them, such as pictures and their labels */
async function storedPaths(given: string): Promise<string> {
  const whole = await storedPath(given);
  if (whole !== given || !given.includes(',')) return whole;
  return (await Promise.all(given.split(',').map(storedPath))).join(',');
}
