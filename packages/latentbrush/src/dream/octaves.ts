import { zoom, type Picture } from '../image/index.ts';

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
 * @param original the original at the dream's size
 * @param smaller the original at the size of the dream
 */
export function addLostDetail(dreamed: Picture, original: Picture, smaller: Picture): void {
  const sharp = original.data;
  const blurred = zoom(smaller, original.height, original.width).data;
  const { data } = dreamed;
  for (let i = 0; i < data.length; i++) data[i] = data[i]! + (sharp[i]! - blurred[i]!);
}
