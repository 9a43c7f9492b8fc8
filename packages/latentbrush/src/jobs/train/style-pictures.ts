import { InputError } from '@latentbrush/engine';
import { resolve } from 'node:path';
import {
  holdingSeveral,
  listPictures,
  noteOfSeveral,
  readPictures,
  type ListingOptions,
} from '../../data/index.ts';
import { readPicture, type Picture } from '../../image/index.ts';
import type { FastPictures } from '../../style/index.ts';
import { takenFirst } from '../animation-source.ts';
import type { JobReport } from '../report.ts';
import { listPairs, readPairs } from './pairs.ts';

/** Where to find the pictures for training a fast style. */
export interface TrainingPaths {
  readonly style: string;
  readonly contentDir: string;
  readonly pairsDir: string | undefined;
  /** Rules for listing the folders: those of the run (default: the newest). */
  readonly rules?: ListingOptions['rules'];
}

/**
 * The pictures for training a fast style. Pictures of the folders are read when needed; broken ones are named and left out. Absolute paths
 * are recorded, so that a run can be resumed from anywhere.
 * @throws InputError when the style picture or a folder cannot be read
 */
export async function trainingPictures(
  { style, contentDir, pairsDir, rules }: TrainingPaths,
  report: JobReport,
): Promise<FastPictures> {
  const first = await takenFirst(style);
  if (first !== undefined) await report.note(first);
  const picture = await readPicture(style);
  const skip = (path: string, reason: string): void => {
    void report.metric({ type: 'skipped', path, reason });
    void report.note(`left out: ${reason}`);
  };
  const contents = await listPictures(contentDir, { leftOut: skip, rules });
  const pairs = pairsDir === undefined ? undefined : await listPairs(pairsDir, { leftOut: skip, rules });
  const all = [...contents, ...(pairs ?? []).flatMap(({ content, painted }) => [content, painted])];
  const several = noteOfSeveral(await holdingSeveral(all));
  if (several !== undefined) await report.note(several);
  return {
    style: { name: resolve(style), picture },
    contentDir: resolve(contentDir),
    contents: withProgress(
      atLeastOne(readable(contents, skip, rules), `${contentDir}: none of its pictures could be read`),
      contents.length,
      'pictures read',
      report,
    ),
    ...(pairsDir !== undefined &&
      pairs !== undefined && {
        pairs: {
          dir: resolve(pairsDir),
          pictures: withProgress(
            atLeastOne(readPairs(pairs, skip, rules), `${pairsDir}: none of its pairs could be read`),
            pairs.length,
            'pairs read',
            report,
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

// Messages name the folder as it was given.
async function* atLeastOne<T>(
  items: AsyncIterable<T>,
  otherwise: string,
): AsyncGenerator<T, void, undefined> {
  let isThere = false;
  for await (const item of items) {
    isThere = true;
    yield item;
  }
  if (!isThere) throw new InputError(`${otherwise}; a folder with undamaged ones is needed`);
}

async function* withProgress<T>(
  items: AsyncIterable<T>,
  total: number,
  what: string,
  report: JobReport,
): AsyncGenerator<T, void, undefined> {
  let done = 0;
  for await (const item of items) {
    await report.progress(++done, total, what);
    yield item;
  }
}
