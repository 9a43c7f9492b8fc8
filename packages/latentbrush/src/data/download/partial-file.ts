import { randomBytes } from 'node:crypto';
import { readdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAlive } from '../../files/process-identity.ts';

/** A partly downloaded file that only this process writes. */
export interface PartialFile {
  /** Where to write. It already has the bytes of an earlier download. */
  readonly path: string;
  /** Leaves the bytes so far to the next download. */
  giveBack(): Promise<void>;
}

/**
 * Claims the partly downloaded file of `path`: the `.part` beside it, or one that a killed process had claimed. A
 * claim is a rename, which only one process can win; a process that finds nothing to claim starts with a new name. So two processes never
 * write to the same partial file.
 */
export async function claimPartial(path: string): Promise<PartialFile> {
  const shared = `${path}.part`;
  const own = `${shared}.${process.pid}-${randomBytes(6).toString('hex')}`;
  for (const candidate of await abandonedFiles(shared)) {
    if (await tryRename(candidate, own)) break;
  }
  return {
    path: own,
    async giveBack() {
      if (await exists(own)) await tryRename(own, shared);
    },
  };
}

/** Partial files that no running process writes, the shared one first. */
async function abandonedFiles(shared: string): Promise<string[]> {
  const folder = dirname(shared);
  const prefix = `${basename(shared)}.`;
  const names = await readdir(folder);
  const left = names.filter((name) => {
    const pid = name.startsWith(prefix)
      ? /^(\d+)-[0-9a-f]{12}$/.exec(name.slice(prefix.length))?.[1]
      : undefined;
    return pid !== undefined && !isAlive(Number(pid));
  });
  return [shared, ...left.map((name) => join(folder, name))];
}

async function tryRename(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch {
    return false; // another process was quicker, or there is none
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
