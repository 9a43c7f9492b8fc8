import { createHash } from 'node:crypto';
import { InputError } from '@latentbrush/engine';
import type { ReadingRules } from '../../files/list-files.ts';
import { picture, type Picture } from '../../image/index.ts';
import { allPixels, PicturesInMemory, SelectedPictures, type PictureStore } from './picture-store.ts';

/** A picture that was left out. */
export interface SkippedPicture {
  readonly path: string;
  /** The reason, in a sentence that names the file. */
  readonly reason: string;
}

/** The checksum of the files of a folder: of their digests, one a line. */
export interface FileDigest {
  readonly sha256: string;
  /** How many there are. */
  readonly files: number;
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
  /** `[count, channels, height, width]`, 0 to 255. Those of a large folder are in a file: they come into memory when this is read. */
  readonly pixels: Uint8Array;
  /** Where to read the pictures, if they are in a file. */
  readonly store?: PictureStore | undefined;
  /** All picture files of its folder, as recipes have them, if they were read. */
  readonly fileDigest?: FileDigest | undefined;
  /** The digest, if it is known: see {@link ImageDataset}. */
  readonly sha256?: string | undefined;
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

/** Bytes of one picture. */
function sizeOf({ channels, height, width }: Pick<DatasetContents, 'channels' | 'height' | 'width'>): number {
  return channels * height * width;
}

/** The pictures of a data set, to be read one by one: in its file, or in memory. */
export function storeOf(
  contents: Pick<DatasetContents, 'channels' | 'height' | 'width' | 'pixels' | 'store'>,
): PictureStore {
  return contents.store ?? new PicturesInMemory(contents.pixels, sizeOf(contents));
}

/** A data set whose pictures stay in a file, until somebody asks for all `pixels`. */
export function contentsInFile(
  facts: Omit<DatasetContents, 'pixels' | 'store' | 'sha256'>,
  store: PictureStore,
  sha256?: string,
): DatasetContents {
  return withLazy({ ...facts, store, sha256 }, 'pixels', () => allPixels(store, sizeOf(facts)));
}

/** Adds a property that is computed when it is first read. */
function withLazy<T extends object, Name extends string, Value>(
  object: T,
  name: Name,
  compute: () => Value,
): T & Readonly<Record<Name, Value>> {
  let known: { readonly value: Value } | undefined;
  const get = (): Value => (known ??= { value: compute() }).value;
  return Object.defineProperty(object, name, { get, enumerable: true }) as T & Readonly<Record<Name, Value>>;
}

/** A data set of pictures, with its counts and its digest. */
export function imageDataset(contents: DatasetContents, source: string): ImageDataset {
  const pictures = storeOf(contents);
  const { name, labels, captions, store } = contents;
  const { count } = pictures;
  const isWrong = [labels, captions].some((texts) => texts !== undefined && texts.length !== count);
  if (!Number.isInteger(count) || isWrong)
    throw new Error(`${name}: ${count} pictures, ${labels?.length} labels: they do not fit`);
  const { sha256 } = contents;
  const digest = (): string => sha256 ?? digestOf(contents, pictures);
  if (store === undefined) return { ...contents, source, count, sha256: digest() };
  const { fileDigest } = contents;
  const dataset = withLazy({ ...factsOf(contents), fileDigest, store, source, count }, 'sha256', digest);
  return withLazy(dataset, 'pixels', () => contents.pixels);
}

/** All of a data set but its pictures. */
function factsOf(
  contents: DatasetContents,
): Omit<DatasetContents, 'pixels' | 'store' | 'sha256' | 'fileDigest'> {
  const { name, origin, channels, height, width, labels, captions, skipped, rules } = contents;
  return { name, origin, channels, height, width, labels, captions, skipped, rules };
}

/** SHA-256 of size, pixels and labels: the digest of a data set. */
export function digestOf(
  facts: Pick<DatasetContents, 'channels' | 'height' | 'width' | 'labels'>,
  pictures: PictureStore,
): string {
  const { channels, height, width, labels } = facts;
  const { count } = pictures;
  const hash = createHash('sha256').update(JSON.stringify({ count, channels, height, width }));
  for (let i = 0; i < count; i++) hash.update(pictures.read(i));
  for (const label of labels ?? []) hash.update('\n').update(label);
  return hash.digest('hex');
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
  const { channels, height, width } = dataset;
  return picture(channels, height, width, Float32Array.from(storeOf(dataset).read(index)));
}

/** The data set's pictures at these indices, in this order. */
export function selectPictures(contents: DatasetContents, indices: ArrayLike<number>): DatasetContents {
  const { labels, captions, store } = contents;
  if (store !== undefined) {
    const facts = { ...factsOf(contents), labels: pick(labels, indices), captions: pick(captions, indices) };
    return contentsInFile(facts, new SelectedPictures(store, indices));
  }
  const { pixels } = contents;
  const size = sizeOf(contents);
  const selected = new Uint8Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * size;
    selected.set(pixels.subarray(start, start + size), i * size);
  }
  return {
    ...contents,
    sha256: undefined,
    pixels: selected,
    labels: pick(labels, indices),
    captions: pick(captions, indices),
  };
}

function pick(texts: readonly string[] | undefined, indices: ArrayLike<number>): string[] | undefined {
  return texts && Array.from(indices, (index) => texts[index]!);
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
