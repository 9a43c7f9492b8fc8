import { z } from 'zod';
import { loadImageDataset, type ImageDatasets, type ReadingRules } from '../../data/index.ts';
import { option, words } from '../../words.ts';
import type { JobWork } from '../job.ts';

/** A data set of pictures for training. */
export const DATASET = z
  .string()
  .describe(
    'folder of pictures, IDX file (or images,labels), CIFAR .bin file, or a name: mnist, fashion-mnist, cifar10, cifar10:frog, emoji, emoji:faces',
  );

/** The format to load pictures in. */
export interface PictureForm {
  readonly size: number | undefined;
  /** Size for sources without a size. */
  readonly sizeOtherwise?: number | undefined;
  readonly channels: 1 | 3 | undefined;
  /** Rules for reading a folder: those of the run (default: the newest). */
  readonly rules?: ReadingRules | undefined;
}

/** The number of broken pictures that are listed one by one. */
const SHOWN = 5;

/**
 * Loads pictures for training: squares of one size. Reports progress and notes for people.
 * @param source a source for `loadImageDataset`
 */
export async function loadPictures(
  source: string,
  { size, sizeOtherwise, channels, rules }: PictureForm,
  { dataDir, offline, signal, report }: JobWork,
): Promise<ImageDatasets> {
  const loaded = await loadImageDataset(source, {
    ...(dataDir !== undefined && { dataDir }),
    ...(offline === true && { offline }),
    onProgress: ({ done, total, unit }) => void report.progress(done, total ?? done, unit),
    ...(size !== undefined && { size }),
    ...(sizeOtherwise !== undefined && { sizeOtherwise }),
    ...(channels !== undefined && { channels }),
    rules,
    signal,
  });
  const { train, test, note } = loaded;
  if (note !== undefined) await report.note(note);
  const skipped = [...train.skipped, ...(test?.skipped ?? [])];
  for (const { reason } of skipped.slice(0, SHOWN)) await report.note(`left out: ${reason}`);
  if (skipped.length > SHOWN) await report.note(`left out: ${skipped.length - SHOWN} more`);
  if (channels === undefined && train.rules !== undefined && train.channels === 1)
    await report.note(
      words`all pictures are grey: they have one channel; ${option('channels')} 3 trains in colour`,
    );
  return loaded;
}
