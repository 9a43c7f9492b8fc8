import { InputError } from '@latentbrush/engine';
import { resolve } from 'node:path';
import { listPictures, readPictures, type ListingOptions } from '../../data/index.ts';
import { readPicture, type Picture } from '../../image/index.ts';
import type { FastPictures } from '../../style/index.ts';
import { noteFirst, noteFirsts } from '../film-flags.ts';
import type { Output } from '../output.ts';
import { listPairs, readPairs } from './pairs.ts';

/** Where the pictures are that a fast style learns from. */
export interface TrainingPaths {
  readonly style: string;
  readonly contentDir: string;
  readonly pairsDir: string | undefined;
  /** How the folders are listed: as those of the run were. Default: by the newest rules. */
  readonly rules?: ListingOptions['rules'];
}

/**
 * The pictures that a fast style learns from. Those of the folders are read when they are asked for; broken ones are told and left out.
 * The paths are remembered whole, so that a run can be resumed from anywhere.
 * @throws InputError when the style picture or a folder cannot be read
 */
export async function trainingPictures(
  { style, contentDir, pairsDir, rules }: TrainingPaths,
  output: Output,
): Promise<FastPictures> {
  await noteFirst(style, output);
  const picture = await readPicture(style);
  const skip = (path: string, reason: string): void => {
    output.event({ type: 'skipped', path, reason });
    output.note(`left out: ${reason}`);
  };
  const contents = await listPictures(contentDir, { leftOut: skip, rules });
  const pairs = pairsDir === undefined ? undefined : await listPairs(pairsDir, { leftOut: skip, rules });
  await noteFirsts(
    [...contents, ...(pairs ?? []).flatMap(({ content, painted }) => [content, painted])],
    output,
  );
  return {
    style: { name: resolve(style), picture },
    contentDir: resolve(contentDir),
    contents: withProgress(
      atLeastOne(readable(contents, skip, rules), `${contentDir}: none of its pictures could be read`),
      contents.length,
      'pictures read',
      output,
    ),
    ...(pairsDir !== undefined &&
      pairs !== undefined && {
        pairs: {
          dir: resolve(pairsDir),
          pictures: withProgress(
            atLeastOne(readPairs(pairs, skip, rules), `${pairsDir}: none of its pairs could be read`),
            pairs.length,
            'pairs read',
            output,
          ),
        },
      }),
  };
}

async function* readable(
  paths: readonly string[],
  skip: (path: string, reason: string) => void,
  rules: ListingOptions['rules'],
): AsyncGenerator<Picture, void, undefined> {
  for await (const found of readPictures(paths, rules)) {
    if ('picture' in found) yield found.picture;
    else skip(found.path, found.reason);
  }
}

// The folder is named as it was given.
async function* atLeastOne<T>(
  items: AsyncIterable<T>,
  otherwise: string,
): AsyncGenerator<T, void, undefined> {
  let isThere = false;
  for await (const item of items) {
    isThere = true;
    yield item;
  }
  if (!isThere) throw new InputError(`${otherwise}; a folder with whole ones is needed`);
}

async function* withProgress<T>(
  items: AsyncIterable<T>,
  total: number,
  what: string,
  output: Output,
): AsyncGenerator<T, void, undefined> {
  let done = 0;
  for await (const item of items) {
    output.progress(++done, total, what);
    yield item;
  }
  output.clearProgress();
}
