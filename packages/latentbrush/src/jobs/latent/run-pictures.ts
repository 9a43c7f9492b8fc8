import type { ImageDataset, ReadingRules } from '../../data/index.ts';
import { rulesOf } from '../../runs/dataset-record.ts';
import { alsoReads } from '../files-in-use.ts';
import type { JobWork } from '../job.ts';
import { loadFromPlace } from '../run-data.ts';
import { loadPictures } from '../train/pictures.ts';
import type { DescribedRun } from './latent-system.ts';

/**
 * Loads the pictures that a run was trained on.
 * @throws InputError when they no longer exist, or cannot be read
 */
export function loadRunPictures(
  system: string,
  run: string,
  described: DescribedRun,
  work: JobWork,
): Promise<ImageDataset> {
  const { source: remembered } = described.dataset;
  const inputs = { dataset: 'DATASET' };
  return loadFromPlace({ run, given: undefined, remembered, system, inputs }, async (place) => {
    await alsoReads([place]);
    return load(place, described, rulesOf(described.dataset), work);
  });
}

/**
 * Loads other pictures in the format of a run.
 * @param rules rules for listing a folder (default: the newest)
 * @throws InputError when they cannot be read
 */
export function loadOtherPictures(
  source: string,
  described: DescribedRun,
  rules: ReadingRules | undefined,
  work: JobWork,
): Promise<ImageDataset> {
  return load(source, described, rules, work);
}

async function load(
  source: string,
  { form: { size, channels } }: DescribedRun,
  rules: ReadingRules | undefined,
  work: JobWork,
): Promise<ImageDataset> {
  return (await loadPictures(source, { size, channels, rules }, work)).train;
}
