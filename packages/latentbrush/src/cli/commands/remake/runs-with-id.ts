import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openRun } from '../../../runs/run.ts';

/** Maximum number of folders to search in each place. */
const MOST_FOLDERS = 1000;

/**
 * The runs with an id: among the given folders, the folders in them, and those in their `runs`. A folder can have been renamed. There can
 * be several: copies, or the same training twice.
 */
export async function runsWithId(id: string, folders: readonly string[]): Promise<string[]> {
  const places = await Promise.all(
    folders.map(async (folder) => [
      folder,
      ...(await foldersIn(folder)),
      ...(await foldersIn(join(folder, 'runs'))),
    ]),
  );
  const found: string[] = [];
  for (const folder of new Set(places.flat())) {
    const run = await openRun(folder).catch(() => undefined); // most folders are no runs
    if (run?.id === id) found.push(folder);
  }
  return found;
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  return folders
    .map(({ name }) => join(folder, name))
    .sort()
    .slice(0, MOST_FOLDERS);
}
