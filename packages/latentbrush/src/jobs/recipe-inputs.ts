import { recipeFolder, recipeInput, type RecipeInput } from '../image/index.ts';

/** A folder as one input: frames of an animation, a data set, a corpus. */
export interface FolderInput {
  readonly folder: string;
  /** Paths of its relevant files, in order. */
  readonly files: readonly string[];
}

/** An input for a recipe: the path of a file, a folder, the checksum of an input that is no file; or none. */
export type GivenInput = string | FolderInput | RecipeInput | undefined;

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
  files: Readonly<Record<string, readonly GivenInput[]>>,
): Promise<RecordedInputs> {
  const inputs: RecipeInput[] = [];
  const roles: Record<string, number[]> = {};
  for (const [role, given] of Object.entries(files)) {
    const paths = given.filter((path) => path !== undefined);
    if (paths.length === 0) continue;
    roles[role] = [];
    for (const path of paths) {
      roles[role].push(inputs.length);
      inputs.push(await recorded(path));
    }
  }
  return { inputs, roles };
}

async function recorded(given: Exclude<GivenInput, undefined>): Promise<RecipeInput> {
  if (typeof given === 'string') return recipeInput(given);
  return 'folder' in given ? recipeFolder(given.folder, given.files) : given;
}

/** The items of one role, among a recipe's inputs or the files found for them. */
export function filesOfRole<File>(roles: unknown, role: string, files: readonly File[]): File[] {
  if (typeof roles !== 'object' || roles === null) return [];
  const places = (roles as Record<string, unknown>)[role];
  if (!Array.isArray(places)) return [];
  return places.flatMap((place) => (typeof place === 'number' ? (files[place] ?? []) : []));
}
