import { InputError, type Random } from '@latentbrush/engine';
import type { ReadingRules } from '../../files/list-files.ts';
import type { ThumbnailOptions } from '../../image/index.ts';
import { storeOf, type DatasetContents } from './image-dataset.ts';

/** Progress of a long load. */
export interface LoadProgress {
  readonly done: number;
  /** Null while it is unknown. */
  readonly total: number | null;
  readonly unit: 'bytes downloaded' | 'pictures read' | 'pictures drawn';
}

/** Where to find a data set of pictures, and how to load it. */
export interface ImageDatasetOptions extends Pick<ThumbnailOptions, 'fit' | 'background'> {
  /** Height and width in pixels, 8 to 1024. Default: the data set's own, or {@link sizeOtherwise} if it has none. */
  readonly size?: number | undefined;
  /** Height and width for sources without a size: a folder of pictures, emoji. Default 64. */
  readonly sizeOtherwise?: number | undefined;
  /** 1 (grey) or 3 (red, green, blue). Default: the data set's own; for a folder 1 if all its pictures are grey; 3 for emoji. */
  readonly channels?: 1 | 3 | undefined;
  /** Use at most this many pictures, evenly spread over the data set, or drawn by `random`. Default: all. */
  readonly limit?: number;
  /** Draws the pictures for `limit`. */
  readonly random?: Random;
  /** Folder with local copies; default: the environment variable LATENTBRUSH_DATA_DIR, else none. */
  readonly dataDir?: string | undefined;
  /** Bytes of the picture files of a folder from which the decoded pictures stay in a file of the cache. Default 8 MiB. */
  readonly packedFrom?: number | undefined;
  /** Folder for downloads, drawn emoji and decoded pictures; default: LATENTBRUSH_CACHE_DIR, else the cache folder of the platform. */
  readonly cacheDir?: string | undefined;
  /** No network access. Default false. */
  readonly offline?: boolean | undefined;
  /** Rules for reading a folder of pictures. Default: the newest; 1 has those of version 0.1.0, for runs that it trained. */
  readonly rules?: ReadingRules | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Maximum memory to use, in GiB; default 80 % of the free memory. */
  readonly maxMemory?: number;
  /** Maximum number of bytes of one file, decompressed; default 1 GiB. */
  readonly maxBytes?: number | undefined;
}

/** The result of reading a data set. */
export interface DatasetParts {
  readonly train: DatasetContents;
  readonly test: DatasetContents | undefined;
  /** A note for the reader: a part that is missing, or a part that replaces it. */
  readonly note?: string;
}

/**
 * The training set and the test set. If only a test set was found, it becomes the training set, and the note says so.
 * @param name the data set, with the searched places
 * @throws InputError when there is neither
 */
export function datasetParts(
  train: DatasetContents | undefined,
  test: DatasetContents | undefined,
  { name, folder }: { readonly name: string; readonly folder: string },
): DatasetParts {
  if (train !== undefined) return { train, test };
  if (test === undefined) throw new InputError(`${folder}: contains no pictures of ${name}`);
  const { count } = storeOf(test);
  const note =
    `${name}: ${folder} has only the test files: ` +
    `training uses their ${count} pictures, and no test pictures are left`;
  return { train: test, test: undefined, note };
}

/** Possible sides of pictures. */
export const [SMALLEST_SIDE, LARGEST_SIDE] = [8, 1024] as const;

/** Default height and width for sources without a size. */
export const SIZE_OTHERWISE = 64;

/** @throws InputError for an invalid size or limit */
export function checkOptions({
  size: given,
  sizeOtherwise,
  limit,
  channels,
}: Pick<ImageDatasetOptions, 'size' | 'sizeOtherwise' | 'limit'> & {
  readonly channels?: number | undefined;
}): void {
  const size = given ?? sizeOtherwise;
  if (size !== undefined && !(Number.isInteger(size) && size >= SMALLEST_SIDE && size <= LARGEST_SIDE))
    throw new InputError(
      `size: ${size} was given; a whole number of pixels from ${SMALLEST_SIDE} to ${LARGEST_SIDE} is needed`,
    );
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1))
    throw new InputError(`limit: ${limit} was given; a whole number of pictures, at least 1, is needed`);
  if (channels !== undefined && channels !== 1 && channels !== 3)
    throw new InputError(`channels: ${channels} was given; 1 (grey) or 3 (colour) is needed`);
}

/**
 * Indices of the pictures to use, in rising order: all, or `limit` evenly spread or drawn ones.
 * @param count how many there are
 */
export function chosenPictures(
  count: number,
  { limit = count, random }: Pick<ImageDatasetOptions, 'limit' | 'random'>,
): Uint32Array {
  if (limit >= count) return Uint32Array.from({ length: count }, (_, i) => i);
  if (random !== undefined) return random.permutation(count).subarray(0, limit).sort();
  return Uint32Array.from({ length: limit }, (_, i) => Math.floor((i * count) / limit));
}
