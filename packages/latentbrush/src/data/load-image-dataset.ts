import { basename, extname, resolve } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { distance } from 'fastest-levenshtein';
import type { ReadingRules } from '../files/list-files.ts';
import {
  findCifarBatches,
  findCifarRecords,
  isCifarName,
  readCifarDataset,
  type CifarFiles,
} from './images/formats/cifar-dataset.ts';
import { downloadableDatasets, type DatasetEntry } from './images/dataset-catalogue.ts';
import { readEmojiDataset } from './emoji/emoji-dataset.ts';
import { kindOf } from '../files/file-kind.ts';
import { readFolderDataset } from './images/folders/folder-dataset.ts';
import { findIdxFiles, labelsBeside, readIdxDataset, type IdxFiles } from './images/formats/idx-dataset.ts';
import {
  checkOptions,
  chosenPictures,
  datasetParts,
  type DatasetParts,
  type ImageDatasetOptions,
} from './images/image-dataset-options.ts';
import {
  imageDataset,
  storeOf,
  selectPictures,
  type DatasetContents,
  type ImageDataset,
} from './images/image-dataset.ts';
import { readKnownDataset } from './images/known-dataset.ts';
import { MemoryBound, type Allow } from './images/memory-bound.ts';
import { isPictureName, listPictures } from './images/folders/picture-folder.ts';
import { convert } from './images/pixel-conversion.ts';

/** A data set, in its parts. */
export interface ImageDatasets {
  readonly train: ImageDataset;
  readonly test: ImageDataset | undefined;
  /** A note for the user: for example, that only a test set was found. */
  readonly note: string | undefined;
}

/** Options of the readers besides the path. */
interface Reading {
  readonly options: ImageDatasetOptions;
  readonly memory: MemoryBound;
}

/** A training needs at least this many pictures. */
const FEWEST_PICTURES = 2;

/**
 * Loads pictures for training.
 * @param source one of these; a path that exists takes precedence over a name:
 * - a folder of pictures (JPEG, PNG, WebP, GIF, AVIF, TIFF, BMP), sub-folders too; the first sub-folder is the class
 * - an IDX file of pictures, as in MNIST, compressed or not, with its labels in a file beside it; or `images,labels`
 * - a file of CIFAR-10 records (`.bin`, `.bin.gz`), the archive of CIFAR-10, or a folder with IDX or CIFAR files
 * - a name: `mnist`, `fashion-mnist`, `cifar10`, `emoji`; one class of it, `cifar10:frog`; some emoji, `emoji:faces`
 * @throws InputError when the source does not exist, nothing can be read, files do not belong together, or there is too little memory
 * @throws DownloadError when a known data set cannot be fetched
 * @example
 * const { train } = await data.loadImageDataset('emoji:faces', { size: 16 });
 * console.log(train.channels, train.width, train.height); // 3 16 16
 */
export async function loadImageDataset(
  source: string,
  options: ImageDatasetOptions = {},
): Promise<ImageDatasets> {
  const { limit } = options;
  checkOptions(options);
  options.signal?.throwIfAborted();
  const memory = new MemoryBound(options.maxMemory);
  const { source: found, train, test, note } = await find(source, { options, memory });
  const finished = (contents: DatasetContents): ImageDataset =>
    imageDataset(finish(contents, options), found);
  const dataset = finished(train);
  if (dataset.count < Math.min(FEWEST_PICTURES, limit ?? FEWEST_PICTURES)) {
    const what = dataset.count === 0 ? 'no picture' : 'only one picture';
    throw new InputError(`${source}: has ${what}; there must be at least ${FEWEST_PICTURES} to learn from`);
  }
  const toTest = test && finished(test);
  return { train: dataset, test: toTest?.count === 0 ? undefined : toTest, note };
}

async function find(source: string, reading: Reading): Promise<DatasetParts & { readonly source: string }> {
  if (source === '') throw new InputError(`data set '': the name is empty; give ${choices()}`);
  const kind = await kindOf(source);
  if (kind === 'folder') return { ...(await readFolder(source, reading)), source: resolve(source) };
  if (kind === 'file') return { ...(await readFile(source, reading)), source: resolve(source) };
  const [images = '', labels, ...more] = source.split(',');
  if (labels === undefined || more.length > 0 || (await kindOf(images)) !== 'file')
    return { ...(await readNamed(source, reading)), source };
  const train = await readIdx({ images, labels }, basename(images), reading);
  return { train, test: undefined, source: `${resolve(images)},${resolve(labels)}` };
}

