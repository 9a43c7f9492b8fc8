import { InputError } from '@latentbrush/engine';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { fileError } from '../../../files/file-error.ts';
import { readJsonFile } from '../../../files/json-file.ts';
import { hasRecipeBeside, readPicture, withoutXmp, type Picture, type Recipe } from '../../../image/index.ts';
import { isAnimationRecipe } from './recorded.ts';
import { isJsonPath } from './recipe-of.ts';

/**
 * Mean absolute difference between the values of two pictures, 0 to 255; undefined when their sizes differ.
 */
export function compare(a: Picture, b: Picture): number | undefined {
  if (a.height !== b.height || a.width !== b.width || a.channels !== b.channels) return undefined;
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i]! - b.data[i]!);
  return sum / a.data.length;
}

/** The original, read before it is made again: both can have the same name. */
export type Original =
  | { readonly kind: 'picture'; readonly picture: Picture }
  /** A concept or points; without the recipe. */
  | { readonly kind: 'numbers'; readonly contents: Readonly<Record<string, unknown>> }
  | { readonly kind: 'text'; readonly bytes: Buffer }
  | { readonly kind: 'animation'; readonly bytes: Buffer; readonly path: string };

/** The result of comparing the new file with the original. */
export interface Comparison {
  /** For programs. */
  readonly figures: Readonly<Record<string, unknown>>;
  /** For people. */
  readonly words: string;
  /** Whether it certainly differs; files of different formats are not compared. */
  readonly differs: boolean;
}

/**
 * Reads the original.
 * @throws InputError when it cannot be read
 */
export async function readOriginal(path: string, recipe: Recipe): Promise<Original> {
  if (isJsonPath(path)) return { kind: 'numbers', contents: await readNumbers(path) };
  if (hasRecipeBeside(path)) return { kind: 'text', bytes: await readBytes(path) };
  if (isAnimationRecipe(recipe)) return { kind: 'animation', bytes: await readBytes(path), path };
  return { kind: 'picture', picture: await readPicture(path) };
}

/**
 * Compares the new file with the original, without their recipes (an older version records less). @param path the new file
 * @throws InputError when it cannot be read
 */
export async function compareWith(original: Original, path: string): Promise<Comparison> {
  switch (original.kind) {
    case 'numbers': {
      const same = isDeepStrictEqual(original.contents, await readNumbers(path));
      const differing = "it differs: its numbers are not the original's";
      return compared(same, 'the same, number by number', differing);
    }
    case 'text': {
      const same = original.bytes.equals(await readBytes(path));
      return compared(same, 'the same text, byte by byte', "it differs: its text is not the original's");
    }
    case 'animation': {
      const formats = [original.path, path].map((each) => extname(each).toLowerCase());
      if (formats[0] !== formats[1] || formats[1] === '')
        return {
          figures: {},
          words: 'its file format differs, so the two were not compared',
          differs: false,
        };
      const bytes = await readBytes(path);
      const same =
        original.bytes.equals(bytes) || Buffer.compare(withoutXmp(original.bytes), withoutXmp(bytes)) === 0;
      const differing = "it differs: its bytes are not the original's";
      return compared(same, 'the same animation, byte by byte', differing);
    }
    case 'picture':
      return comparedPictures(compare(original.picture, await readPicture(path)));
  }
}

function compared(same: boolean, agreeing: string, differing: string): Comparison {
  return { figures: { same }, words: same ? agreeing : differing, differs: !same };
}

function comparedPictures(difference: number | undefined): Comparison {
  const figures = { difference };
  if (difference === 0) return { figures, words: 'the same picture, pixel by pixel', differs: false };
  const words =
    difference === undefined
      ? 'it is of another size'
      : `it differs: the mean difference of a colour is ${difference.toFixed(2)} of 255`;
  return { figures, words, differs: true };
}

/** @throws InputError when it cannot be read */
async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

/** @throws InputError when it cannot be read, or is not JSON */
async function readNumbers(path: string): Promise<Readonly<Record<string, unknown>>> {
  const found = z.record(z.string(), z.unknown()).safeParse(await readJsonFile(path));
  if (!found.success) throw new InputError(`${path}: is not a JSON file of a concept or a point`);
  return Object.fromEntries(Object.entries(found.data).filter(([name]) => name !== 'recipe'));
}
