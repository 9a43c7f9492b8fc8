import { z } from 'zod';
import { readJsonFile } from '../../../files/json-file.ts';
import { decodeRecipe, readRecipe, recipeBeside, type Recipe } from '../../../image/index.ts';

const holder = z.object({ recipe: z.record(z.string(), z.unknown()) });

/**
 * Reads the recipe from a picture, an animation, or a JSON file with a concept or a point; for a text from
 * the file beside it.
 * @returns undefined when there is no recipe
 * @throws InputError when it cannot be read, or its recipe is damaged or from a newer version
 */
export async function recipeOf(path: string): Promise<Recipe | undefined> {
  if (!isJsonPath(path)) return (await recipeBeside(path)) ?? readRecipe(path);
  const found = holder.safeParse(await readJsonFile(path));
  return found.success ? decodeRecipe(JSON.stringify(found.data.recipe), path) : undefined;
}

/** Whether a file contains a concept or a point, not a picture. */
export function isJsonPath(path: string): boolean {
  return path.toLowerCase().endsWith('.json');
}
