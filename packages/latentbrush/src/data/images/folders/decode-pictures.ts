import { createHash } from 'node:crypto';
import { InputError } from '@latentbrush/engine';
import { counted } from '../../../counted.ts';
import type { ReadingRules } from '../../../files/list-files.ts';
import { countPicturesIn, decodeThumbnail, type ThumbnailOptions } from '../../../image/index.ts';
import type { ImageDatasetOptions } from '../image-dataset-options.ts';
import { inParallel, WORKERS } from '../in-parallel.ts';
import { convertChannels } from '../pixel-conversion.ts';
import { pictureBytesOf } from './picture-folder.ts';

/** The form into which pictures are decoded. */
export interface DecodeForm {
  readonly size: number;
  readonly channels: 1 | 3;
  readonly fit: ThumbnailOptions['fit'];
  readonly background: ThumbnailOptions['background'];
  readonly rules: ReadingRules;
}

/** What is known about the pictures that were decoded; indices are those of their paths. */
export interface Decoded {
  /** How many were tried. */
  readonly done: number;
  /** Those that cannot be read, and why: a sentence without the path at its beginning. */
  readonly skipped: readonly (readonly [index: number, reason: string])[];
  /** Files with several pictures, of which the first is used. */
  readonly several: readonly number[];
  /** Whether red, green and blue are the same in every pixel. */
  readonly isGrey: boolean;
  /** SHA-256 of each file, in hexadecimal digits; empty for one that could not be read at all. */
  readonly digests: readonly string[];
}

/** Before the first picture. */
export const START: Decoded = { done: 0, skipped: [], several: [], isGrey: true, digests: [] };

/** Bytes of decoded pictures that are collected before they are added. */
export const BLOCK_BYTES = 16 * 2 ** 20;

/**
 * Decodes the pictures of a folder, several at the same time, in blocks.
 * @param from continues after these
 * @param add gets the pixels of each block, in the order of paths and without those that cannot be read, and what is known up to its end
 * @throws InputError when none can be read
 */
export async function decodePictures(
  folder: string,
  paths: readonly string[],
  { size, channels, fit, background, rules }: DecodeForm,
  from: Decoded,
  add: (pixels: Uint8Array, decoded: Decoded) => Promise<void> | void,
  { onProgress, signal }: Pick<ImageDatasetOptions, 'onProgress' | 'signal'>,
): Promise<Decoded> {
  const plane = size * size;
  const pictureBytes = channels * plane;
  const square = { height: size, width: size, ...(fit && { fit }), ...(background && { background }) };
  const most = Math.max(4 * WORKERS, Math.floor(BLOCK_BYTES / pictureBytes));
  let { done, isGrey } = from;
  const [skipped, several, digests] = [[...from.skipped], [...from.several], [...from.digests]];
  let tried = done;
  while (done < paths.length) {
    const count = Math.min(most, paths.length - done);
    const pixels = new Uint8Array(count * pictureBytes);
    const reasons = new Map<number, string>();
    const read = async (place: number): Promise<void> => {
      const index = done + place;
      const path = paths[index]!;
      digests[index] = '';
      try {
        const bytes = await pictureBytesOf(path, rules);
        digests[index] = createHash('sha256').update(bytes).digest('hex');
        const planes = await decodeThumbnail(bytes, path, square);
        if ((await countPicturesIn(bytes, path)).count > 1) several.push(index);
        isGrey &&= isGreyPicture(planes, plane);
        pixels.set(convertChannels(planes, 3, channels, plane), place * pictureBytes);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        reasons.set(place, error.message);
      }
      onProgress?.({ done: ++tried, total: paths.length, unit: 'pictures read' });
    };
    await inParallel(count, read, signal);
    const kept = Array.from({ length: count }, (_, place) => place).filter((place) => !reasons.has(place));
    for (const [place, reason] of [...reasons].sort(([a], [b]) => a - b))
      skipped.push([done + place, withoutPath(reason, paths[done + place]!)]);
    done += count;
    await add(closeGaps(pixels, kept, pictureBytes), { done, skipped, several, isGrey, digests });
  }
  if (skipped.length === paths.length)
    throw new InputError(
      `${folder}: none of its ${counted(paths.length, 'picture')} can be read; the first: ${paths[0]}${skipped[0]?.[1]}`,
    );
  return { done, skipped, several, isGrey, digests };
}

function isGreyPicture(planes: Uint8Array, plane: number): boolean {
  for (let i = 0; i < plane; i++)
    if (planes[i] !== planes[i + plane] || planes[i] !== planes[i + 2 * plane]) return false;
  return true;
}

/** Moves the pictures of these places, in rising order, to the front and drops the rest. */
function closeGaps(pixels: Uint8Array, kept: readonly number[], size: number): Uint8Array {
  if (kept.length * size === pixels.length) return pixels;
  kept.forEach((from, to) => pixels.copyWithin(to * size, from * size, (from + 1) * size));
  return pixels.subarray(0, kept.length * size);
}

// A folder can be given by another path when its pictures are found in the cache.
function withoutPath(reason: string, path: string): string {
  return reason.startsWith(path) ? reason.slice(path.length) : `: ${reason}`;
}
