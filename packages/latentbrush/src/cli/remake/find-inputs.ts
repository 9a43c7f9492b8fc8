import { InputError } from '@latentbrush/engine';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { listPictures, type ReadingRules } from '../../data/index.ts';
import { storedPath } from '../../files/stored-path.ts';
import { recipeFolder, recipeInput, type Recipe, type RecipeInput } from '../../image/index.ts';

/** Where inputs may be. */
export interface Places {
  readonly folders: readonly string[];
  /** Name of the run that a checkpoint is of: it lies in the run's folder. */
  readonly run?: string | undefined;
  /** How folders of pictures are listed. */
  readonly rules: ReadingRules;
}

/**
 * Finds the files and folders that a picture was made from, by name and checksum.
 * @returns their paths, in the order of the recipe
 * @throws InputError naming the first that is not there, or is another one of that name
 */
export async function findInputs({ inputs }: Recipe, places: Places): Promise<string[]> {
  const found: string[] = [];
  for (const input of inputs) found.push(await find(input, places));
  return found;
}

async function find(input: RecipeInput, places: Places): Promise<string> {
  const others: string[] = [];
  for (const candidate of candidates(input, places)) {
    const path = await storedPath(candidate);
    const there = await thereIs(path, input, places.rules);
    if (there === undefined) continue;
    if (there.sha256 === input.sha256) return path;
    others.push(path);
  }
  const { name, sha256, files } = input;
  const kind = files === undefined ? 'file' : 'folder';
  const where = others.length > 0 ? `; ${others.join(', ')} is another ${kind} of that name` : '';
  const advice = isCheckpoint(name)
    ? 'name the folder of its run with --inputs'
    : 'name its folder with --inputs';
  throw new InputError(
    `remake: "${name}" (SHA-256 ${sha256.slice(0, 12)}...) was not found in ${places.folders.join(', ')}${where}; ${advice}`,
  );
}

// A recipe comes with the picture: its names must not lead elsewhere.
function candidates({ name, files }: RecipeInput, { folders, run }: Places): string[] {
  const own = plainName(name);
  if (own === undefined) return [];
  if (files !== undefined)
    return folders.flatMap((folder) => [
      join(folder, own),
      ...(basename(resolve(folder)) === own ? [folder] : []), // the folder of frames itself was named
    ]);
  if (!isCheckpoint(own)) return folders.map((folder) => join(folder, own));
  const ofRun = run === undefined ? undefined : plainName(run);
  const runs = ofRun === undefined ? [] : [ofRun, join('runs', ofRun)];
  return folders.flatMap((folder) => [
    join(folder, own),
    ...['.', ...runs].map((within) => join(folder, within, 'checkpoints', own)),
  ]);
}

function isCheckpoint(name: string): boolean {
  return name.endsWith('.safetensors') && name.startsWith('step-');
}

function plainName(name: string): string | undefined {
  const last = basename(name);
  return last === '' || last === '.' || last === '..' ? undefined : last;
}

async function thereIs(
  path: string,
  { files }: RecipeInput,
  rules: ReadingRules,
): Promise<RecipeInput | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (files === undefined) return found?.isFile() === true ? recipeInput(path) : undefined;
  if (found?.isDirectory() !== true) return undefined;
  const pictures = await listPictures(path, { rules }).catch(() => []);
  return pictures.length === 0 ? undefined : recipeFolder(path, pictures);
}
