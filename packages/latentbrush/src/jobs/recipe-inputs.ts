import { recipeFolder, recipeInput, type RecipeInput } from '../image/index.ts';

/** A folder of pictures that are the frames of an animation. */
export interface PictureFolder {
  readonly folder: string;
  /** Paths of its pictures, in order. */
  readonly pictures: readonly string[];
}

/** The input files of a picture, and their roles. */
export interface RecordedInputs {
  readonly inputs: readonly RecipeInput[];
  /** For each role, the indices in `inputs`. */
  readonly roles: Readonly<Record<string, readonly number[]>>;
}

/**
 * Computes names and checksums of files and folders for a recipe.
 * @param files files by role; a role may have several files or none; undefined means none
 * @throws InputError when one cannot be read
 */
export async function recordInputs(
  files: Readonly<Record<string, readonly (string | PictureFolder | undefined)[]>>,
): Promise<RecordedInputs> {
  const inputs: RecipeInput[] = [];
  const roles: Record<string, number[]> = {};
  for (const [role, given] of Object.entries(files)) {
    const paths = given.filter((path) => path !== undefined);
    if (paths.length === 0) continue;
    roles[role] = [];
    for (const path of paths) {
      roles[role].push(inputs.length);
      inputs.push(
        typeof path === 'string' ? await recipeInput(path) : await recipeFolder(path.folder, path.pictures),
      );
    }
  }
  return { inputs, roles };
}

/** The items of one role, among a recipe's inputs or the files found for them. */
export function filesOfRole<File>(roles: unknown, role: string, files: readonly File[]): File[] {
  if (typeof roles !== 'object' || roles === null) return [];
  const places = (roles as Record<string, unknown>)[role];
  if (!Array.isArray(places)) return [];
  return places.flatMap((place) => (typeof place === 'number' ? (files[place] ?? []) : []));
}
