import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { fileError } from '../../../files/file-error.ts';
import { withByteStream } from './byte-stream.ts';
import { readIdx } from './idx.ts';
import type { DatasetContents } from '../image-dataset.ts';
import type { Allow } from '../memory-bound.ts';
import { counted } from '../../../counted.ts';

/** Pictures and their labels as IDX files. */
export interface IdxFiles {
  readonly images: string;
  readonly labels: string | undefined;
}

/** The parts of a data set that were found. */
export interface IdxParts {
  readonly train: IdxFiles | undefined;
  readonly test: IdxFiles | undefined;
}

/** Options for reading IDX files. */
export interface IdxReading {
  readonly name: string;
  /** Names of the classes by their numbers. Default: the numbers. */
  readonly classes?: readonly string[];
  readonly maxBytes: number | undefined;
  readonly allow: Allow;
}

// train-images-idx3-ubyte.gz, t10k-images.idx3-ubyte, emnist-letters-test-images-idx3-ubyte ...
const IMAGES = /images[-.]idx3(?:-ubyte)?(?:\.gz)?$/;

/** Whether a file is an IDX file of pictures, by its name. */
export function isIdxImagesName(path: string): boolean {
  return IMAGES.test(basename(path));
}

/**
 * Reads pictures and their labels.
 * @throws InputError when a file is damaged, or the labels do not match the pictures
 */
export async function readIdxDataset(
  { images, labels }: IdxFiles,
  { name, classes, maxBytes, allow }: IdxReading,
): Promise<DatasetContents> {
  const { shape, data } = await withByteStream(images, maxBytes, (stream) =>
    readIdx(stream, [3, 4], (shape) => {
      allow(
        shape.reduce((product, side) => product * side, 1),
        shapeOf(shape, images),
      );
    }),
  );
  return {
    name,
    origin: resolve(images),
    ...shapeOf(shape, images),
    pixels: data,
    labels: labels === undefined ? undefined : await readLabels(labels, images, shape[0]!, classes, maxBytes),
    captions: undefined,
    skipped: [],
  };
}

function shapeOf(
  [, ...sides]: readonly number[],
  images: string,
): { readonly channels: 1 | 3; readonly height: number; readonly width: number } {
  const [channels, height, width] = sides.length === 2 ? [1, ...sides] : sides;
  if (channels !== 1 && channels !== 3)
    throw new InputError(
      `${images}: its pictures have ${channels} channel${channels === 1 ? '' : 's'}; 1 (grey) or 3 (colour) are needed`,
    );
  return { channels, height: height!, width: width! };
}

async function readLabels(
  path: string,
  images: string,
  count: number,
  classes: readonly string[] | undefined,
  maxBytes: number | undefined,
): Promise<string[]> {
  const { data } = await withByteStream(path, maxBytes, (stream) => readIdx(stream, [1], () => undefined));
  if (data.length !== count)
    throw new InputError(
      `${path}: has ${counted(data.length, 'label')} for the ${counted(count, 'picture')} of ${images}; two files that belong together are needed`,
    );
  const wrong = classes === undefined ? undefined : data.find((label) => label >= classes.length);
  if (wrong !== undefined)
    throw new InputError(
      `${path}: contains the label ${wrong}; labels from 0 to ${classes!.length - 1} are needed here`,
    );
  return Array.from(data, (label) => classes?.[label] ?? String(label));
}

/**
 * The file of labels for a file of pictures: the same name with "labels" and "idx1", compressed or not, in the same folder. Undefined when
 * there is none.
 */
export async function labelsBeside(images: string): Promise<string | undefined> {
  const folder = dirname(images);
  const name = basename(images).replace(/\.gz$/, '').replace('images', 'labels').replace('idx3', 'idx1');
  const names = await namesIn(folder);
  const found = [name, `${name}.gz`].find((candidate) => names.includes(candidate));
  return found === undefined || found === basename(images) ? undefined : join(folder, found);
}

/**
 * The IDX files of a folder, by their names: "train" means the training set, "t10k" or "test" the test set. A single pair with neither is
 * the training set. Undefined when there are none.
 * @throws InputError when several files match one part, or the folder cannot be read
 */
export async function findIdxFiles(folder: string): Promise<IdxParts | undefined> {
  const names = (await namesIn(folder)).filter((name) => IMAGES.test(name)).sort();
  if (names.length === 0) return undefined;
  const test = withoutTwins(names.filter((name) => /t10k|test/.test(name)));
  const train = withoutTwins(names.filter((name) => !test.includes(name) && !/t10k|test/.test(name)));
  for (const part of [train, test]) {
    if (part.length > 1)
      throw new InputError(
        `${folder}: contains several files of pictures (${part.join(', ')}); give one of them by its path`,
      );
  }
  return { train: await pair(folder, train[0]), test: await pair(folder, test[0]) };
}

// A file and its compressed form count once.
function withoutTwins(names: readonly string[]): string[] {
  return names.filter((name) => !(name.endsWith('.gz') && names.includes(name.slice(0, -3))));
}

async function pair(folder: string, name: string | undefined): Promise<IdxFiles | undefined> {
  if (name === undefined) return undefined;
  const images = join(folder, name);
  return { images, labels: await labelsBeside(images) };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw fileError(error, folder, 'read');
  }
}
