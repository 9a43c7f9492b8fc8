import { stat } from 'node:fs/promises';
import { errorCode, fileError } from './file-error.ts';

/**
 * The kind of file at a path; undefined when nothing is there. @throws InputError without permission
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
