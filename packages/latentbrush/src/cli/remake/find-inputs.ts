import { InputError } from '@latentbrush/engine';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { recipeInput, type Recipe } from '../../image/index.ts';

/**
 * Finds the files that a picture was made from, by name and checksum.
 * @param folders where they may be
 * @returns their paths, in the order of the recipe
 * @throws InputError naming the first that is not there, or is another file of that name
 */
export async function findInputs({ inputs }: Recipe, folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const input of inputs) found.push(await find(input, folders));
  return found;
}

async function find({ name, sha256 }: Recipe['inputs'][number], folders: readonly string[]): Promise<string> {
  const others: string[] = [];
  for (const folder of folders) {
    const path = join(folder, basename(name)); // a recipe comes with the picture: its names must not lead elsewhere
    if (!(await isFile(path))) continue;
    if ((await recipeInput(path)).sha256 === sha256) return path;
    others.push(path);
  }
  const where = others.length > 0 ? `; ${others.join(', ')} is another file of that name` : '';
  throw new InputError(
    `remake: "${name}" (SHA-256 ${sha256.slice(0, 12)}...) was not found in ${folders.join(', ')}${where}; name its folder with --inputs`,
  );
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
