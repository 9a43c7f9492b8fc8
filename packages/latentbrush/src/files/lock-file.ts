import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { errorCode, fileError } from './file-error.ts';
import { isAlive, startTime } from './process-identity.ts';

const holderSchema = z.object({
  id: z.string(),
  pid: z.int().min(1),
  host: z.string(),
  startTime: z.string().nullable(),
});

/** The process that holds a lock. */
export type Holder = z.output<typeof holderSchema>;

/** Time after which an unreadable lock counts as left by a crash. Writing a lock takes microseconds. */
const UNREADABLE_MS = 500;
const POLL_MS = 20;

/** Age after which the mark of a removal counts as left by a crash. A removal is much faster. */
const GUARD_MS = 10 * UNREADABLE_MS;

/** Locks that this process holds: a lock file with our process id that is not here was left by an earlier process. */
const held = new Set<string>();

/** A lock file that this process made. */
export interface FileLock {
  /** Deletes it. A second call does nothing. */
  release(): Promise<void>;
}

/**
 * Makes a lock file: a file with the id of this process, that one process at a time can have. One that was left by a killed process is taken over.
 * @returns the lock; or its holder, if another process or other work of this process has it
 * @throws InputError when it cannot be written
 */
export async function lockFile(path: string): Promise<FileLock | Holder> {
  const id = randomUUID();
  held.add(id); // before the file exists: other code in this process must not take it for an earlier process's
  try {
    while (!(await tryCreate(path, id))) {
      const text = await readLock(path);
      if (text === null) continue; // released between our two checks
      const holder = parseHolder(text);
      if (holder !== undefined && isHeld(holder)) {
        held.delete(id);
        return holder;
      }
      await removeStale(path, text);
    }
  } catch (error) {
    await release(path, id);
    throw error;
  }
  return { release: () => release(path, id) };
}

async function release(path: string, id: string): Promise<void> {
  if (!held.delete(id)) return;
  const text = await readLock(path);
  if (text !== null && parseHolder(text)?.id === id) await rm(path, { force: true });
}

async function tryCreate(path: string, id: string): Promise<boolean> {
  const holder: Holder = { id, pid: process.pid, host: hostname(), startTime: startTime(process.pid) };
  try {
    await writeFile(path, `${JSON.stringify(holder)}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (errorCode(error) === 'ENOSPC') await rm(path, { force: true }); // made, but without contents
    throw fileError(error, path, 'write');
  }
}

/** The text of a lock file once it is complete, or its text after a while; null when there is no file. */
async function readLock(path: string): Promise<string | null> {
  const deadline = Date.now() + UNREADABLE_MS;
  for (;;) {
    try {
      const text = await readFile(path, 'utf8');
      if (parseHolder(text) !== undefined || Date.now() > deadline) return text;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw fileError(error, path, 'read');
    }
    await delay(POLL_MS);
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function isHeld(holder: Holder): boolean {
  if (holder.host !== hostname()) return true; // cannot be checked from here
  if (holder.pid === process.pid) return held.has(holder.id);
  return isAlive(holder.pid) && startTime(holder.pid) === holder.startTime;
}

/**
 * Removes a stale lock, unless another process does so or has done so. The remover holds `run.lock.removing`, so that nobody removes the
 * fresh lock that follows.
 */
async function removeStale(path: string, staleText: string): Promise<void> {
  const guard = `${path}.removing`;
  if (!(await takeGuard(guard))) return delay(POLL_MS);
  try {
    if ((await readLock(path)) === staleText) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function takeGuard(guard: string): Promise<boolean> {
  try {
    await writeFile(guard, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw fileError(error, guard, 'write');
  }
  const since = await stat(guard).catch(() => undefined);
  if (since !== undefined && Date.now() - since.mtimeMs > GUARD_MS) await rm(guard, { force: true }); // left by a crash
  return false;
}
