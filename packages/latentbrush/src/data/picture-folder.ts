import { InputError } from '@latentbrush/engine';
import { readdir, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileError } from '../files/file-error.ts';
import { readPicture, type Picture } from '../image/index.ts';

/** Endings of the files that are taken for pictures. */
const EXTENSIONS = new Set(['.jpg', '.jpeg', '.png', '.webp', '.gif', '.avif', '.tif', '.tiff']);

/** Whether a file is taken for a picture by its name. */
export function isPictureName(path: string): boolean {
  return EXTENSIONS.has(extname(path).toLowerCase());
}

/**
 * Paths of the pictures in a folder and its sub-folders, in the order of their names, so that it is the same everywhere.
 * Hidden files and folders are left out.
 * @throws InputError when the folder cannot be read or holds no pictures
 */
export async function listPictures(folder: string): Promise<string[]> {
  let entries;
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (await isFile(folder))
      throw new InputError(`${folder}: is a file; a folder of pictures is needed here`);
    throw fileError(error, folder, 'read');
  }
  const paths = entries
    .filter((entry) => entry.isFile() && isPictureName(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !isHidden(relative(folder, path)))
    .sort();
  if (paths.length === 0) {
    throw new InputError(`${folder}: it holds no pictures (${[...EXTENSIONS].join(', ')})`);
  }
  return paths;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => !found.isDirectory(),
    () => false,
  );
}

function isHidden(pathInFolder: string): boolean {
  return pathInFolder.split(sep).some((part) => part.startsWith('.'));
}

/** A picture of a folder, or why it could not be read. */
export type FolderPicture =
  { readonly path: string; readonly picture: Picture } | { readonly path: string; readonly reason: string };

/**
 * Reads pictures one after the other; broken ones come as a reason in place of a picture.
 * @param paths as {@link listPictures} gives them
 */
export async function* readPictures(
  paths: readonly string[],
): AsyncGenerator<FolderPicture, void, undefined> {
  for (const path of paths) {
    try {
      yield { path, picture: await readPicture(path) };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      yield { path, reason: error.message };
    }
  }
}
