import { OptionError, words, type OptionName } from '../words.ts';

/**
 * Most pixels that a picture has: 100 x 2^20. The largest cameras people own (medium format, 11,656 x 8,742 = 101.9
 * megapixels) stay within; a few bytes that claim 60,000 x 60,000 do not. One pixel takes 12 bytes in memory.
 */
export const MAX_PIXELS = 100 * 2 ** 20;

/**
 * Refuses an enormous picture, before there is any memory for it.
 * @param name the file or option, for the message
 * @throws InputError when width x height is more than `maxPixels`
 * @example
 * image.checkPixels('cat.jpg', { height: 3000, width: 4000 }); // no more than the limit
 */
export function checkPixels(
  name: string | OptionName,
  { height, width }: { readonly height: number; readonly width: number },
  maxPixels = MAX_PIXELS,
): void {
  if (width * height <= maxPixels) return;
  throw new OptionError(
    words`${name}: has ${width}x${height} pixels (${megapixels(width * height)} megapixels), above the limit of ${megapixels(maxPixels)} megapixels; make it smaller first`,
  );
}

function megapixels(pixels: number): string {
  return (pixels / 1e6).toFixed(1);
}
