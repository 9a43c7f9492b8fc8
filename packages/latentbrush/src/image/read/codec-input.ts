import type { Sharp } from 'sharp';
import { decodeBmp } from './bmp.ts';
import type { ReadableFormat } from './file-format.ts';
import { loadSharp } from '../load-sharp.ts';

/** Refuses cut-off files, but not the harmless oddities of some cameras, such as bytes between two segments. */
export const FAIL_ON = 'error';

/**
 * What the codecs work on: the bytes of a picture file or, for a format that they do not know, its pixels.
 * @param name the file, for messages
 * @param maxPixels most pixels to decode; without it no limit is set but our own, so that a message can say how many there are
 * @throws InputError when it is decoded here, and is damaged, cut off or has more than `maxPixels`
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
