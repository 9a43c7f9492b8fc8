import { OptionError, words, type OptionName } from '../words.ts';

/**
 * Maximum number of pixels of a picture: 100 x 2^20. The largest common cameras (medium format, 11,656 x 8,742 = 101.9 megapixels) stay below it; a
 * small file that declares 60,000 x 60,000 does not. One pixel takes 12 bytes in memory.
 */
export const MAX_PIXELS = 100 * 2 ** 20;

/**
 * Refuses an enormous picture before its allocation.
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
