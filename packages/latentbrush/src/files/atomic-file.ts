import { randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode, fileError } from './file-error.ts';
import { isAlive } from './process-identity.ts';

// .NAME.PID-RANDOM.tmp
const TEMPORARY = /^\..+\.(\d+)-[0-9a-f]{12}\.tmp$/;

/** No write takes this long: an older temporary file is a leftover, even if a process has its id. */
const OLDEST_TEMPORARY_MS = 60 * 60 * 1000;

/** Temporary files that this process is writing. */
const inProgress = new Set<string>();

/**
 * Writes a file whole or not at all. The bytes go to a temporary name in the same folder, are forced to the disk
 * (fsync), renamed over `path`, and the folder is forced to the disk too. A reader of `path` sees the old contents or the new ones, never a
 * mixture, at any moment and also after a crash. On failure the temporary file is removed.
 * @throws InputError when the disk is full or `path` cannot be written there
 */
export async function writeFileAtomic(path: string, contents: Uint8Array | string): Promise<void> {
  await replaceFile(path, (file) => file.writeFile(contents));
}

/**
 * {@link writeFileAtomic} for contents that are written piece by piece. If `write` throws, nothing is left.
 * @param write writes into the new file
 */
export async function replaceFile(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  inProgress.add(temporary);
  try {
    const file = await open(temporary, 'wx+');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to report
    throw fileError(error, path, 'write');
  } finally {
    inProgress.delete(temporary);
  }
}

/**
 * Removes temporary files of {@link writeFileAtomic} whose process was killed. Those of running processes stay. A folder that does not
 * exist has none. @param deep whether to include sub-folders
 */
export async function removeLeftovers(
  folder: string,
  { deep = false }: { readonly deep?: boolean } = {},
): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (deep && entry.isDirectory()) await removeLeftovers(path, { deep });
    const pid = TEMPORARY.exec(entry.name)?.[1];
    if (pid !== undefined && (await isLeftover(path, Number(pid)))) await rm(path, { force: true });
  }
}

async function isLeftover(path: string, pid: number): Promise<boolean> {
  if (inProgress.has(path)) return false;
  if (pid === process.pid || !isAlive(pid)) return true; // in containers every run can have the same process id
  try {
    return Date.now() - (await stat(path)).mtimeMs > OLDEST_TEMPORARY_MS;
  } catch {
    return false; // its writer just renamed it
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw fileError(error, folder, 'read');
  }
}

/** Makes a rename in this folder survive a power cut. Windows cannot open or sync folders, and does not have to. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EINVAL' && code !== 'ENOTSUP') throw error; // some network disks cannot sync folders
  } finally {
    await handle.close();
  }
}
