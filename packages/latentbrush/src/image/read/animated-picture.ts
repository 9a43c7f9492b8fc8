import { InputError } from '@latentbrush/engine';
import type { Metadata } from 'sharp';
import { readBmpHeader } from './bmp-header.ts';
import { FAIL_ON } from './codec-input.ts';
import { pictureOf, readableFormat, refuse, whole } from './decode.ts';
import type { ReadableFormat } from './file-format.ts';
import { loadSharp } from '../load-sharp.ts';
import { readPictureBytes } from './picture-bytes.ts';
import type { Picture } from '../picture.ts';
import { MAX_PIXELS } from '../pixel-limit.ts';

/** Maximum number of pixels of an animation, over all frames: 2^28. With four bytes a pixel they need 1 GiB. */
const MAX_FRAME_PIXELS = 2 ** 28;

/** Formats with readable frames. */
const ANIMATED: readonly ReadableFormat[] = ['GIF', 'WebP'];

/** Number of pictures in a file. */
export interface PictureCount {
  /** Frames of an animation, or pages. */
  readonly count: number;
  /** Whether they are the frames of an animation that {@link readAnimation} can read. */
  readonly isAnimation: boolean;
  /** Kind of file, such as `animated PNG`, if it has several pictures but only the first can be read. */
  readonly only: string | undefined;
}

/** An animated GIF or WebP, decoded. */
export interface AnimatedPicture {
  /** Of every frame, in pixels. */
  readonly height: number;
  /** Of every frame, in pixels. */
  readonly width: number;
  /** Delay of each frame, in milliseconds. */
  readonly delays: readonly number[];
  /** Number of repetitions; 0 means forever. */
  readonly loop: number;
  /** A complete frame, as a browser shows it; the first is 0. Transparency is composited over white. */
  readonly frame: (index: number) => Picture;
}

/**
 * Number of pictures in a file: frames of an animated GIF, WebP or PNG, pages of a TIFF. Reads only the header.
 * @throws InputError when the file is missing, a folder, too large or no picture, or cannot be read
 * @example
 * console.log(await image.countPictures('cat.gif')); // { count: 3, isAnimation: true, only: undefined }
 */
export async function countPictures(path: string): Promise<PictureCount> {
  return countPicturesIn(await readPictureBytes(path), path);
}

/**
 * Number of pictures in the bytes of a file; see {@link countPictures}.
 * @param path the file, for messages
 * @throws InputError when they are not a picture
 */
export async function countPicturesIn(bytes: Uint8Array, path: string): Promise<PictureCount> {
  const format = readableFormat(bytes, path);
  if (format === 'JPEG') return { count: 1, isAnimation: false, only: undefined };
  if (format === 'PNG') {
    const count = Math.max(1, framesOfPng(bytes));
    return { count, isAnimation: false, only: count > 1 ? 'animated PNG' : undefined };
  }
  const count = await pagesOf(bytes, format, path);
  const isAnimation = count > 1 && ANIMATED.includes(format);
  return { count, isAnimation, only: count > 1 && !isAnimation ? format : undefined };
}

/**
 * Reads all frames of an animated GIF or WebP.
 * @throws InputError when the file is no such animation, cannot be read, or has more than 2^28 pixels in all frames (1,118 of 600x400)
 * @example
 * const { delays, frame } = await image.readAnimation('cat.gif');
 * const pictures = await Promise.all(delays.map((_, index) => frame(index)));
 * console.log(pictures.length); // 3
 */
export async function readAnimation(path: string): Promise<AnimatedPicture> {
  const bytes = await readPictureBytes(path);
  const format = readableFormat(bytes, path);
  const pages = await pagesOf(bytes, format, path);
  if (pages < 2 || !ANIMATED.includes(format))
    throw new InputError(`${path}: is not an animation; an animated GIF or WebP is needed`);
  const { width, height, delay = [], loop = 0 } = await headerOf(bytes, format, path);
  const pixels = width * height * pages;
  if (pixels > MAX_FRAME_PIXELS) {
    throw new InputError(
      `${path}: has ${pages} frames of ${width}x${height}, ${megapixels(pixels)} megapixels in all, above the limit of ${megapixels(MAX_FRAME_PIXELS)}; make it shorter or smaller first`,
    );
  }
  const sharp = await loadSharp();
  const input = sharp(bytes, { pages: -1, limitInputPixels: pixels, failOn: FAIL_ON });
  const raw = input.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const { data, info } = await whole(raw, format, path);
  const size = width * height * info.channels;
  if (data.length !== size * pages)
    throw new Error(`sharp: gave ${data.length} samples for ${pages} frames of ${width}x${height}`);
  return {
    height,
    width,
    delays: Array.from({ length: pages }, (_, index) => delay[index] ?? 0),
    loop,
    frame: (index) => {
      const samples = data.subarray(index * size, (index + 1) * size);
      return pictureOf({ data: samples, channels: info.channels, height, width });
    },
  };
}

async function pagesOf(bytes: Uint8Array, format: ReadableFormat, path: string): Promise<number> {
  if (format !== 'BMP') return (await headerOf(bytes, format, path)).pages ?? 1;
  readBmpHeader(bytes, path); // names the fault
  return 1;
}

async function headerOf(bytes: Uint8Array, format: ReadableFormat, path: string): Promise<Metadata> {
  const sharp = await loadSharp();
  const header = sharp(bytes, { limitInputPixels: false, limitInputChannels: false, failOn: FAIL_ON });
  const metadata = await whole(header.metadata(), format, path);
  refuse(metadata, path, MAX_PIXELS);
  return metadata;
}

/** Frames of an animated PNG by its chunk acTL, which comes before the first IDAT (W3C, PNG third edition, 11.3.6.1); 0 of any other. */
function framesOfPng(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === 'IDAT') return 0;
    if (type === 'acTL') return view.getUint32(at + 8);
  }
  return 0;
}

function megapixels(pixels: number): string {
  return (pixels / 1e6).toFixed(1);
}
