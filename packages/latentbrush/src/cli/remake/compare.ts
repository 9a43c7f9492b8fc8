import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileError } from '../../files/file-error.ts';
import type { Picture } from '../../image/index.ts';

/** Mean absolute difference of the values of two pictures, 0 to 255; undefined when they are of different size. */
export function compare(a: Picture, b: Picture): number | undefined {
  if (a.height !== b.height || a.width !== b.width || a.channels !== b.channels) return undefined;
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i]! - b.data[i]!);
  return sum / a.data.length;
}

/**
 * Whether two films are the same, byte by byte; undefined when they are of different format, or one is a folder of frames.
 * @throws InputError when one cannot be read
 */
export async function compareFilms(a: string, b: string): Promise<boolean | undefined> {
  const formats = [a, b].map((path) => extname(path).toLowerCase());
  if (formats[0] !== formats[1] || formats[1] === '') return undefined;
  const [first, second] = await Promise.all([a, b].map(bytesOf));
  return first!.equals(second!);
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}
