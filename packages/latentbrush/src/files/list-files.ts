import type { Dirent } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { errorCode, fileError } from './file-error.ts';

/**
 * Rules for reading folders and texts, by number. A run remembers the number, so that it finds the same data again. - 1, version 0.1.0:
 * symbolic links are ignored, paths are sorted by code units, pictures are found by the extensions of version 0.1.0, BMP files are not
 * read; in texts, only CRLF becomes LF.
 * - 2: symbolic links are followed, paths are in natural order (`frame2` before `frame10`), names, labels and texts are in Unicode's
 *   normalization form NFC, and each CR or CRLF of a text becomes LF.
 */
export type ReadingRules = 1 | 2;

/** The rules for new runs. */
export const READING_RULES = 2;

/** What to list, and how. */
export interface Listing {
  /** Whether to list a file, by its path. */
  readonly accepts: (path: string) => boolean | Promise<boolean>;
  /** Whether to list hidden files, and files in hidden folders. */
  readonly hidden: boolean;
  /** Called for each symbolic link that is left out, with the reason: it is broken, or leads back to a folder above it. */
  readonly leftOut: (path: string, reason: string, isBroken: boolean) => void;
  readonly rules: ReadingRules;
}

/** Maximum number of folders reached through links: links that lead into each other multiply them. */
const MOST_LINKED_FOLDERS = 10_000;

/**
 * Paths of the files in a folder and its sub-folders, in the same order on every machine.
 * @throws InputError when the folder cannot be read
 */
export async function listFiles(folder: string, listing: Listing): Promise<string[]> {
  try {
    if (listing.rules === 1) return await listAsBefore(folder, listing);
    const found: string[] = [];
    await walk(folder, [await realpath(folder)], listing, { found, linked: 0 });
    return naturallySorted(found);
  } catch (error) {
    throw fileError(error, folder, 'read');
  }
}

async function listAsBefore(folder: string, { accepts, hidden }: Listing): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => hidden || !isHidden(relative(folder, path)));
  const accepted: string[] = [];
  for (const path of paths) if (await accepts(path)) accepted.push(path);
  return accepted.sort();
}

function isHidden(pathInFolder: string): boolean {
  return pathInFolder.split(sep).some((part) => part.startsWith('.'));
}

/** @param above real paths of the folder and of the folders above it: a link to one of them would never end */
async function walk(
  folder: string,
  above: readonly string[],
  listing: Listing,
  state: { readonly found: string[]; linked: number },
): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    if (!listing.hidden && entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? await followed(path, listing) : kindOf(entry);
    if (kind === 'file' && (await listing.accepts(path))) state.found.push(path);
    if (kind !== 'folder') continue;
    const real = await realpath(path);
    if (above.includes(real)) {
      listing.leftOut(path, `${path}: is a link to a folder that contains it`, false);
      continue;
    }
    if (real !== join(above.at(-1)!, entry.name) && ++state.linked > MOST_LINKED_FOLDERS)
      throw new InputError(
        `${path}: there are more than ${MOST_LINKED_FOLDERS} folders behind links; remove links that lead into each other`,
      );
    await walk(path, [...above, real], listing, state);
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw fileError(error, folder, 'read'); // the folder with the fault, not the requested one
  }
}

type Kind = 'file' | 'folder' | undefined;

function kindOf(entry: Pick<Dirent, 'isFile' | 'isDirectory'>): Kind {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : undefined;
}

/** The target of a symbolic link. A broken one is left out, silently if its extension is not listed. */
async function followed(path: string, { accepts, leftOut }: Listing): Promise<Kind> {
  try {
    return kindOf(await stat(path));
  } catch (error) {
    const code = errorCode(error);
    const reason =
      code === 'ENOENT' || code === 'ENOTDIR'
        ? `is a link to ${await readlink(path)}, which does not exist; fix or remove it`
        : code === 'ELOOP'
          ? 'is a link that leads back to itself; fix or remove it'
          : 'is a link that cannot be followed; check permissions';
    // Without an extension it may have been a folder.
    if (extname(path) === '' || (await accepts(path))) leftOut(path, `${path}: ${reason}`, true);
    return undefined;
  }
}

/**
 * Paths in natural order: part by part, numbers by their value, all else by code units of NFC, so that file systems that decompose names
 * give the same order. `Intl.Collator` cannot be used: its order changes between versions of ICU, and the draws of a seed depend on the order
 * of a data set.
 * @example naturallySorted(['f10.png', 'f2.png']) // f2.png, f10.png
 */
export function naturallySorted(paths: readonly string[]): string[] {
  return paths
    .map((path) => ({ path, key: sortKey(path) }))
    .sort((a, b) => byCodeUnits(a.key, b.key) || byCodeUnits(a.path, b.path)) // 1 and 01 have the same key
    .map(({ path }) => path);
}

// Code units of keys compare in natural order: a number begins with its count of digits, and the separator sorts before any character.
function sortKey(path: string): string {
  return path
    .normalize('NFC')
    .replaceAll(sep, '\0')
    .replace(/[0-9]+/g, (digits) => {
      const value = digits.replace(/^0+(?=.)/, '');
      return `0${String.fromCharCode(value.length)}${value}`;
    });
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
