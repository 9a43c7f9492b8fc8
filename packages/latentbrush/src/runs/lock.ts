import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { errorCode, fileError } from '../files/file-error.ts';
import { removeLeftovers } from '../files/atomic-file.ts';
import { isAlive, startTime } from '../files/process-identity.ts';
import { checkWritableRun } from './pretrained-runs.ts';
import type { Run } from './run.ts';

const holderSchema = z.object({
  id: z.string(),
  pid: z.int().min(1),
  host: z.string(),
  startTime: z.string().nullable(),
});

type Holder = z.output<typeof holderSchema>;

/** Time after which an unreadable lock counts as left by a crash. Writing a lock takes microseconds. */
const UNREADABLE_MS = 500;
const POLL_MS = 20;

/** Age after which the mark of a removal counts as left by a crash. A removal is much faster. */
const GUARD_MS = 10 * UNREADABLE_MS;

/** Locks that this process holds: a lock file with our process id that is not here was left by an earlier process. */
const held = new Set<string>();

/** The right to write into a run folder. */
export interface RunLock {
  /** Gives the right back. A second call does nothing. */
  release(): Promise<void>;
}

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
  const id = randomUUID();
  held.add(id); // before the file exists: other code in this process must not take it for an earlier process's
  const lock: RunLock = { release: () => release(path, id) };
  try {
    while (!(await tryCreate(path, id))) {
      const text = await readLock(path);
      if (text === null) continue; // released between our two checks
      const holder = parseHolder(text);
      if (holder !== undefined && isHeld(holder)) throw refused(run.folder, path, holder, doing);
      await removeStale(path, text);
    }
    await removeLeftovers(run.folder, { deep: true });
  } catch (error) {
    await lock.release();
    throw error;
  }
  return lock;
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

function refused(folder: string, path: string, holder: Holder, doing: string): InputError {
  const elsewhere = holder.host !== hostname();
  return new InputError(
    elsewhere
      ? `${folder}: process ${holder.pid} on ${holder.host} ${doing}; ` +
          `stop it, or delete ${path} if it no longer runs`
      : `${folder}: process ${holder.pid} ${doing}; wait for it, stop it, or choose another folder`,
  );
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
