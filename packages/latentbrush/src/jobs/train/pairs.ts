import { InputError } from '@latentbrush/engine';
import { dirname, join } from 'node:path';
import { listPictures, readPictures, type ListingOptions } from '../../data/index.ts';
import type { PaintedPair } from '../../style/index.ts';
import { stemOf } from '../target-file.ts';

/** Suffix of the names of painted pictures, before the extension. */
const PAINTED = '-painted';

/** Paths of a picture and of its painted version. */
export interface PairPaths {
  readonly content: string;
  readonly painted: string;
}

/**
 * Finds pairs in a folder and its sub-folders: pictures `<name>.<ext>`, and beside each
 * `<name>-painted.<ext>`, its version painted by `style`. Other pictures are ignored.
 * @throws InputError when the folder cannot be read or contains no pair
 */
export async function listPairs(folder: string, options?: ListingOptions): Promise<PairPaths[]> {
  const paths = await listPictures(folder, options);
  const withoutEnding = (path: string): string => join(dirname(path), stemOf(path)).normalize('NFC');
  const named = new Map(paths.toReversed().map((path) => [withoutEnding(path), path])); // the first with this name
  const pairs = paths.flatMap((painted) => {
    if (!stemOf(painted).endsWith(PAINTED)) return [];
    const content = named.get(withoutEnding(painted).slice(0, -PAINTED.length));
    return content === undefined ? [] : [{ content, painted }];
  });
  if (pairs.length > 0) return pairs;
  throw new InputError(
    `${folder}: contains no pairs; a pair is a picture, such as cat.jpg, and beside it its painted version, such as cat${PAINTED}.png`,
  );
}

/**
 * Reads pairs in order; pairs with a broken picture are left out.
 * @param skip called with the broken picture and the reason
 * @param rules rules by which they were listed (default: the newest)
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
