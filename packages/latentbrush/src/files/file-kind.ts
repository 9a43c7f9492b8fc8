import { stat } from 'node:fs/promises';
import { errorCode, fileError } from './file-error.ts';

/**
 * What stands at a path; undefined when nothing does.
 * @throws InputError when it may not be looked at
 */
export async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file'; // a pipe is read like a file
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw fileError(error, path, 'read');
  }
}
