import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { fileError } from '../../files/file-error.ts';
import { version } from '../../version.ts';

const FORMAT = 'latentbrush-recipe';
const VERSION = 1;

/**
 * Longest recipe, as JSON. In a JPEG file it must fit into one segment of 65,533 bytes (ITU-T T.81, B.1.1.4); the library drops a longer
 * one silently.
 */
export const MAX_RECIPE_BYTES = 48_000;

const headSchema = z.object({ format: z.literal(FORMAT), formatVersion: z.int().min(1) });

const inputSchema = z.object({
  name: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  files: z.int().min(1).optional(),
});

const recipeSchema = z.object({
  system: z.string().min(1),
  job: z.string().min(1).optional(),
  version: z.string(),
  seed: z.int().min(0),
  options: z.record(z.string(), z.unknown()),
  inputs: z.array(inputSchema),
});

/** An input: the file for a picture, or the folder of pictures for an animation. */
export interface RecipeInput {
  /** Its name without its folder: pictures are shared, and folders can reveal private facts. */
  readonly name: string;
  /** SHA-256 of its bytes, as hexadecimal digits. For a folder: SHA-256 of the digits of its pictures, one a line, in their order. */
  readonly sha256: string;
  /** For a folder: its number of pictures. */
  readonly files?: number | undefined;
}

/** How a picture was made, so that it can be made again. It is stored in the picture's file. */
export interface Recipe {
  /** The system that made it: `dream`, `style` ... */
  readonly system: string;
  /** Name of the job that made it, such as `dream.picture`; version 0.1.0 did not record it. */
  readonly job?: string | undefined;
  /** Version of latentbrush. */
  readonly version: string;
  readonly seed: number;
  /** All options, resolved. Values that JSON cannot express (undefined, NaN) are lost. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: readonly RecipeInput[];
}

/**
 * The recipe of a picture by this version.
 * @example
 * const made = image.recipe({
 *   system: 'mine',
 *   seed: 1,
 *   options: { strength: 0.5 },
 *   inputs: [await image.recipeInput('photo.jpg')],
 * });
 * await image.writePicture('made.png', await image.readPicture('photo.jpg'), { recipe: made });
 */
export function recipe(made: Omit<Recipe, 'version'>): Recipe {
  return { version, ...made };
}

/**
 * A recipe with more options, or with others.
 * @example
 * const made = image.recipe({ system: 'mine', seed: 1, options: { strength: 0.5 }, inputs: [] });
 * console.log(image.withRecipeOptions(made, { round: 3 }).options); // { strength: 0.5, round: 3 }
 */
export function withRecipeOptions(made: Recipe, options: Recipe['options']): Recipe {
  return { ...made, options: { ...made.options, ...options } };
}

/**
 * Name and checksum of a file for a recipe.
 * @throws InputError when the file is missing or cannot be read
 * @example
 * const { name, sha256 } = await image.recipeInput('photo.jpg');
 * console.log(name, sha256.length); // photo.jpg 64
 */
export async function recipeInput(path: string): Promise<RecipeInput> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch (error) {
    throw fileError(error, path, 'read');
  }
  return { name: basename(path), sha256: hash.digest('hex') };
}

/**
 * Name and checksum of a folder of pictures for a recipe: one entry for all of them, since a recipe could be too short for more.
 * @param pictures paths of its pictures, in order
 * @throws InputError when one is missing or cannot be read
 * @example
 * const { name, files } = await image.recipeFolder('holidays', await data.listPictures('holidays'));
 * console.log(name, files); // holidays 2
 */
export async function recipeFolder(folder: string, pictures: readonly string[]): Promise<RecipeInput> {
  const hash = createHash('sha256');
  for (const path of pictures) hash.update(`${(await recipeInput(path)).sha256}\n`);
  return { name: basename(resolve(folder)), sha256: hash.digest('hex'), files: pictures.length };
}

/** A recipe as a value for JSON files: {@link decodeRecipe} reads its text. */
export function recipeAsJson({ system, job, version, seed, options, inputs }: Recipe): object {
  return { format: FORMAT, formatVersion: VERSION, system, job, version, seed, options, inputs };
}

/**
 * A recipe as one line of JSON in ASCII, without special characters of XML, so that it stays the same when programs rewrite metadata.
 * @throws when it is longer than {@link MAX_RECIPE_BYTES}
 */
export function encodeRecipe(made: Recipe): string {
  const text = JSON.stringify(recipeAsJson(made)).replace(/[^ -~]|[<>&]/g, escapeUnit);
  if (text.length > MAX_RECIPE_BYTES)
    throw new Error(
      `recipe: has ${text.length} bytes; a picture file can contain at most ${MAX_RECIPE_BYTES}`,
    );
  return text;
}

/** JSON writes characters beyond 16 bits as two units, each escaped separately. */
function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Reads the text of {@link encodeRecipe}. Anybody can have changed it: only its form is checked, not its truth. @param name the file, for
 * messages
 * @throws InputError when it is damaged or comes from a newer version
 */
export function decodeRecipe(text: string, name: string): Recipe {
  const contents = parse(text);
  const head = headSchema.safeParse(contents);
  if (!head.success)
    throw new InputError(`${name}: its recipe is damaged; use the picture as it was written`);
  if (head.data.formatVersion > VERSION) {
    throw new InputError(
      `${name}: has recipe version ${head.data.formatVersion}; this program reads up to ${VERSION}; update latentbrush`,
    );
  }
  const found = recipeSchema.safeParse(contents);
  if (found.success) return found.data;
  const { path, message } = found.error.issues[0]!;
  throw new InputError(
    `${name}: its recipe is damaged (${path.join('.')}: ${message}); use the picture as it was written`,
  );
}

function parse(text: string): unknown {
  if (text.length > MAX_RECIPE_BYTES) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
