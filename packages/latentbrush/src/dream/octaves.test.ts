import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { picture, rowsOf, zoom } from '../image/index.ts';
import { noise } from '../image/testing/noise.ts';
import { addLostDetail, octaveSizes } from './octaves.ts';
import { pixelRows, toPixels } from './pixels.ts';

/** The loop of the book: shapes = [original, int(original / scale), int(original / scale²) ...], reversed. */
function booksShapes(original: readonly [number, number], octaves: number, scale: number): number[][] {
  const shapes: number[][] = [[...original]];
  for (let i = 1; i < octaves; i++) shapes.push(original.map((side) => Math.floor(side / scale ** i)));
  return shapes.reverse();
}

describe('sizes of octaves', () => {
  it('of a picture of 525x350 pixels', () => {
    expect(octaveSizes(picture(3, 350, 525), 3, 1.4)).toEqual([
      [178, 267],
      [250, 375],
      [350, 525],
    ]);
  });

  it('are the sides divided by powers of the scale, rounded down, and end with the picture', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 50, max: 300 }), fc.integer({ min: 50, max: 300 })),
        fc.integer({ min: 1, max: 6 }),
        fc.double({ min: 1.05, max: 2, noNaN: true }),
        (size, octaves, scale) => {
          const sizes = octaveSizes(picture(1, ...size), octaves, scale);
          expect(sizes).toEqual(booksShapes(size, octaves, scale));
          expect(sizes).toHaveLength(octaves);
          expect(sizes.at(-1)).toEqual(size);
        },
      ),
    );
  });

  it('are at least one pixel', () => {
    expect(octaveSizes(picture(1, 3, 100), 3, 8)).toEqual([
      [1, 1],
      [1, 12],
      [3, 100],
    ]);
  });
});

describe('lost detail', () => {
  // lost_detail = same_size_original - upscaled_shrunk_original; img += lost_detail
  it('is added by the formula of the book', () => {
    const [original, dreamed] = [noise(1, 3, 9, 8), noise(3, 3, 9, 8)];
    const before = dreamed.data.slice();
    addLostDetail(dreamed, rowsOf(original), [6, 5]);
    const upscaled = zoom(zoom(original, 6, 5), 9, 8).data;
    dreamed.data.forEach((value, i) =>
      expect(value).toBeCloseTo(before[i]! + original.data[i]! - upscaled[i]!, 3),
    );
  });

  it('turns a small picture, resized, into the picture itself', () => {
    const original = noise(1, 3, 20, 14);
    const smaller = zoom(original, 10, 7);
    const enlarged = zoom(smaller, 20, 14);
    addLostDetail(enlarged, rowsOf(original), [10, 7]);
    enlarged.data.forEach((value, i) => expect(value).toBeCloseTo(original.data[i]!, 3));
  });

  it('is that of the middle octaves, too, whose original is itself smaller', () => {
    const [original, dreamed] = [noise(1, 3, 20, 14), noise(3, 3, 10, 7)];
    const before = dreamed.data.slice();
    addLostDetail(dreamed, pixelRows(original), [5, 4]);
    const pixels = toPixels(original);
    const [sharp, upscaled] = [zoom(pixels, 10, 7).data, zoom(zoom(pixels, 5, 4), 10, 7).data];
    expect(dreamed.data).toEqual(before.map((value, i) => value + (sharp[i]! - upscaled[i]!)));
  });

  it('is exactly 0 where nothing was lost', () => {
    const [original, dreamed] = [noise(1, 3, 9, 8), noise(3, 3, 9, 8)];
    const before = dreamed.data.slice();
    addLostDetail(dreamed, rowsOf(original), [9, 8]);
    expect(dreamed.data).toEqual(before);
  });
});
