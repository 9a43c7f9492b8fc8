import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { writeFileAtomic } from '../../files/atomic-file.ts';
import { fileError } from '../../files/file-error.ts';
import { decodeRecipe, encodeRecipe, MAX_RECIPE_BYTES, type Recipe } from './recipe.ts';

/** The file beside a text with its recipe: a text file cannot contain one. */
export function recipePath(path: string): string {
  return `${path}.recipe.json`;
}

/** Whether a file is a text that {@link writeText} wrote, by any job: its recipe is beside it. */
export function hasRecipeBeside(path: string): boolean {
  return existsSync(recipePath(path));
}

/** Writes a text, and its recipe, if it has one, beside it. Each file is written whole or not at all. */
export async function writeText(path: string, text: string, recipe: Recipe | undefined): Promise<void> {
  if (recipe !== undefined) await writeFileAtomic(recipePath(path), `${encodeRecipe(recipe)}\n`);
  await writeFileAtomic(path, text);
}

/**
 * Reads the recipe of a text from the file beside it.
 * @returns undefined when there is none
 * @throws InputError when it is damaged
 */
export async function recipeBeside(path: string): Promise<Recipe | undefined> {
  const file = recipePath(path);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  if (found.size > MAX_RECIPE_BYTES + 1) return decodeRecipe('', file); // reports that it is damaged
  try {
    return decodeRecipe(await readFile(file, 'utf8'), file);
  } catch (error) {
    throw error instanceof Error && 'code' in error ? fileError(error, file, 'read') : error;
  }
}
