import { basename, resolve } from 'node:path';
import { z } from 'zod';
import {
  loadImageDataset,
  READING_RULES,
  type ImageDatasetOptions,
  type ImageDatasets,
  type ReadingRules,
} from '../../data/index.ts';
import type { Recipe } from '../../image/index.ts';
import { option, OptionError, words } from '../../words.ts';
import { recordDatasets, sourceOf } from '../dataset-input.ts';
import type { JobWork } from '../job.ts';
import type { JobReport } from '../report.ts';
import { rulesOf } from '../../runs/dataset-record.ts';
import { loadFromPlace } from '../run-data.ts';
import { sheetRecipe, type TrainedFrom } from './samples.ts';

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
  work: JobWork,
): Promise<ImageDatasets> {
  const loaded = await loadImageDataset(source, {
    ...readingOf(work),
    size,
    sizeOtherwise,
    channels,
    rules,
  });
  const { train } = loaded;
  await noteLoaded(loaded, work.report);
  if (channels === undefined && train.rules !== undefined && train.channels === 1)
    await work.report.note(
      words`all pictures are grey: they have one channel; ${option('channels')} 3 trains in colour`,
    );
  return loaded;
}

/** A run on pictures that is continued. */
interface PictureRun {
  readonly system: string;
  readonly folder: string;
  /** The place of its pictures, if they have moved. */
  readonly given: string | undefined;
  readonly extra: {
    readonly dataset: Parameters<typeof rulesOf>[0] & { readonly source: string };
    readonly architecture: { readonly size: number; readonly channels: 1 | 3 };
  };
}

/**
 * Loads the pictures of a run, in its form and by its rules.
 * @throws InputError that says how to give another place, when they are not in the recorded place
 */
export async function loadRunPictures(
  { system, folder, given, extra }: PictureRun,
  work: JobWork,
): Promise<ImageDatasets> {
  const { size, channels } = extra.architecture;
  const form = { size, channels, rules: rulesOf(extra.dataset) };
  const place = {
    run: folder,
    given,
    remembered: extra.dataset.source,
    system,
    inputs: { dataset: 'DATASET' },
  };
  return loadFromPlace(place, (path) => loadPictures(path, form, work));
}

/** The recipes of the sheets of a training on pictures. @param source their path or name */
export function sheetsFrom(system: string, source: string, { train }: ImageDatasets) {
  return async (options: Parameters<typeof sheetRecipe>[2]): Promise<Recipe> =>
    sheetRecipe(system, await trainedFromLoaded(source, train), options);
}

/** How a job loads a data set: where it looks, how it stops, and how it reports its progress. */
export function readingOf({ dataDir, offline, signal, report }: JobWork): ImageDatasetOptions {
  return {
    dataDir,
    offline,
    onProgress: ({ done, total, unit }) => void report.progress(done, total ?? done, unit),
    signal,
  };
}

/** Reports the notes about a loaded data set. */
export async function noteLoaded(loaded: ImageDatasets, report: JobReport): Promise<void> {
  for (const line of notesOf(loaded)) await report.note(line);
}

/** Notes about a loaded data set: parts used instead of missing ones, pictures that were left out. */
export function notesOf({ train, test, note }: ImageDatasets): string[] {
  const skipped = [...train.skipped, ...(test?.skipped ?? [])];
  return [
    ...(note === undefined ? [] : [note]),
    ...skipped.slice(0, SHOWN).map(({ reason }) => `left out: ${reason}`),
    ...(skipped.length > SHOWN ? [`left out: ${skipped.length - SHOWN} more`] : []),
  ];
}

/** As {@link trainedFromSource}; a large folder is not read again for its checksum. */
async function trainedFromLoaded(
  source: string,
  { fileDigest, rules }: ImageDatasets['train'],
): Promise<TrainedFrom> {
  if (fileDigest === undefined) return trainedFromSource(source, rules);
  const folder = { name: basename(resolve(source)), ...fileDigest };
  return { files: { dataset: [folder] }, options: { named: {}, rules } };
}

/**
 * The data set of a training, for the recipes of its sheets.
 * @param source its path or name
 * @param rules rules by which its folder is read, if it is one
 */
export async function trainedFromSource(
  source: string,
  rules: ReadingRules | undefined,
): Promise<TrainedFrom> {
  const { files, named } = await recordDatasets({ dataset: [source] }, {}, rules ?? READING_RULES);
  return { files, options: { named, rules } };
}

/** The data set in the request for a sheet. @throws OptionError when it has none */
export function givenSource(
  given: readonly string[] | undefined,
  { dataset }: { readonly dataset?: string | undefined },
): string {
  const source = sourceOf(given, dataset);
  if (source === undefined)
    throw new OptionError(
      words`sheet of a training: no data set was given; give ${option('dataset')}, the one of the run`,
    );
  return source;
}
