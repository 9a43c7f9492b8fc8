import { basename } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { counted } from '../../../counted.ts';
import { countPictures } from '../../../image/index.ts';

/** Maximum number of files that a note names. */
const NAMED = 3;

/**
 * A line about files with several pictures, of which only one is used.
 * @param paths of those files
 * @returns undefined when there are none
 */
export function noteOfSeveral(paths: readonly string[]): string | undefined {
  if (paths.length === 0) return undefined;
  const names = paths.slice(0, NAMED).map((path) => basename(path));
  const more = paths.length > NAMED ? ' ...' : '';
  const files = counted(paths.length, 'file contains', 'files contain');
  return `${files} several pictures (frames or pages); only the first of each is used (${names.join(', ')}${more})`;
}

/**
 * Which files contain several pictures: animations, and TIFFs of several pages. Unreadable files do not count.
 * @param paths of pictures
 */
export async function holdingSeveral(paths: readonly string[]): Promise<string[]> {
  const several: string[] = [];
  for (const path of paths) {
    if (/\.(?:jpe?g|jfif|jpe|bmp)$/i.test(path)) continue; // files of these formats contain one picture: no need to open them
    try {
      if ((await countPictures(path)).count > 1) several.push(path);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return several;
}
