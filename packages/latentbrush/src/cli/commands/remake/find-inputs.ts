import { InputError } from '@latentbrush/engine';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { storedPath } from '../../../files/stored-path.ts';
import { recipeFolder, recipeInput, type Recipe, type RecipeInput } from '../../../image/index.ts';
import type { ListFiles } from '../../../jobs/job.ts';
import { filesOfDataset } from '../../../jobs/latent/dataset-input.ts';
import { filesOfRole } from '../../../jobs/recipe-inputs.ts';
import { parseRecorded, recordedJob } from '../../../jobs/remade-request.ts';
import { readingRules } from './recorded.ts';

/** Places where inputs may be. */
interface Places {
  readonly folders: readonly string[];
  /** Name of the run that has the checkpoint: it is in the run's folder. */
  readonly run?: string | undefined;
}

/**
 * Finds the files and folders that a picture was made from, by name and checksum.
 * @param folders where they may be
 * @returns their paths, in the order of the recipe
 * @throws InputError naming the first that is missing, or that has the name but other contents
 */
export async function findInputs(recipe: Recipe, folders: readonly string[]): Promise<string[]> {
  const { inputs, options } = recipe;
  const { run, roles } = options;
  const { job } = await recordedJob(recipe);
  const rules = parseRecorded(readingRules, options.rules);
  const places = { folders, run: typeof run === 'string' ? run : undefined };
  const found: string[] = [];
  for (const input of inputs) {
    const own = Object.keys(job.folders).find((role) => filesOfRole(roles, role, inputs).includes(input));
    const list = own === undefined ? undefined : job.folders[own];
    found.push(await find(input, places, list ?? ((folder) => filesOfDataset(folder, rules))));
  }
  return found;
}

async function find(input: RecipeInput, places: Places, list: ListFiles): Promise<string> {
  const { name, sha256, files } = input;
  const others: string[] = [];
  for (const candidate of candidates(input, places)) {
    const path = await storedPath(candidate);
    const there = await thereIs(path, input, list);
    if (there === undefined) continue;
    if (there.sha256 === input.sha256) return path;
    if (basename(candidate) === basename(input.name) || files !== undefined) others.push(path);
  }
  const kind = files === undefined ? 'file' : 'folder';
  const where = others.length > 0 ? `; ${others.join(', ')} is a different ${kind} with that name` : '';
  const advice = isOfRun(input)
    ? 'give the folder of its run with --inputs'
    : 'give its folder with --inputs';
  throw new InputError(
    `remake: "${name}" (SHA-256 ${sha256.slice(0, 12)}...) was not found in ${places.folders.join(', ')}${where}; ${advice}`,
  );
}

// A recipe comes from the picture, which anybody may have made: its names must not lead elsewhere.
function candidates({ name, files }: RecipeInput, { folders, run }: Places): string[] {
  const own = plainName(name);
  if (own === undefined) return [];
  const ofRun = run === undefined ? undefined : plainName(run);
  const runs = ofRun === undefined ? [] : [ofRun, join('runs', ofRun)];
  if (files !== undefined)
    return folders.flatMap((folder) => [
      join(folder, own),
      ...(basename(resolve(folder)) === own ? [folder] : []), // the folder of frames itself was given
      ...(own === SAMPLES ? runs.map((within) => join(folder, within, own)) : []),
    ]);
  if (!isCheckpoint(own)) return folders.map((folder) => join(folder, own));
  return folders.flatMap((folder) => [
    join(folder, own),
    // A training that continued deletes old checkpoints; the best one is kept as another file with the same
    // bytes.
    ...['.', ...runs].flatMap((within) =>
      [own, BEST].map((file) => join(folder, within, 'checkpoints', file)),
    ),
  ]);
}

const BEST = 'best.safetensors';

/** Folder of a run with the samples of its training. */
const SAMPLES = 'samples';

function isCheckpoint(name: string): boolean {
  return name === BEST || (name.endsWith('.safetensors') && name.startsWith('step-'));
}

function isOfRun({ name, files }: RecipeInput): boolean {
  return files === undefined ? isCheckpoint(name) : name === SAMPLES;
}

function plainName(name: string): string | undefined {
  const last = basename(name);
  return last === '' || last === '.' || last === '..' ? undefined : last;
}

async function thereIs(
  path: string,
  { files }: RecipeInput,
  list: ListFiles,
): Promise<RecipeInput | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (files === undefined) return found?.isFile() === true ? recipeInput(path) : undefined;
  if (found?.isDirectory() !== true) return undefined;
  const there = await list(path, files).catch(() => []);
  return there.length === 0 ? undefined : recipeFolder(path, there);
}
