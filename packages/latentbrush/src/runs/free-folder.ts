import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

// Disks allow 255 bytes, and people need to see the end.
const LONGEST_NAME = 40;

/**
 * A folder that does not exist yet, in `runs/` or another folder: `runs/<system>-<name>-<number>`.
 * @param name name of the training data; characters unsuitable for folders become hyphens, and a long name is cut
 */
export async function freeRunFolder(system: string, name: string, folder = 'runs'): Promise<string> {
  const plain = Array.from(name.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}-]+/gu, '-'))
    .slice(0, LONGEST_NAME)
    .join('');
  const stem = `${system}-${plain.replace(/^-+|-+$/g, '') || 'run'}`;
  const taken = new Set((await readdir(folder).catch(() => [])).map((name) => name.normalize('NFC')));
  let number = 1;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return join(folder, `${stem}-${number}`);
}
