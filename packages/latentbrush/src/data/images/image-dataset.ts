import { createHash } from 'node:crypto';
import { InputError } from '@latentbrush/engine';
import type { ReadingRules } from '../../files/list-files.ts';
import { picture, type Picture } from '../../image/index.ts';

/** A picture that was left out. */
export interface SkippedPicture {
  readonly path: string;
  /** The reason, in a sentence that names the file. */
  readonly reason: string;
}

/** Pictures of one size as bytes, which need a quarter of the memory of float32. */
export interface DatasetContents {
  /** Its name for people: `mnist`, `cifar10:frog`, the name of a file or a folder. */
  readonly name: string;
  /** Where it came from: a folder or file, an address, npm packages. */
  readonly origin: string;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** `[count, channels, height, width]`, 0 to 255. */
  readonly pixels: Uint8Array;
  /** The class of each picture; undefined without classes. */
  readonly labels: readonly string[] | undefined;
  /** The name of each picture: an emoji's name and set, a file's name; undefined without names. */
  readonly captions: readonly string[] | undefined;
  /** Pictures that could not be read. */
  readonly skipped: readonly SkippedPicture[];
  /** The rules by which a folder was read; undefined for other sources. */
  readonly rules?: ReadingRules | undefined;
}

/** Training pictures, all of one size. */
export interface ImageDataset extends DatasetContents {
  /** The source with which `loadImageDataset` finds it again from any folder: an absolute path, or the given name. */
  readonly source: string;
  /** How many pictures there are. */
  readonly count: number;
  /** SHA-256 of size, pixels and labels as hexadecimal digits: equal data have equal digests. */
  readonly sha256: string;
}

/** A data set of pictures, with its counts and its digest. */
export function imageDataset(contents: DatasetContents, source: string): ImageDataset {
  const { channels, height, width, pixels, labels, captions } = contents;
  const count = pixels.length / (channels * height * width);
  const isWrong = [labels, captions].some((texts) => texts !== undefined && texts.length !== count);
  if (!Number.isInteger(count) || isWrong)
    throw new Error(`${contents.name}: ${pixels.length} bytes, ${labels?.length} labels: they do not fit`);
  const hash = createHash('sha256').update(JSON.stringify({ count, channels, height, width })).update(pixels);
  for (const label of labels ?? []) hash.update('\n').update(label);
  return { ...contents, source, count, sha256: hash.digest('hex') };
}

/**
 * One picture of a data set, as float32.
 * @throws InputError when no picture has this index
 * @example
 * const { train } = await data.loadImageDataset('emoji:faces', { size: 16 });
 * const first = data.pictureAt(train, 0);
 * console.log(first.width, first.height); // 16 16
 */
export function pictureAt(dataset: ImageDataset, index: number): Picture {
  requirePicture(dataset, index);
  const { channels, height, width, pixels } = dataset;
  const size = channels * height * width;
  const bytes = pixels.subarray(index * size, (index + 1) * size);
  return picture(channels, height, width, Float32Array.from(bytes));
}

/** The data set's pictures at these indices, in this order. */
export function selectPictures(contents: DatasetContents, indices: ArrayLike<number>): DatasetContents {
  const { channels, height, width, pixels, labels, captions } = contents;
  const size = channels * height * width;
  const selected = new Uint8Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * size;
    selected.set(pixels.subarray(start, start + size), i * size);
  }
  const pick = (texts: readonly string[] | undefined): string[] | undefined =>
    texts && Array.from(indices, (index) => texts[index]!);
  return { ...contents, pixels: selected, labels: pick(labels), captions: pick(captions) };
}

/**
 * A part of a data set, as a data set: for example to set pictures aside for validation.
 * @param indices indices of the pictures, in their new order
 * @throws InputError when an index has no picture
 * @example
 * const { train } = await data.loadImageDataset('emoji:faces', { size: 16 });
 * const smiling = data.subset(train, data.matching(train, 'smiling'));
 * console.log(smiling.count < train.count); // true
 */
export function subset(dataset: ImageDataset, indices: ArrayLike<number>): ImageDataset {
  for (let i = 0; i < indices.length; i++) requirePicture(dataset, indices[i]!);
  return imageDataset(selectPictures(dataset, indices), dataset.source);
}

function requirePicture({ name, count }: ImageDataset, index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new InputError(`${name}: there is no picture ${index}; they are numbered from 0 to ${count - 1}`);
}

/**
 * Number of pictures of each class, in the order of first appearance; empty without labels.
 * @example
 * console.log(data.classCounts({ labels: ['cat', 'dog', 'cat'] })); // Map(2) { 'cat' => 2, 'dog' => 1 }
 */
export function classCounts({ labels = [] }: Pick<ImageDataset, 'labels'>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
