import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { removeLeftovers } from '../../files/atomic-file.ts';
import { errorCode, fileError } from '../../files/file-error.ts';
import { lockFile } from '../../files/lock-file.ts';
import { PACKED_KINDS } from './packed-file.ts';

/** Prepared data in the cache: the tokens of a corpus, or the pictures of a folder. */
export interface PreparedData {
  readonly kind: (typeof PACKED_KINDS)[number];
  /** Its source, a path; undefined while it is not whole. */
  readonly source: string | undefined;
  readonly bytes: number;
  /** When a training used it last, or it was made. */
  readonly used: Date;
  /** False: its making was interrupted, or goes on. */
  readonly isWhole: boolean;
}

/** Files of one packed file: NAME.bin, NAME.json, NAME.part, NAME.part.json. */
interface Group extends PreparedData {
  readonly base: string;
  readonly paths: readonly string[];
}

const NAME = /^([0-9a-f]{24})\.(?:bin|json|part|part\.json)$/;

const described = z.object({ source: z.string() });

/**
 * The prepared data in a cache folder, the last used first.
 * @throws InputError when it cannot be read
 */
export async function preparedData(cacheDir: string): Promise<PreparedData[]> {
  return (await groupsIn(cacheDir)).map(withoutPlace);
}

/**
 * Removes prepared data from a cache folder: the next training makes it again. What another process makes at this moment stays.
 * @param unusedSince what was used after this stays
 * @returns what was removed
 * @throws InputError when something cannot be removed
 */
export async function pruneCache(cacheDir: string, unusedSince: Date): Promise<PreparedData[]> {
  const removed: PreparedData[] = [];
  for (const group of await groupsIn(cacheDir)) {
    if (group.used > unusedSince) continue;
    const lock = await lockFile(`${group.base}.lock`);
    if (!('release' in lock)) continue;
    try {
      for (const path of group.paths) await rm(path, { force: true });
      removed.push(withoutPlace(group));
    } catch (error) {
      throw fileError(error, group.base, 'write');
    } finally {
      await lock.release();
    }
  }
  for (const kind of PACKED_KINDS) await removeLeftovers(join(cacheDir, kind));
  return removed;
}

function withoutPlace({ kind, source, bytes, used, isWhole }: Group): PreparedData {
  return { kind, source, bytes, used, isWhole };
}

async function groupsIn(cacheDir: string): Promise<Group[]> {
  const groups: Group[] = [];
  for (const kind of PACKED_KINDS) {
    const folder = join(cacheDir, kind);
    const names = await namesIn(folder);
    const bases = new Set(names.flatMap((name) => NAME.exec(name)?.[1] ?? []));
    for (const base of bases) {
      const paths = names.filter((name) => NAME.exec(name)?.[1] === base).map((name) => join(folder, name));
      groups.push(await groupOf(kind, join(folder, base), paths));
    }
  }
  return groups.sort((a, b) => b.used.getTime() - a.used.getTime());
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw fileError(error, folder, 'read');
  }
}

async function groupOf(kind: Group['kind'], base: string, paths: readonly string[]): Promise<Group> {
  const found = (await Promise.all(paths.map((path) => stat(path).catch(() => undefined)))).filter(
    (file) => file !== undefined,
  );
  const source = await readFile(`${base}.json`, 'utf8')
    .then((text) => described.parse(JSON.parse(text)).source)
    .catch(() => undefined);
  return {
    kind,
    source,
    bytes: found.reduce((sum, { size }) => sum + size, 0),
    used: new Date(Math.max(0, ...found.map(({ mtimeMs }) => mtimeMs))),
    isWhole: source !== undefined && paths.includes(`${base}.bin`),
    base,
    paths,
  };
}
