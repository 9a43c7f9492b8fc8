import { zoom, type Picture } from '../image/index.ts';

/**
 * The sizes a picture is dreamed at, from small to whole: side / scaleⁱ, cut to whole pixels, as the book does.
 * @returns [height, width] of each
 */
export function octaveSizes(
  { height, width }: Picture,
  octaves: number,
  scale: number,
): (readonly [number, number])[] {
  return Array.from({ length: octaves }, (_, index) => {
    const divisor = scale ** (octaves - 1 - index);
    return [Math.max(1, Math.trunc(height / divisor)), Math.max(1, Math.trunc(width / divisor))] as const;
  });
}

/**
 * What a picture loses by having been small: the original at a size, less the smaller original brought to that size. The book adds it
 * to the dream after each octave, which would blur otherwise.
 */
export function lostDetail(
  original: Picture,
  smaller: Picture,
  [height, width]: readonly [number, number],
): Picture {
  const sharp = zoom(original, height, width);
  const blurred = zoom(smaller, height, width);
  return { ...sharp, data: sharp.data.map((value, i) => value - blurred.data[i]!) };
}
