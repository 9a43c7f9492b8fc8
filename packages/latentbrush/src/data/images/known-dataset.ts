import { join, resolve, sep } from 'node:path';
import { InputError } from '@latentbrush/engine';
import {
  findCifarBatches,
  findCifarRecords,
  readCifarDataset,
  type CifarFiles,
} from './formats/cifar-dataset.ts';
import { downloadableDatasets, type DatasetEntry, type DatasetFile } from './dataset-catalogue.ts';
import { download } from '../download/download.ts';
import { mismatch } from '../download/expected-file.ts';
import { kindOf } from '../../files/file-kind.ts';
import { defaultCacheDir, defaultDataDir } from '../download/folders.ts';
import { findIdxFiles, readIdxDataset, type IdxFiles, type IdxParts } from './formats/idx-dataset.ts';
import { datasetParts, type DatasetParts, type ImageDatasetOptions } from './image-dataset-options.ts';
import { selectPictures, type DatasetContents } from './image-dataset.ts';
import type { Allow } from './memory-bound.ts';

/** The place of a known data set. */
export interface KnownDatasetPlace {
  /** A local copy, a cached download, or still to be downloaded to the folder. */
  readonly state: 'local' | 'cached' | 'missing';
  readonly folder: string;
  readonly files: KnownFiles;
  /** The part whose files are missing, if any. */
  readonly lacks: 'train' | 'test' | undefined;
}

/** Files of a known data set by their format. */
type KnownFiles =
  | { readonly format: 'idx'; readonly parts: IdxParts }
  | { readonly format: 'cifar'; readonly parts: CifarFiles };

/**
 * Searches for a data set: in the data folder, in the folder of the operating system's package, in the cache. @param only the requested
 * class; files with only its records are enough
 * @throws InputError when a folder cannot be read
 */
export async function locateKnownDataset(
  entry: DatasetEntry,
  {
    dataDir = defaultDataDir(),
    cacheDir = defaultCacheDir(),
  }: Pick<ImageDatasetOptions, 'dataDir' | 'cacheDir'>,
  only?: string,
): Promise<KnownDatasetPlace> {
  for (const folder of foldersOf(entry, dataDir)) {
    const files = await localFiles(folder, entry, only);
    if (files !== undefined) return { state: 'local', folder: resolve(folder), files, lacks: lackOf(files) };
  }
  const folder = join(resolve(cacheDir), entry.name);
  const problems = await Promise.all(
    entry.files.map(({ fileName, size }) => mismatch(join(folder, fileName), { size })),
  );
  const state = problems.every((problem) => problem === undefined) ? 'cached' : 'missing';
  return { state, folder, files: cachedFiles(folder, entry), lacks: undefined };
}

/**
 * Reads a data set by its name: a local copy, or else the cached files, after a verified download if needed. @param only keep only this
 * class
 * @throws InputError when files are damaged or do not belong together, or a download is needed and not allowed
 * @throws DownloadError when it cannot be fetched
 */
export async function readKnownDataset(
  entry: DatasetEntry,
  only: string | undefined,
  options: ImageDatasetOptions,
  allow: Allow,
): Promise<DatasetParts> {
  const place = await locateKnownDataset(entry, options, only);
  if (place.state !== 'local') await fetchFiles(entry, place.folder, options);
  const { train, test } = await readFiles(entry, place, only, options, allow);
  const origin = place.state === 'local' ? place.folder : entry.homepage;
  const from = (part: DatasetContents | undefined): DatasetContents | undefined =>
    part && { ...part, origin };
  return datasetParts(from(train), from(test), { name: nameOf(entry, only), folder: place.folder });
}

/** The data folder itself is searched too, unless it belongs to another data set: their files have the same names. */
function foldersOf(entry: DatasetEntry, dataDir: string | undefined): string[] {
  const folders: string[] = [];
  if (dataDir !== undefined) {
    folders.push(...entry.folders.map((folder) => join(dataDir, folder)));
    const owner = downloadableDatasets.find((other) =>
      other.folders.some((folder) => resolve(dataDir).endsWith(join(sep, folder))),
    );
    if (owner === undefined || owner.name === entry.name) folders.push(dataDir);
  }
  if (entry.systemFolder !== undefined) folders.push(entry.systemFolder);
  return folders;
}

async function localFiles(
  folder: string,
  entry: DatasetEntry,
  only: string | undefined,
): Promise<KnownFiles | undefined> {
  if ((await kindOf(folder)) !== 'folder') return undefined;
  if (entry.format === 'idx') {
    const parts = await findIdxFiles(folder);
    return parts && { format: 'idx', parts };
  }
  const records = only === undefined ? undefined : findCifarRecords(folder, only);
  const parts = (await findCifarBatches(folder)) ?? (await records);
  return parts && { format: 'cifar', parts };
}

function lackOf({ parts }: KnownFiles): 'train' | 'test' | undefined {
  if ('archive' in parts) return undefined;
  const isThere = (part: IdxFiles | readonly string[] | undefined): boolean =>
    part !== undefined && !('length' in part && part.length === 0);
  if (!isThere(parts.train)) return 'train';
  return isThere(parts.test) ? undefined : 'test';
}

function cachedFiles(folder: string, { format, files }: DatasetEntry): KnownFiles {
  const path = (wanted: DatasetFile['part']): string =>
    join(folder, files.find(({ part }) => part === wanted)!.fileName);
  if (format === 'cifar') return { format, parts: { archive: path('archive') } };
  const train = { images: path('train-images'), labels: path('train-labels') };
  const test = { images: path('test-images'), labels: path('test-labels') };
  return { format, parts: { train, test } };
}

async function fetchFiles(entry: DatasetEntry, folder: string, options: ImageDatasetOptions): Promise<void> {
  const { offline, onProgress, signal } = options;
  const total = entry.files.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  for (const { url, fileName, md5, size } of entry.files) {
    const done = before;
    await download(url, join(folder, fileName), {
      ...{ md5, size },
      offline,
      signal,
      onProgress: ({ received }) => onProgress?.({ done: done + received, total, unit: 'bytes downloaded' }),
    });
    before += size;
  }
}

async function readFiles(
  entry: DatasetEntry,
  { files }: KnownDatasetPlace,
  only: string | undefined,
  { maxBytes, signal }: ImageDatasetOptions,
  allow: Allow,
): Promise<{ readonly train: DatasetContents | undefined; readonly test: DatasetContents | undefined }> {
  const name = nameOf(entry, only);
  const { classes } = entry;
  if (files.format === 'cifar') {
    const number = only === undefined ? undefined : classes.indexOf(only);
    return readCifarDataset(files.parts, { name, only: number, maxBytes, allow, signal });
  }
  const read = async (part: IdxFiles | undefined): Promise<DatasetContents | undefined> => {
    signal?.throwIfAborted();
    if (part === undefined) return undefined;
    if (part.labels === undefined)
      throw new InputError(
        `${part.images}: its labels are missing; the file with "labels" is needed beside it`,
      );
    return ofClass(await readIdxDataset(part, { name, classes, maxBytes, allow }), only);
  };
  const train = await read(files.parts.train);
  return { train, test: await read(files.parts.test) };
}

function ofClass(contents: DatasetContents, only: string | undefined): DatasetContents {
  if (only === undefined) return contents;
  const indices = (contents.labels ?? []).flatMap((label, index) => (label === only ? [index] : []));
  return selectPictures(contents, indices);
}

function nameOf(entry: DatasetEntry, only: string | undefined): string {
  return only === undefined ? entry.name : `${entry.name}:${only}`;
}
