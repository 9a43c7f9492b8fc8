import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { recipeInput, type Recipe, type RecipeInput } from '../../image/index.ts';
import { filesOfRole } from '../../jobs/recipe-inputs.ts';
import { examples, existingFile, type InputPlaces, type InputReference } from './job-inputs.ts';

/** Maximum number of inputs of a recipe that are looked for: a recipe is untrusted. */
const MOST_INPUTS = 16;

/** Maximum number of uploads, and of results of jobs that are read to compare an input with them, the newest first. */
const MOST_READ = 100;

/** The pictures of a recipe that the studio has, by the input of its job. Missing ones are null. */
export type RecipePictures = Readonly<Record<string, readonly (InputReference | null)[]>>;

/**
 * Finds the pictures that a picture was made from, by their hashes: among uploads, pictures of the package and results of jobs.
 */
export async function recipePictures(
  { inputs, options: { roles } }: Recipe,
  places: InputPlaces,
): Promise<RecipePictures> {
  const found: { readonly reference: InputReference | null }[] = [];
  for (const input of inputs.slice(0, MOST_INPUTS))
    found.push({ reference: (await referenceTo(input, places)) ?? null });
  const names = typeof roles === 'object' && roles !== null ? Object.keys(roles) : [];
  return Object.fromEntries(
    names
      .slice(0, MOST_INPUTS)
      .map((role) => [role, filesOfRole(roles, role, found).map(({ reference }) => reference)]),
  );
}

async function referenceTo(
  { name, sha256, files }: RecipeInput,
  { uploads, queue }: InputPlaces,
): Promise<InputReference | undefined> {
  if (files !== undefined) return undefined; // a folder
  for (const [example, { load }] of Object.entries(examples))
    if (hashOf(await load()) === sha256) return { example };
  const uploaded = await uploads.list();
  const same = uploaded.find((upload) => upload.sha256 === sha256);
  if (same !== undefined) return { upload: same.id };
  // Jobs of the studio read what it wrote of an upload.
  for (const { id } of uploaded.slice(0, MOST_READ)) {
    const path = await uploads.pathOf(id);
    if (basename(path) !== name) break;
    if ((await hashOfFile(path)) === sha256) return { upload: id };
  }
  const results = queue
    .list()
    .flatMap(({ id, artefacts }) => artefacts.map((file) => ({ id, file })))
    .filter(({ file }) => basename(file) === name);
  for (const { id, file } of results.slice(0, MOST_READ)) {
    const path = await existingFile(queue, id, file).catch(() => undefined);
    if (path !== undefined && (await hashOfFile(path)) === sha256) return { job: id, file };
  }
  return undefined;
}

/** The hash of a file; undefined when it cannot be read. */
async function hashOfFile(path: string): Promise<string | undefined> {
  return (await recipeInput(path).catch(() => undefined))?.sha256;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
