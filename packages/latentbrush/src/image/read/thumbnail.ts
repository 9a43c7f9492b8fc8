import { openPicture, readableFormat, whole } from './decode.ts';
import { MAX_PIXELS } from '../pixel-limit.ts';
import { planesOf } from './planes.ts';

/** The new size of a picture, and how to fit it. */
export interface ThumbnailOptions {
  readonly height: number;
  readonly width: number;
  /**
   * `cover` (the default) fills the size and crops the rest around the centre. `contain` shows all of the picture and fills the rest with
   * the background. `fill` stretches. These are the names of sharp.
   */
  readonly fit?: 'cover' | 'contain' | 'fill';
  /** The background of transparent pixels and beside the picture: red, green, blue from 0 to 255. Default white. */
  readonly background?: readonly [red: number, green: number, blue: number];
  /** Maximum number of pixels, width x height, to decode; default {@link MAX_PIXELS}. */
  readonly maxPixels?: number;
}

/**
 * A small version of a picture file as bytes, for many pictures in turn. The codecs decode it, apply its orientation, convert it to sRGB
 * and resize it (Lanczos, three lobes) in one pass, without the whole picture in memory. Large JPEG files are decoded at a fraction of
 * their size. Values are rounded to 0..255.
 * @param name the file, for messages
 * @returns `[3, height, width]`: red, green, blue
 * @throws InputError when the bytes are empty, no picture, damaged, truncated, or have more than `maxPixels`
 * @example
 * const bytes = await image.encodePicture(await image.readPicture('cat.jpg'), 'png');
 * const rgb = await image.decodeThumbnail(bytes, 'cat.png', { height: 32, width: 32 });
 * console.log(rgb.length); // 3072
 */
export async function decodeThumbnail(
  bytes: Uint8Array,
  name: string,
  { height, width, fit = 'cover', background = [255, 255, 255], maxPixels = MAX_PIXELS }: ThumbnailOptions,
): Promise<Uint8Array> {
  const format = readableFormat(bytes, name);
  const { source } = await openPicture(bytes, format, name, maxPixels);
  const [r, g, b] = background;
  const work = source
    .autoOrient()
    .flatten({ background: { r, g, b } })
    .resize({ width, height, fit, kernel: 'lanczos3', background: { r, g, b } })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { data, info } = await whole(work, format, name);
  if (info.channels < 3 || data.length !== info.channels * width * height)
    throw new Error(
      `sharp: gave ${data.length} bytes for ${width}x${height} pixels, ${info.channels} channels`,
    );
  return planesOf(data, info.channels, 3);
}

/**
 * A small version of a picture file as a WebP file, by the codecs alone, like {@link decodeThumbnail}: large photographs are never in memory
 * whole. A picture that is small enough keeps its size.
 * @param name the file, for messages
 * @param longest its longest side in pixels
 * @throws InputError when the bytes are empty, no picture, damaged, truncated or too large
 */
export async function webpThumbnail(bytes: Uint8Array, name: string, longest: number): Promise<Uint8Array> {
  const format = readableFormat(bytes, name);
  const { source } = await openPicture(bytes, format, name, MAX_PIXELS);
  const work = source
    .autoOrient()
    .flatten({ background: 'white' })
    .resize({ width: longest, height: longest, fit: 'inside', withoutEnlargement: true, kernel: 'lanczos3' })
    .toColourspace('srgb')
    .webp({ quality: 82 })
    .toBuffer();
  return whole(work, format, name);
}
