import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { removeLeftovers } from '../files/atomic-file.ts';
import { lockFile, type FileLock, type Holder } from '../files/lock-file.ts';
import { checkWritableRun } from './pretrained-runs.ts';
import type { Run } from './run.ts';

/** The right to write into a run folder. */
export type RunLock = FileLock;

/**
 * Takes the right to train in a run folder: one process at a time. A process that has the right has written its id to the file `run.lock`. A lock left
 * by a killed process is taken over. Temporary files of killed writes are deleted.
 * @param doing what a process that holds the lock does, for the message to another one
 * @throws InputError when another process trains in the folder, or the folder cannot be written
 */
export async function lockRun(
  run: Pick<Run, 'folder'>,
  { doing = 'is training in this run' }: { readonly doing?: string } = {},
): Promise<RunLock> {
  checkWritableRun(run.folder);
  const path = join(run.folder, 'run.lock');
  const lock = await lockFile(path);
  if (!('release' in lock)) throw refused(run.folder, path, lock, doing);
  try {
    await removeLeftovers(run.folder, { deep: true });
  } catch (error) {
    await lock.release();
    throw error;
  }
  return lock;
}

function refused(folder: string, path: string, holder: Holder, doing: string): InputError {
  const elsewhere = holder.host !== hostname();
  return new InputError(
    elsewhere
      ? `${folder}: process ${holder.pid} on ${holder.host} ${doing}; ` +
          `stop it, or delete ${path} if it no longer runs`
      : `${folder}: process ${holder.pid} ${doing}; wait for it, stop it, or choose another folder`,
  );
}
