import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileError } from '../../files/file-error.ts';
import { withoutXmp, type Picture } from '../../image/index.ts';

/** Mean absolute difference of the values of two pictures, 0 to 255; undefined when they are of different size. */
export function compare(a: Picture, b: Picture): number | undefined {
  if (a.height !== b.height || a.width !== b.width || a.channels !== b.channels) return undefined;
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i]! - b.data[i]!);
  return sum / a.data.length;
}

/** The file of an animation. */
export interface FilmFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * Whether a film is the same as another, byte by byte, whatever their recipes say (an older version records less); undefined when it is
 * of different format, or a folder of frames.
 * @param path the other
 * @throws InputError when it cannot be read
 */
export async function compareFilm(film: FilmFile, path: string): Promise<boolean | undefined> {
  const formats = [film.path, path].map((each) => extname(each).toLowerCase());
  if (formats[0] !== formats[1] || formats[1] === '') return undefined;
  const { bytes } = await readFilm(path);
  return film.bytes.equals(bytes) || Buffer.compare(withoutXmp(film.bytes), withoutXmp(bytes)) === 0;
}

/** @throws InputError when it cannot be read */
export async function readFilm(path: string): Promise<FilmFile> {
  try {
    return { path, bytes: await readFile(path) };
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}
