import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths of the sheets of generated pictures that training kept, oldest first. */
export async function sheetsOf(samples: string): Promise<string[]> {
  const names: readonly string[] = await readdir(samples).catch(() => []);
  const sheets = names.filter((name) => /^step-\d+-generated\.png$/.test(name));
  return sheets.sort().map((name) => join(samples, name));
}
