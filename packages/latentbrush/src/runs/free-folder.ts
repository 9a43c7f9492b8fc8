import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A folder under `runs/` that does not exist yet: `runs/<system>-<name>-<number>`.
 * @param name what was trained on; characters that folders should not have become hyphens
 */
export async function freeRunFolder(system: string, name: string): Promise<string> {
  const stem = `${system}-${name.replace(/[^\p{L}\p{N}-]+/gu, '-').replace(/^-+|-+$/g, '') || 'run'}`;
  const taken = new Set(await readdir('runs').catch(() => []));
  let number = 1;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return join('runs', `${stem}-${number}`);
}
