import { readFile, stat } from 'node:fs/promises';
import { InputError } from '@latentbrush/engine';
import { fileError } from './file-error.ts';

/** Largest file that is read: these files have a few thousand numbers. */
const MOST_BYTES = 16 * 2 ** 20;

/**
 * The unchecked contents of a small JSON file. Its size is checked before reading.
 * @returns undefined when it is no JSON @throws InputError when it cannot be read, is no plain file, or has more than 16 MiB
 */
export async function readJsonFile(path: string): Promise<unknown> {
  return parsed(await textOf(path));
}

/**
 * The unchecked contents of a small file with a JSON value on each line, as `--json` writes. @returns undefined when a line is no JSON
 * @throws InputError as {@link readJsonFile}
 */
export async function readJsonLines(path: string): Promise<readonly unknown[] | undefined> {
  const lines = (await textOf(path)).split('\n').filter((line) => line.trim() !== '');
  const values = lines.map(parsed);
  return values.includes(undefined) ? undefined : values;
}

async function textOf(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new InputError(`${path}: is no plain file; a JSON file is needed here`);
    if (found.size > MOST_BYTES)
      throw new InputError(
        `${path}: has ${found.size} bytes; a JSON file of at most ${MOST_BYTES} is needed`,
      );
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
