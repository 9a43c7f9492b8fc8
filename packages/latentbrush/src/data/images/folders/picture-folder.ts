import { InputError } from '@latentbrush/engine';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { listFiles, READING_RULES, type ReadingRules } from '../../../files/list-files.ts';
import {
  decodePicture,
  holdsPicture,
  isBmp,
  RAW_ENDINGS,
  readPictureBytes,
  type Picture,
} from '../../../image/index.ts';

/** Extensions that version 0.1.0 read as pictures. */
const FIRST_ENDINGS = ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.avif', '.tif', '.tiff'];

/** Extensions of pictures that we can read. */
const ENDINGS = [...FIRST_ENDINGS, '.jfif', '.jpe', '.bmp', '.dib'];

/**
 * Extensions of pictures that we cannot read. They count as pictures, so that a message names each.
 */
const UNREADABLE_ENDINGS = [
  ...[
    '.heic',
    '.heif',
    '.jxl',
    '.jp2',
    '.jpx',
    '.j2k',
    '.svg',
    '.psd',
    '.xcf',
    '.exr',
    '.ppm',
    '.pgm',
    '.pbm',
    '.pnm',
  ],
  ...RAW_ENDINGS,
];

const KNOWN_ENDINGS: Readonly<Record<ReadingRules, ReadonlySet<string>>> = {
  1: new Set(FIRST_ENDINGS),
  2: new Set([...ENDINGS, ...UNREADABLE_ENDINGS]),
};

/** Whether a file counts as a picture by its name. */
export function isPictureName(path: string, rules: ReadingRules = READING_RULES): boolean {
  return KNOWN_ENDINGS[rules].has(extname(path).toLowerCase());
}

/** How to list the pictures of a folder. */
export interface ListingOptions {
  /** Called for each symbolic link that is left out, with the reason; default: no call. */
  readonly leftOut?: ((path: string, reason: string) => void) | undefined;
  /** Default: the newest; 1 has those of version 0.1.0, for runs that it trained. */
  readonly rules?: ReadingRules | undefined;
}

/**
 * Paths of the pictures in a folder and its sub-folders, the same everywhere: in natural order, `frame2`
 * before `frame10`. A file is a picture by its extension or, without one, by its first bytes. Symbolic links are followed; hidden files and
 * folders are left out.
 * @throws InputError when the folder cannot be read or contains no pictures
 * @example
 * for (const path of await data.listPictures('holidays')) console.log(path);
 */
export async function listPictures(
  folder: string,
  { leftOut, rules = READING_RULES }: ListingOptions = {},
): Promise<string[]> {
  const broken: string[] = [];
  let paths;
  try {
    paths = await listFiles(folder, {
      accepts: async (path) =>
        isPictureName(path, rules) || (rules > 1 && extname(path) === '' && (await holdsPicture(path))),
      hidden: false,
      leftOut: (path, reason) => {
        broken.push(reason);
        leftOut?.(path, reason);
      },
      rules,
    });
  } catch (error) {
    if (await isFile(folder))
      throw new InputError(`${folder}: is a file; a folder of pictures is needed here`);
    throw error;
  }
  if (paths.length === 0) {
    const links = broken.length === 0 ? '' : `; ${broken[0]}`;
    throw new InputError(`${folder}: it contains no pictures (${ENDINGS.join(', ')})${links}`);
  }
  return paths;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => !found.isDirectory(),
    () => false,
  );
}

/** A picture of a folder, or the reason why it could not be read. */
export type FolderPicture =
  | { readonly path: string; readonly picture: Picture }
  | { readonly path: string; readonly reason: string };

/**
 * The bytes of a picture of a folder.
 * @throws InputError when they cannot be read, or have a format outside these rules: a run of version 0.1.0 must find exactly its training
 * pictures
 */
export async function pictureBytesOf(path: string, rules: ReadingRules = READING_RULES): Promise<Uint8Array> {
  const bytes = await readPictureBytes(path);
  if (rules === 1 && isBmp(bytes))
    throw new InputError(`${path}: is a BMP picture; the run is from version 0.1.0, which cannot read it`);
  return bytes;
}

/**
 * Reads pictures one after the other; a broken one gives a reason in place of a picture.
 * @param paths as {@link listPictures} gives them
 * @param rules rules by which they were listed (default: the newest)
 * @example
 * for await (const found of data.readPictures(['cat.jpg', 'mybook.txt'])) {
 *   if ('reason' in found) console.log('left out:', found.reason);
 *   else console.log(found.path, found.picture.width);
 * }
 */
export async function* readPictures(
  paths: Iterable<string>,
  rules?: ReadingRules,
): AsyncGenerator<FolderPicture, void, undefined> {
  for (const path of paths) {
    try {
      yield { path, picture: await decodePicture(await pictureBytesOf(path, rules), path) };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      yield { path, reason: error.message };
    }
  }
}
