import { InputError } from '@latentbrush/engine';
import { dirname, join } from 'node:path';
import { listPictures, readPictures, type ListingOptions } from '../../data/index.ts';
import type { PaintedPair } from '../../style/index.ts';
import { stemOf } from '../target-file.ts';

/** Ending of the names of painted pictures, before the extension. */
const PAINTED = '-painted';

/** Paths of a picture and of how it was painted. */
export interface PairPaths {
  readonly content: string;
  readonly painted: string;
}

/**
 * Pairs in a folder and its sub-folders: pictures `<name>.<ext>`, and beside each `<name>-painted.<ext>`, what the slow form made of it.
 * Other pictures may lie there, too.
 * @throws InputError when the folder cannot be read or holds no pair
 */
export async function listPairs(folder: string, options?: ListingOptions): Promise<PairPaths[]> {
  const paths = await listPictures(folder, options);
  const withoutEnding = (path: string): string => join(dirname(path), stemOf(path)).normalize('NFC');
  const named = new Map(paths.toReversed().map((path) => [withoutEnding(path), path])); // the first of a name
  const pairs = paths.flatMap((painted) => {
    if (!stemOf(painted).endsWith(PAINTED)) return [];
    const content = named.get(withoutEnding(painted).slice(0, -PAINTED.length));
    return content === undefined ? [] : [{ content, painted }];
  });
  if (pairs.length > 0) return pairs;
  throw new InputError(
    `${folder}: it holds no pairs; a pair is a picture, as cat.jpg, and beside it what was painted, as cat${PAINTED}.png`,
  );
}

/**
 * Reads pairs one after the other; those of which a picture is broken are left out.
 * @param skip told which picture is broken, and why
 * @param rules by which they were listed; default: the newest
 */
export async function* readPairs(
  pairs: readonly PairPaths[],
  skip: (path: string, reason: string) => void,
  rules?: ListingOptions['rules'],
): AsyncGenerator<PaintedPair, void, undefined> {
  for (const { content, painted } of pairs) {
    const pictures = [];
    for await (const found of readPictures([content, painted], rules)) {
      if ('picture' in found) pictures.push(found.picture);
      else skip(found.path, found.reason);
    }
    const [first, second] = pictures;
    if (first !== undefined && second !== undefined) yield { content: first, painted: second, name: painted };
  }
}
