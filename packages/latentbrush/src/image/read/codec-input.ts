import type { Sharp } from 'sharp';
import { decodeBmp } from './bmp.ts';
import type { ReadableFormat } from './file-format.ts';
import { loadSharp } from '../load-sharp.ts';

/** Refuses truncated files, but accepts harmless faults of some cameras, such as bytes between two segments. */
export const FAIL_ON = 'error';

/**
 * The input of the codecs: the bytes of a picture file or, for an unsupported format, its pixels.
 * @param name the file, for messages
 * @param maxPixels most pixels to decode; default: no limit in the codec, only our own, so that a message can name the number
 * @throws InputError when it is decoded here, and is damaged, truncated or has more than `maxPixels`
 */
export async function codecInput(
  bytes: Uint8Array,
  format: ReadableFormat,
  name: string,
  maxPixels: number | false,
): Promise<Sharp> {
  const sharp = await loadSharp();
  const limits = { limitInputPixels: maxPixels, failOn: FAIL_ON } as const;
  if (format !== 'BMP')
    return sharp(bytes, { ...limits, ...(maxPixels === false && { limitInputChannels: false }) });
  const { data, ...raw } = decodeBmp(bytes, name, maxPixels === false ? undefined : maxPixels);
  return sharp(data, { ...limits, raw });
}