async function readNamed(source: string, { options, memory }: Reading): Promise<DatasetParts> {
  const [name = '', part] = source.toLowerCase().split(/:(.*)/s);
  if (name === 'emoji') return readEmojiDataset(part ?? '', options, memory);
  const entry = downloadableDatasets.find((one) => one.name === name);
  if (entry === undefined) throw unknown(source);
  const only = part === undefined ? undefined : classNamed(part, entry);
  return readKnownDataset(entry, only, options, allowance(source, { options, memory }));
}

function classNamed(part: string, { name, classes }: DatasetEntry): string {
  const found = classes.find((one) => one.toLowerCase() === part);
  if (found !== undefined) return found;
  throw new InputError(`${name}:${part}: there is no such class; ${name} has ${classes.join(', ')}`);
}

async function readFolder(folder: string, reading: Reading): Promise<DatasetParts> {
  const { options, memory } = reading;
  const name = basename(resolve(folder));
  const idx = await findIdxFiles(folder);
  if (idx !== undefined) {
    const read = async (files: IdxFiles | undefined): Promise<DatasetContents | undefined> =>
      files && readIdx(files, name, reading);
    return datasetParts(await read(idx.train), await read(idx.test), { name, folder });
  }
  const batches = await findCifarBatches(folder);
  if (batches !== undefined) return readCifar(batches, folder, reading);
  const records = await findCifarRecords(folder);
  if (records !== undefined && !(await holdsPictures(folder, options.rules)))
    return readCifar(records, folder, reading);
  return readFolderDataset(folder, options, memory);
}

async function holdsPictures(folder: string, rules: ReadingRules | undefined): Promise<boolean> {
  try {
    return (await listPictures(folder, { rules })).length > 0;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

async function readFile(path: string, reading: Reading): Promise<DatasetParts> {
  const kind = isCifarName(path);
  if (kind === 'archive') return readCifar({ archive: path }, path, reading);
  if (kind === 'records') return readCifar({ train: [path], test: [] }, path, reading);
  if (isPictureName(path))
    throw new InputError(`${path}: is only one picture; training needs many, so give a folder`);
  if (extname(path).toLowerCase() === '.zip')
    throw new InputError(`${path}: is a ZIP archive; unpack it and give the folder`);
  const labels = await labelsBeside(path);
  return { train: await readIdx({ images: path, labels }, basename(path), reading), test: undefined };
}

async function readIdx(files: IdxFiles, name: string, reading: Reading): Promise<DatasetContents> {
  const { maxBytes } = reading.options;
  return readIdxDataset(files, { name, maxBytes, allow: allowance(files.images, reading) });
}

async function readCifar(files: CifarFiles, place: string, reading: Reading): Promise<DatasetParts> {
  const { maxBytes, signal } = reading.options;
  const name = basename(resolve(place));
  const allow = allowance(place, reading);
  const { train, test } = await readCifarDataset(files, { name, only: undefined, maxBytes, allow, signal });
  return datasetParts(train, test, { name, folder: place });
}

/** Adds the memory of the converted pictures, while both forms exist. */
function allowance(name: string, { options, memory }: Reading): Allow {
  return (bytes, { channels, height, width }) => {
    const side = (own: number): number => (options.size ?? own) / own;
    const growth = ((options.channels ?? channels) / channels) * side(height) * side(width);
    memory.check(bytes * (growth === 1 ? 1 : 1 + growth), name);
  };
}

function finish(contents: DatasetContents, options: ImageDatasetOptions): DatasetContents {
  const { count } = storeOf(contents);
  const chosen = chosenPictures(count, options);
  const some = chosen.length < count ? selectPictures(contents, chosen) : contents;
  return convert(some, options.channels ?? contents.channels, options.size);
}

function unknown(source: string): InputError {
  const near = [...downloadableDatasets.map(({ name }) => name), 'emoji']
    .map((name) => ({ name, far: distance(name, source.toLowerCase().split(':', 1)[0]!) }))
    .filter(({ name, far }) => far <= name.length / 2)
    .sort((a, b) => a.far - b.far);
  const hint = near.length > 0 ? `; nearest name: ${near.map(({ name }) => name).join(', ')}` : '';
  return new InputError(`${source}: no such folder, file or data set${hint}; give ${choices()}`);
}

function choices(): string {
  const names = downloadableDatasets.map(({ name }) => name).join(', ');
  return `a folder of pictures, an IDX or CIFAR file, or a name (${names}, emoji, emoji:faces)`;
}
