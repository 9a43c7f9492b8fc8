import * as fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { picture, type Picture } from '../picture.ts';
import { fitWithin, resize, sizeWithin } from './resize.ts';

const sides = fc.integer({ min: 1, max: 40 });

describe('resize', () => {
  it('does not change a single colour, with fractions and beyond 0..255', () => {
    fc.assert(
      fc.property(sides, sides, sides, sides, fc.float({ min: -300, max: 600, noNaN: true }), (...sizes) => {
        const [fromHeight, fromWidth, height, width, value] = sizes;
        const source = picture(1, fromHeight, fromWidth);
        source.data.fill(value);
        for (const found of resize(source, { height, width }).data) {
          expect(Math.abs(found - value)).toBeLessThan(1e-4);
        }
      }),
    );
  });

  it.each([
    ['half the size', 48, 64],
    ['a third', 32, 43],
    ['other proportions', 70, 20],
  ])('shrinks like sharp for 8-bit pixels, within its rounding: to %s', async (_, height, width) => {
    const source = waves(96, 128);
    const bytes = Uint8Array.from(source.data);
    const theirs = await sharp(bytes, { raw: { width: 128, height: 96, channels: 1 } })
      .resize({ width, height, fit: 'fill', kernel: 'lanczos3' })
      .extractChannel(0)
      .raw()
      .toBuffer();
    const ours = resize(source, { height, width });
    const errors = ours.data.map((value, i) => Math.abs(value - theirs[i]!));
    // The outermost pixels differ: sharp repeats the edge, we scale the weights.
    const inner = errors.filter((_, i) => isInner(i, height, width, 7));
    expect(Math.max(...inner)).toBeLessThanOrEqual(2); // it rounds to bytes twice
  });

  it('enlarges by an odd factor so that each source pixel stays unchanged at its new centre', () => {
    const source = waves(12, 17);
    const large = resize(source, { height: 36, width: 51 });
    source.data.forEach((value, i) => {
      const y = 3 * Math.floor(i / 17) + 1;
      const x = 3 * (i % 17) + 1;
      expect(large.data[y * 51 + x]).toBeCloseTo(value, 3);
    });
  });

  it('shrinks without aliasing: a fine checkerboard becomes even grey', () => {
    const data = Float32Array.from({ length: 64 * 64 }, (_, i) => ((i + (i >> 6)) % 2) * 255);
    const { data: small } = resize(picture(1, 64, 64, data), { height: 16, width: 16 });
    for (const value of small) expect(Math.abs(value - 127.5)).toBeLessThan(2);
  });

  it('keeps a ramp a ramp: the sampling points are pixel centres', () => {
    const data = Float32Array.from({ length: 40 }, (_, i) => i);
    const wide = resize(picture(1, 1, 40, data), { width: 80, height: 1 });
    for (let x = 10; x < 70; x++) expect(wide.data[x]).toBeCloseTo(x / 2 - 0.25, 1);
  });

  it('keeps the channels apart', () => {
    const source = picture(
      3,
      4,
      4,
      Float32Array.from({ length: 48 }, (_, i) => Math.floor(i / 16) * 100),
    );
    const { data } = resize(source, { height: 9, width: 3 });
    data.forEach((value, i) => expect(value).toBeCloseTo(Math.floor(i / 27) * 100, 3));
  });

  it('keeps the proportions when one side is given', () => {
    expect(sizeOf(resize(waves(60, 90), { height: 20 }))).toEqual([20, 30]);
    expect(sizeOf(resize(waves(60, 90), { width: 45 }))).toEqual([30, 45]);
    expect(sizeOf(resize(waves(60, 90), {}))).toEqual([60, 90]);
    expect(sizeOf(resize(waves(1, 90), { width: 9 }))).toEqual([1, 9]);
  });

  it('fit inside: no side above the given one, and one of them equal to it', () => {
    fc.assert(
      fc.property(sides, sides, sides, sides, (fromHeight, fromWidth, height, width) => {
        const found = resize(waves(fromHeight, fromWidth), { height, width, fit: 'inside' });
        expect(found.height).toBeLessThanOrEqual(height);
        expect(found.width).toBeLessThanOrEqual(width);
        expect(found.height === height || found.width === width).toBe(true);
      }),
    );
  });

  it('fit cover: exactly the given size, from the centre', () => {
    fc.assert(
      fc.property(sides, sides, sides, sides, (fromHeight, fromWidth, height, width) => {
        expect(sizeOf(resize(waves(fromHeight, fromWidth), { height, width, fit: 'cover' }))).toEqual([
          height,
          width,
        ]);
      }),
    );
    const stripes = picture(1, 2, 6, Float32Array.of(0, 0, 7, 7, 0, 0, 0, 0, 7, 7, 0, 0));
    expect([...resize(stripes, { height: 2, width: 2, fit: 'cover' }).data]).toEqual([7, 7, 7, 7]);
  });

  it.each([0, -3, 1.5, Number.NaN])('refuses a side of %s pixels', (side) => {
    expect(() => resize(waves(4, 4), { height: side, width: 4, fit: 'inside' })).toThrow(
      'whole numbers of pixels, at least 1',
    );
  });
});

describe('fitWithin', () => {
  it('shrinks the longer side to the limit and never enlarges', () => {
    expect(sizeOf(fitWithin(waves(30, 90), 45))).toEqual([15, 45]);
    expect(sizeOf(fitWithin(waves(90, 30), 45))).toEqual([45, 15]);
    const small = waves(10, 20);
    expect(fitWithin(small, 20)).toBe(small);
  });

  it('gives the size of sizeWithin', () => {
    fc.assert(
      fc.property(sides, sides, sides, (height, width, longest) => {
        const { height: rows, width: columns } = sizeWithin({ height, width }, longest);
        expect(sizeOf(fitWithin(picture(1, height, width), longest))).toEqual([rows, columns]);
        const inside = resize(picture(1, height, width), { height: longest, width: longest, fit: 'inside' });
        if (longest < Math.max(height, width)) expect([rows, columns]).toEqual(sizeOf(inside));
        else expect([rows, columns]).toEqual([height, width]);
      }),
    );
  });
});

function sizeOf({ height, width }: Picture): [number, number] {
  return [height, width];
}

/** A smooth grey picture of whole numbers. */
function waves(height: number, width: number): Picture {
  const data = Float32Array.from({ length: height * width }, (_, i) => {
    const y = Math.floor(i / width);
    const x = i % width;
    return Math.round(127 + 60 * Math.sin(x / 5) + 60 * Math.cos(y / 4 + x / 11));
  });
  return picture(1, height, width, data);
}

function isInner(i: number, height: number, width: number, margin: number): boolean {
  const y = Math.floor(i / width);
  const x = i % width;
  return y >= margin && y < height - margin && x >= margin && x < width - margin;
}
