import { InputError } from '@latentbrush/engine';
import { naturallySorted, READING_RULES } from '../../../files/list-files.ts';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { countPicturesIn, decodeThumbnail } from '../../../image/index.ts';
import {
  chosenPictures,
  SIZE_OTHERWISE,
  type DatasetParts,
  type ImageDatasetOptions,
} from '../image-dataset-options.ts';
import type { DatasetContents, SkippedPicture } from '../image-dataset.ts';
import { inParallel, WORKERS } from '../in-parallel.ts';
import type { MemoryBound } from '../memory-bound.ts';
import { listPictures, pictureBytesOf } from './picture-folder.ts';
import { convertChannels } from '../pixel-conversion.ts';
import { noteOfSeveral } from './several-pictures.ts';
import { counted } from '../../../counted.ts';

/** Memory of one picture during decoding: its file and the rows in the codec. */
const WORK_BYTES = 64 * 2 ** 20;

const TEST_FOLDERS = new Set(['test', 'val', 'valid', 'validation']);

/** Pictures of a folder that belong together. */
interface PictureFiles {
  /** The folder whose sub-folders are the classes. */
  readonly folder: string;
  readonly paths: readonly string[];
}

/**
 * Reads a folder of pictures, sub-folders too, in the natural order of their paths. The sub-folder of a picture is its class, if there are
 * sub-folders. Sub-folders `train` and `test` (or `val`, `valid`, `validation`) are the two parts; they contain the classes. A file with
 * several pictures (an animation, a TIFF of several pages) gives its first; `note` names such files. Unreadable files and broken links are
 * left out and listed in `skipped`. Without `channels` there is one channel if all pictures are grey, else three.
 * @throws InputError when there are no pictures or none can be read
 */
export async function readFolderDataset(
  folder: string,
  options: ImageDatasetOptions,
  memory: MemoryBound,
): Promise<DatasetParts> {
  const links: SkippedPicture[] = [];
  const paths = await listPictures(folder, {
    leftOut: (path, reason) => links.push({ path, reason }),
    rules: options.rules,
  });
  const files = split(folder, paths);
  const name = basename(resolve(folder)).normalize('NFC');
  const several: string[] = [];
  const read = async (part: PictureFiles): Promise<DatasetContents> =>
    readFiles(part, name, { ...options, several }, memory);
  const [train, test] = [await read(files.train), files.test && (await read(files.test))];
  const skipped = [...links, ...train.skipped];
  const isGrey = options.channels === undefined && [train, ...(test ? [test] : [])].every(isAllGrey);
  const note = noteOfSeveral(naturallySorted(several));
  const noted = note === undefined ? {} : { note };
  if (!isGrey) return { train: { ...train, skipped }, test, ...noted };
  return { train: { ...oneChannel(train), skipped }, test: test && oneChannel(test), ...noted };
}

function split(folder: string, paths: readonly string[]): { train: PictureFiles; test?: PictureFiles } {
  const tops = [...new Set(paths.map((path) => partsOf(folder, path)[0]!))];
  const train = tops.find((name) => name.toLowerCase() === 'train');
  const test = tops.find((name) => TEST_FOLDERS.has(name.toLowerCase()));
  if (tops.length !== 2 || train === undefined || test === undefined) return { train: { folder, paths } };
  const part = (name: string): PictureFiles => ({
    folder: join(folder, name),
    paths: paths.filter((path) => partsOf(folder, path)[0] === name),
  });
  return { train: part(train), test: part(test) };
}

async function readFiles(
  { folder, paths: all }: PictureFiles,
  name: string,
  options: ImageDatasetOptions & { readonly several: string[] },
  memory: MemoryBound,
): Promise<DatasetContents> {
  const { sizeOtherwise = SIZE_OTHERWISE, channels = 3, fit, background, onProgress, signal } = options;
  const { size = sizeOtherwise, rules = READING_RULES } = options;
  const paths = Array.from(chosenPictures(all.length, options), (index) => all[index]!);
  const plane = size * size;
  memory.check(paths.length * channels * plane + WORKERS * WORK_BYTES, folder);
  const pixels = new Uint8Array(paths.length * channels * plane);
  const reasons = new Map<number, string>();
  let done = 0;
  const read = async (index: number): Promise<void> => {
    const path = paths[index]!;
    try {
      const square = { height: size, width: size, ...(fit && { fit }), ...(background && { background }) };
      const bytes = await pictureBytesOf(path, rules);
      const planes = await decodeThumbnail(bytes, path, square);
      if ((await countPicturesIn(bytes, path)).count > 1) options.several.push(path);
      pixels.set(convertChannels(planes, 3, channels, plane), index * channels * plane);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      reasons.set(index, error.message);
    }
    onProgress?.({ done: ++done, total: paths.length, unit: 'pictures read' });
  };
  await inParallel(paths.length, read, signal);
  const whole = paths.map((_, index) => index).filter((index) => !reasons.has(index));
  if (whole.length === 0)
    throw new InputError(
      `${folder}: none of its ${counted(paths.length, 'picture')} can be read; the first: ${reasons.get(0)}`,
    );
  const kept = whole.map((index) => paths[index]!);
  return {
    name,
    origin: resolve(folder),
    channels,
    height: size,
    width: size,
    pixels: closeGaps(pixels, whole, channels * plane),
    labels:
      rules === 1 ? labelsOf(folder, kept) : labelsOf(folder, kept)?.map((label) => label.normalize('NFC')),
    captions: kept.map((path) => basename(path, extname(path)).normalize('NFC').replace(/[-_]+/g, ' ')),
    skipped: paths.flatMap((path, index): SkippedPicture[] => {
      const reason = reasons.get(index);
      return reason === undefined ? [] : [{ path, reason }];
    }),
    rules,
  };
}

/** Whether red, green and blue are the same in every pixel of every picture. */
function isAllGrey({ channels, height, width, pixels }: DatasetContents): boolean {
  if (channels === 1) return true;
  const plane = height * width;
  for (let start = 0; start < pixels.length; start += 3 * plane) {
    for (let i = start; i < start + plane; i++) {
      if (pixels[i] !== pixels[i + plane] || pixels[i] !== pixels[i + 2 * plane]) return false;
    }
  }
  return true;
}

/** Grey pictures with the first of their three equal channels. */
function oneChannel(contents: DatasetContents): DatasetContents {
  const { height, width, pixels } = contents;
  const plane = height * width;
  const grey = new Uint8Array(pixels.length / 3);
  for (let n = 0; n * plane < grey.length; n++)
    grey.set(pixels.subarray(3 * n * plane, (3 * n + 1) * plane), n * plane);
  return { ...contents, channels: 1, pixels: grey };
}

/** The class of each picture: its first sub-folder, or the folder's own name; undefined without sub-folders. */
function labelsOf(folder: string, paths: readonly string[]): string[] | undefined {
  const parts = paths.map((path) => partsOf(folder, path));
  if (parts.every(({ length }) => length === 1)) return undefined;
  return parts.map((names) => (names.length > 1 ? names[0]! : basename(resolve(folder))));
}

function partsOf(folder: string, path: string): string[] {
  return relative(folder, path).split(sep);
}

/** Moves the pictures of these indices, in rising order, to the front and drops the rest. */
function closeGaps(pixels: Uint8Array, kept: readonly number[], size: number): Uint8Array {
  if (kept.length * size === pixels.length) return pixels;
  kept.forEach((from, to) => pixels.copyWithin(to * size, from * size, (from + 1) * size));
  return pixels.slice(0, kept.length * size);
}
