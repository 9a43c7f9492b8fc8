import { extname } from 'node:path';
import { InputError } from '@latentbrush/engine';
import type { Sharp } from 'sharp';
import { writeFileAtomic } from '../../files/atomic-file.ts';
import { loadSharp } from '../load-sharp.ts';
import { type Picture } from '../picture.ts';
import { type Recipe } from '../recipe/recipe.ts';
import { recipeXmp } from '../recipe/recipe-xmp.ts';
import { rgbBytes } from './rgb-bytes.ts';

/** A format of pictures. PNG and TIFF are lossless. */
export type PictureFormat = 'png' | 'jpeg' | 'webp' | 'avif' | 'tiff';

/** How to encode a picture. */
export interface EncodeOptions {
  /**
   * Quality of JPEG, WebP and AVIF, from 1 to 100. Default 95 for JPEG (the highest that the libjpeg documentation recommends), 90 for WebP
   * and 80 for AVIF, which look similar.
   */
  readonly quality?: number;
  /** How the picture was made, to store in the file; see {@link Recipe}. */
  readonly recipe?: Recipe;
}

const EXTENSIONS: Readonly<Record<string, PictureFormat>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
  '.avif': 'avif',
  '.tif': 'tiff',
  '.tiff': 'tiff',
};

/** Longest side in pixels that the encoders accept: libjpeg, RFC 9649 2.6 (WebP), libheif, RFC 2083 4.1.1 (PNG), TIFF 6.0. */
const LONGEST_SIDE: Readonly<Record<PictureFormat, number>> = {
  png: 2 ** 31 - 1,
  jpeg: 65_500,
  webp: 16_383,
  avif: 16_384,
  tiff: 2 ** 31 - 1,
};

/**
 * The format that a file is written in by its extension: png, jpg, jpeg, webp, avif, tif or tiff. Call it before long work, not after it.
 * @throws InputError for any other extension, with the list of these
 * @example
 * console.log(image.formatOfPath('dream.jpg')); // jpeg
 */
export function formatOfPath(path: string): PictureFormat {
  const extension = extname(path);
  const format = EXTENSIONS[extension.toLowerCase()];
  if (format !== undefined) return format;
  const what = extension === '' ? 'has no extension' : `"${extension}" is not an extension of a picture file`;
  throw new InputError(`${path}: ${what} that can be written; use ${Object.keys(EXTENSIONS).join(', ')}`);
}

/**
 * Writes a picture whole or not at all, in the format of the path's extension; see {@link encodePicture}.
 * @throws InputError when the extension is unknown, the picture too large for the format, or the path not writable
 * @example
 * await image.writePicture('black.png', image.picture(3, 64, 64));
 */
export async function writePicture(
  path: string,
  source: Picture,
  options: EncodeOptions = {},
): Promise<void> {
  const format = formatOfPath(path);
  await writeFileAtomic(path, await encodePicture(source, format, options));
}

/**
 * A picture as the bytes of a file. Values are rounded to whole numbers and clipped to 0..255. JPEG keeps the colours
 * at full resolution (4:4:4): subsampled ones blur the fine saturated texture of dreams. WebP cannot (RFC 6386, 2).
 * @throws InputError when the format cannot hold a picture of this size
 * @throws when the picture contains a NaN
 * @example
 * const bytes = await image.encodePicture(image.picture(3, 64, 64), 'webp', { quality: 80 });
 */
export async function encodePicture(
  source: Picture,
  format: PictureFormat,
  { quality, recipe }: EncodeOptions = {},
): Promise<Uint8Array> {
  const { channels, height, width } = source;
  refuse(source, format);
  const sharp = await loadSharp();
  const bytes = channels === 1 ? Uint8ClampedArray.from(source.data) : rgbBytes(source);
  const image = sharp(bytes, { raw: { width, height, channels }, limitInputPixels: false });
  const grey = channels === 1 ? image.toColourspace('b-w') : image;
  return encoded(recipe === undefined ? grey : grey.withXmp(recipeXmp(recipe)), format, quality).toBuffer();
}

function encoded(image: Sharp, format: PictureFormat, quality: number | undefined): Sharp {
  switch (format) {
    case 'png':
      return image.png();
    case 'jpeg':
      return image.jpeg({ quality: quality ?? 95, chromaSubsampling: '4:4:4' });
    case 'webp':
      return image.webp({ quality: quality ?? 90, smartSubsample: true });
    case 'avif':
      // With the default effort, 4, the encoder needs five times as long for a file of the same size.
      return image.avif({ quality: quality ?? 80, chromaSubsampling: '4:4:4', effort: 3 });
    case 'tiff':
      return image.tiff({ compression: 'deflate', predictor: 'horizontal' });
  }
}

function refuse({ height, width, data }: Picture, format: PictureFormat): void {
  const longest = LONGEST_SIDE[format];
  if (Math.max(height, width) > longest) {
    throw new InputError(
      `picture: ${width}x${height} pixels are too many for ${format.toUpperCase()}, whose sides have at most ${longest}; write a PNG`,
    );
  }
  const wrong = data.findIndex((value) => Number.isNaN(value));
  if (wrong < 0) return;
  throw new Error(`picture: value ${wrong} of ${data.length} is NaN; the computation that made it failed`);
}
