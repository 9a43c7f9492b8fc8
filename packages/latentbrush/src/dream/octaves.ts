import { zoomedRows, type Picture, type PictureRows } from '../image/index.ts';
import type { Size } from './squares.ts';

/**
 * The sizes of the octaves, from small to full: side / scaleⁱ, rounded down to whole pixels, as in the book.
 * @returns [height, width] of each
 */
export function octaveSizes(
  { height, width }: Pick<Picture, 'height' | 'width'>,
  octaves: number,
  scale: number,
): (readonly [number, number])[] {
  return Array.from({ length: octaves }, (_, index) => {
    const divisor = scale ** (octaves - 1 - index);
    return [Math.max(1, Math.trunc(height / divisor)), Math.max(1, Math.trunc(width / divisor))] as const;
  });
}

/**
 * Restores in a dream, in place, the detail that the picture lost when it was small: the original at this
 * size minus the smaller original enlarged to this size. The book adds it after each octave, because the
 * dream would blur otherwise.
 * @param dreamed the dream, changed
 * @param original the original
 * @param smaller height and width of the octave from which the dream was enlarged
 */
export function addLostDetail(dreamed: Picture, original: PictureRows, smaller: Size): void {
  const { channels, height, width, data } = dreamed;
  const sharp = zoomedRows(original, height, width);
  const blurred = zoomedRows(zoomedRows(original, ...smaller), height, width);
  for (let plane = 0; plane < channels; plane++) {
    for (let y = 0; y < height; y++) {
      const at = (plane * height + y) * width;
      const blurredRow = blurred.row(plane, y);
      const sharpRow = sharp.row(plane, y); // read last: it can be a row of the original itself, and the other reads several of these
      for (let x = 0; x < width; x++) data[at + x] = data[at + x]! + (sharpRow[x]! - blurredRow[x]!);
    }
  }
}
