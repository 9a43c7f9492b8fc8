import { InputError } from '@latentbrush/engine';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { ReadingRules } from '../../../data/index.ts';
import { storedPath } from '../../../files/stored-path.ts';
import { recipeFolder, recipeInput, type Recipe, type RecipeInput } from '../../../image/index.ts';
import type { ListFiles } from '../../../jobs/job.ts';
import { filesOfDataset } from '../../../jobs/dataset-input.ts';
import { filesOfRole } from '../../../jobs/recipe-inputs.ts';
import { parseRecorded, recordedJob } from '../../../jobs/remade-request.ts';
import { conceptsOfRun, placeOfRun, pretrainedNames } from '../../../runs/pretrained-runs.ts';
import { readingRules } from './recorded.ts';
import { runsWithId } from './runs-with-id.ts';

/** Possible places of inputs. */
interface Places {
  readonly folders: readonly string[];
  /** The name of the run with the checkpoint, to search in each of the folders. */
  readonly named: readonly string[];
  /** Folders of runs with its id, with any names. */
  readonly runs: readonly string[];
  /** The folder of the concepts of a run of the package. */
  readonly concepts: string | undefined;
}

/** How to list the files of a folder. */
interface Listing {
  readonly list: ListFiles;
  readonly rules: ReadingRules;
}

/**
 * Finds the files and folders that a picture was made from, by name and checksum.
 * @param folders possible folders
 * @returns their paths, in the order of the recipe
 * @throws InputError naming the first that is missing, or that has the name but other contents
 */
export async function findInputs(recipe: Recipe, folders: readonly string[]): Promise<string[]> {
  const { inputs, options } = recipe;
  const { run, runId, roles } = options;
  const { job } = await recordedJob(recipe);
  const rules = parseRecorded(readingRules, options.rules, 'rules');
  const name = typeof run === 'string' ? plainName(run) : undefined;
  const ofPackage = name !== undefined && pretrainedNames().includes(name) ? name : undefined;
  const places = {
    folders,
    named: name === undefined ? [] : [name, join('runs', name)],
    runs: [
      ...(ofPackage === undefined ? [] : [placeOfRun(ofPackage)]),
      ...(typeof runId === 'string' && inputs.some(isOfRun) ? await runsWithId(runId, folders) : []),
    ],
    concepts: ofPackage === undefined ? undefined : conceptsOfRun(ofPackage),
  };
  const found: string[] = [];
  for (const input of inputs) {
    const own = Object.keys(job.folders).find((role) => filesOfRole(roles, role, inputs).includes(input));
    const list = own === undefined ? undefined : job.folders[own];
    found.push(
      await find(input, places, { list: list ?? ((folder) => filesOfDataset(folder, rules)), rules }),
    );
  }
  return found;
}

async function find(input: RecipeInput, places: Places, listing: Listing): Promise<string> {
  const { name, sha256, files } = input;
  const others: string[] = [];
  for (const candidate of candidates(input, places)) {
    const path = await storedPath(candidate);
    const there = await thereIs(path, input, listing);
    if (there === undefined) continue;
    if (there.sha256 === input.sha256) return path;
    if (basename(candidate) === basename(input.name) || files !== undefined) others.push(path);
  }
  const kind = files === undefined ? 'file' : 'folder';
  const where = others.length > 0 ? `; ${others.join(', ')} is a different ${kind} with that name` : '';
  const advice = !isOfRun(input)
    ? 'give its folder with --inputs'
    : places.runs.length === 0
      ? 'give the folder of its run with --inputs'
      : `${places.runs.join(', ')} is its run, but no longer has it; give a copy that has it with --inputs`;
  throw new InputError(
    `remake: "${name}" (SHA-256 ${sha256.slice(0, 12)}...) was not found in ${places.folders.join(', ')}${where}; ${advice}`,
  );
}

// A recipe comes from a picture, which is untrusted: its names must not leave the folders.
function candidates({ name, files }: RecipeInput, { folders, named, runs, concepts }: Places): string[] {
  const own = plainName(name);
  if (own === undefined) return [];
  if (files !== undefined)
    return [
      ...(own === SAMPLES ? runs.map((run) => join(run, own)) : []),
      ...folders.flatMap((folder) => [
        join(folder, own),
        ...(basename(resolve(folder)) === own ? [folder] : []), // the folder of frames itself was given
        ...(own === SAMPLES ? named.map((within) => join(folder, within, own)) : []),
      ]),
    ];
  if (!isCheckpoint(own))
    return [...folders, ...(concepts === undefined ? [] : [concepts])].map((folder) => join(folder, own));
  // A training that continued deletes old checkpoints; the best one is kept as another file with the same
  // bytes.
  const checkpoints = (run: string): string[] => [own, BEST].map((file) => join(run, 'checkpoints', file));
  return [
    ...runs.flatMap(checkpoints),
    ...folders.flatMap((folder) => [
      join(folder, own),
      ...['.', ...named].flatMap((within) => checkpoints(join(folder, within))),
    ]),
  ];
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
  { list, rules }: Listing,
): Promise<RecipeInput | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (files === undefined) return found?.isFile() === true ? recipeInput(path) : undefined;
  if (found?.isDirectory() !== true) return undefined;
  const there = await list(path, files, rules).catch(() => []);
  return there.length === 0 ? undefined : recipeFolder(path, there);
}
