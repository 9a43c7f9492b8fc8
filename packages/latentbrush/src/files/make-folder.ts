import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { errorCode } from './file-error.ts';

/**
 * Makes a folder and the missing folders above it; an existing one does not change. Node's own `recursive` never ends on disks that answer
 * "no such folder" when they cannot make one, such as /proc.
 * @returns the outermost new folder; undefined when all existed @throws InputError where no folder can be made
 * @throws the error of the file system, for `fileError` to explain
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  const found = await tryToMake(path);
  if (found === 'was there') return undefined;
  if (found === 'made') return path;
  const outermost = await makeFolder(dirname(path));
  if ((await tryToMake(path)) === 'no parent')
    throw new InputError(`${path}: a folder cannot be created here; choose another place`);
  return outermost ?? path;
}

async function tryToMake(path: string): Promise<'made' | 'was there' | 'no parent'> {
  try {
    await mkdir(path);
    return 'made';
  } catch (error) {
    if (await isFolder(path)) return 'was there';
    if (errorCode(error) === 'ENOENT' && path !== dirname(path)) return 'no parent';
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
