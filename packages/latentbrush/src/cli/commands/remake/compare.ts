import { InputError } from '@latentbrush/engine';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { fileError } from '../../../files/file-error.ts';
import { readJsonFile } from '../../../files/json-file.ts';
import { withoutXmp, type Picture } from '../../../image/index.ts';

/** Mean absolute difference of the values of two pictures, 0 to 255; undefined when they are of different size. */
export function compare(a: Picture, b: Picture): number | undefined {
  if (a.height !== b.height || a.width !== b.width || a.channels !== b.channels) return undefined;
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i]! - b.data[i]!);
  return sum / a.data.length;
}

/** The file of an animation. */
export interface AnimationFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * Whether an animation is the same as another, byte by byte, whatever their recipes say (an older version records less); undefined when it is
 * of different format, or a folder of frames.
 * @param path the other
 * @throws InputError when it cannot be read
 */
export async function compareAnimation(animation: AnimationFile, path: string): Promise<boolean | undefined> {
  const formats = [animation.path, path].map((each) => extname(each).toLowerCase());
  if (formats[0] !== formats[1] || formats[1] === '') return undefined;
  const { bytes } = await readAnimationFile(path);
  return (
    animation.bytes.equals(bytes) || Buffer.compare(withoutXmp(animation.bytes), withoutXmp(bytes)) === 0
  );
}

/** @throws InputError when it cannot be read */
export async function readAnimationFile(path: string): Promise<AnimationFile> {
  try {
    return { path, bytes: await readFile(path) };
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

/** A JSON file with a concept or a point. */
export interface JsonFile {
  /** What it holds besides its recipe. */
  readonly contents: Readonly<Record<string, unknown>>;
}

/** Whether two files hold the same, whatever their recipes say. */
export function compareJson(a: JsonFile, b: JsonFile): boolean {
  return isDeepStrictEqual(a.contents, b.contents);
}

/** @throws InputError when it cannot be read, or is no JSON */
export async function readJson(path: string): Promise<JsonFile> {
  const found = z.record(z.string(), z.unknown()).safeParse(await readJsonFile(path));
  if (!found.success) throw new InputError(`${path}: is no JSON file of a concept or a point`);
  const entries = Object.entries(found.data).filter(([name]) => name !== 'recipe');
  return { contents: Object.fromEntries(entries) };
}
