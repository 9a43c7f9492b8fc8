import { lstat, readdir } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';

/**
 * A path with the spelling of the disk. An accented letter can be one character (NFC, as typed) or a letter and an accent (NFD, common in
 * names from a Mac). Linux treats the two as different names. If a part of the path does not exist, an entry with the same letters replaces
 * it. A part that exists in no spelling stays unchanged.
 * @param path of a file or a folder, which may be missing
 * @example await storedPath('caf\u00e9.jpg') // 'cafe\u0301.jpg', where only that is there
 */
export async function storedPath(path: string): Promise<string> {
  if (isSpelledOneWay(path) || (await exists(path))) return path;
  const { root, base } = parse(path);
  const folder = dirname(path);
  if (base === '' || path === root) return path;
  const above = await storedPath(folder);
  const name = await storedName(above, base);
  if (above === folder && name === base) return path;
  return path.startsWith(folder) ? join(above, name) : name;
}

/**
 * The name of the entry in a folder whose letters are the same, in another Unicode form. An entry with exactly this name takes
 * precedence; if several others fit, the name itself is returned.
 */
async function storedName(folder: string, name: string): Promise<string> {
  if (isSpelledOneWay(name)) return name;
  const names = await readdir(folder).catch((): string[] => []); // the code that opens it reports the fault
  if (names.includes(name)) return name;
  const letters = name.normalize('NFC');
  const alike = names.filter((each) => each.normalize('NFC') === letters);
  return alike.length === 1 ? alike[0]! : name;
}

function isSpelledOneWay(path: string): boolean {
  return path.normalize('NFC') === path && path.normalize('NFD') === path;
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
