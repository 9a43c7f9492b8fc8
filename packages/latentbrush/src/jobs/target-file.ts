import { InputError } from '@latentbrush/engine';
import { existsSync } from 'node:fs';
import { access, constants, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { fileError } from '../files/file-error.ts';
import { makeFolder } from '../files/make-folder.ts';
import { formatOfPath, recipePath } from '../image/index.ts';
import { willWrite } from './files-in-use.ts';

/**
 * Checks, before long work, that a picture can be written to a path.
 * @throws InputError when it does not have the extension of a picture, its folder is missing or not writable,
 * or it would overwrite an input
 */
export async function checkTarget(path: string): Promise<void> {
  formatOfPath(path);
  try {
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw fileError(error, path, 'write');
  }
  if (await isFolder(path)) throw new InputError(`${path}: is a folder; a file is needed here`);
  await willWrite(path);
}

/**
 * The same for a text and the file with its recipe beside it. Its extension is free.
 * @throws InputError when its folder is missing or not writable, or it would overwrite an input
 */
export async function checkTextTarget(path: string): Promise<void> {
  await checkTargetFolder(dirname(path));
  if (await isFolder(path)) throw new InputError(`${path}: is a folder; a file is needed here`);
  await willWrite(path);
  await willWrite(recipePath(path));
}

/**
 * Checks, before long work, that a folder exists or can be made.
 * @throws InputError when there is a file at its path or above it, or its parent folder is not writable
 */
export async function checkTargetFolder(path: string): Promise<void> {
  const place = resolve(path);
  let existing = place;
  while (!existsSync(existing)) existing = dirname(existing);
  if (!(await isFolder(existing))) {
    const what = existing === place ? 'is a file' : `${existing} is a file`;
    throw new InputError(`${path}: ${what}; a folder is needed here`);
  }
  try {
    await access(existing, constants.W_OK);
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}

/**
 * Checks, before long work, that a folder can be made or is empty: new files are not mixed with old ones.
 * @param what its contents, such as `the frames`
 * @throws InputError when it contains files, or as in {@link checkTargetFolder}
 */
export async function checkEmptyFolder(path: string, what: string): Promise<void> {
  await checkTargetFolder(path);
  if ((await isFolder(path)) && (await readdir(path)).length > 0)
    throw new InputError(`${path}: already contains files; choose an empty or a new folder for ${what}`);
}

/**
 * Makes a folder for many pictures.
 * @returns the outermost folder that was made; undefined when all existed
 * @throws InputError when it cannot be made
 */
export async function makeTargetFolder(path: string): Promise<string | undefined> {
  try {
    return await makeFolder(path);
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}

/** Whether there is a folder at a path. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** `photos/cat.jpg` as `cat`. */
export function stemOf(path: string): string {
  return basename(path, extname(path));
}

/** Joins names: `out.png` and `round-03` give `out-round-03.png`. */
export function withSuffix(path: string, suffix: string): string {
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}-${suffix}${extension}`;
}
