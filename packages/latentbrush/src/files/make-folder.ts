import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { errorCode } from './file-error.ts';

/**
 * Makes a folder and the folders above it that are missing; one that is there is left as it is. Node's own `recursive` never ends on
 * disks that say "no such folder" of what they cannot make, as /proc does.
 * @throws InputError where no folder can be made
 * @throws the error of the file system, for `fileError` to explain
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isMade(path)) return;
  await makeFolder(dirname(path));
  if (!(await isMade(path)))
    throw new InputError(`${path}: no folder can be made here; choose one in another place`);
}

/** Whether there is a folder after the try; false when the one above it is missing. */
async function isMade(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (await isFolder(path)) return true;
    if (errorCode(error) === 'ENOENT' && path !== dirname(path)) return false;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
