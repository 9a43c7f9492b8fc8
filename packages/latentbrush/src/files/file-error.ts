import { InputError } from '@latentbrush/engine';

/** The action on the file when the error occurred. */
export type FileAction = 'read' | 'write';

/**
 * Turns an error of the file system that a user can fix (no such file, no permission, full disk ...) into an {@link InputError} that names
 * the path and what would be right. Returns any other error unchanged. @param path the file or folder that the user named, not a temporary
 * file beside it
 */
export function fileError(error: unknown, path: string, action: FileAction): Error {
  const sentence = explain(errorCode(error), action);
  if (sentence !== undefined)
    return new InputError(`${path === '' ? '""' : path}: ${sentence}`, { cause: error });
  return error instanceof Error ? error : new Error(`${path}: ${String(error)}`);
}

/** The system's code of an error, such as `ENOENT`; undefined without one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function explain(code: string | undefined, action: FileAction): string | undefined {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; free some space or choose a folder on another disk';
    case 'EACCES':
    case 'EPERM':
      return `no permission to ${action} here; choose a path you may ${action} or change its permissions`;
    case 'EROFS':
      return 'this disk is read-only; choose a folder on a writable one';
    case 'ENOTDIR':
      return 'a part of this path is a file, not a folder; choose a path whose parents are all folders';
    case 'ENOENT':
      return action === 'read'
        ? 'no such file or folder; check the path'
        : 'the folder to write into does not exist; create it first or choose another path';
    case 'EISDIR':
      return 'is a folder; a file is needed here';
    case 'EEXIST':
      return 'is a file; a folder is needed here';
    case 'ENAMETOOLONG':
      return 'the name is too long for this disk; choose a shorter one';
    default:
      return undefined;
  }
}
