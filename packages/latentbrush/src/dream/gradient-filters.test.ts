import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { picture, type Picture } from '../image/index.ts';
import { noise } from '../image/testing/noise.ts';
import { symmetricEigen, type Matrix3 } from '../image/edit/symmetric-eigen.ts';
import { decorrelated, gaussianBlur, laplacianNormalized } from './gradient-filters.ts';

/** Σ over a square window of G(dy) G(dx) x, directly; outside the picture, the nearest pixel is used. */
function naiveBlur({ channels, height, width, data }: Picture, sigma: number): number[] {
  const reach = Math.ceil(3 * sigma);
  const offsets = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  const bell = (d: number): number => Math.exp(-(d ** 2) / (2 * sigma ** 2));
  const total = offsets.reduce((sum, d) => sum + bell(d), 0) ** 2;
  const within = (at: number, length: number): number => Math.min(Math.max(at, 0), length - 1);
  return Array.from({ length: channels * height * width }, (_, i) => {
    const [x, y, plane] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
    let sum = 0;
    for (const dy of offsets)
      for (const dx of offsets) {
        const at = (plane * height + within(y + dy, height)) * width + within(x + dx, width);
        sum += (bell(dy) * bell(dx) * data[at]!) / total;
      }
    return sum;
  });
}

describe('Gaussian blur', () => {
  it('computes the convolution with the two-dimensional bell', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0.3, max: 4, noNaN: true }),
        (height, width, sigma) => {
          const source = noise(1, 3, height, width);
          const expected = naiveBlur(source, sigma);
          gaussianBlur(source, sigma).data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 3));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('does not change a constant', () => {
    const flat = picture(3, 5, 7, new Float32Array(105).fill(-3.25));
    gaussianBlur(flat, 2).data.forEach((value) => expect(value).toBeCloseTo(-3.25, 5));
  });

  it('spreads a point evenly and keeps its sum', () => {
    const point = picture(1, 15, 15);
    point.data[7 * 15 + 7] = 10;
    const { data } = gaussianBlur(point, 1.5);
    expect(data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(10, 4);
    const at = (row: number, column: number): number => data[row * 15 + column]!;
    expect(at(7, 9)).toBeCloseTo(at(9, 7), 6);
    expect(at(7, 9)).toBeCloseTo(at(7, 5), 6);
    expect(at(7, 9) / at(7, 7)).toBeCloseTo(Math.exp(-4 / (2 * 1.5 ** 2)), 5);
  });

  it('with a deviation of 0 changes nothing', () => {
    const source = noise(2, 3, 4, 4);
    expect(gaussianBlur(source, 0)).toEqual(source);
  });

  it('does not change its source', () => {
    const source = noise(2, 3, 6, 5);
    const before = source.data.slice();
    gaussianBlur(source, 1);
    expect(source.data).toEqual(before);
  });
});

describe('decorrelated colours', () => {
  /** The matrix that decorrelates a gradient: its columns are the images of red, green and blue. */
  const columns = [0, 1, 2].map((channel) => {
    const unit = picture(3, 1, 1);
    unit.data[channel] = 1;
    return [...decorrelated(unit).data];
  });
  const matrix = [0, 1, 2].map((row) => columns.map((column) => column[row]!)) as unknown as Matrix3;

  it("mix by M Mᵀ, where M is the root of ImageNet's correlation over its longest column, as in Lucid", () => {
    const longest = Math.hypot(0.26, 0.27, 0.27);
    expect(matrix[0][0]).toBeCloseTo((0.26 ** 2 + 0.09 ** 2 + 0.02 ** 2) / longest ** 2, 6);
    expect(matrix[1][1]).toBeCloseTo((0.27 ** 2 + 0.05 ** 2) / longest ** 2, 6);
    expect(matrix[0][2]).toBeCloseTo((0.26 * 0.27 - 0.09 ** 2 + 0.02 * 0.03) / longest ** 2, 6);
  });

  it('mix symmetrically, never against the gradient: all eigenvalues are above 0', () => {
    for (const [row, column] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      expect(matrix[row][column]).toBe(matrix[column][row]);
    expect(Math.min(...symmetricEigen(matrix).values)).toBeGreaterThan(0);
  });

  it('favour changes equal in all colours, as in photographs', () => {
    const gain = (red: number, green: number, blue: number): number =>
      Math.hypot(...decorrelated(picture(3, 1, 1, Float32Array.of(red, green, blue))).data) /
      Math.hypot(red, green, blue);
    expect(gain(1, 1, 1)).toBeGreaterThan(5 * gain(1, 0, -1));
    expect(gain(1, 1, 1)).toBeGreaterThan(5 * gain(1, -2, 1));
  });

  it('mix pixel by pixel', () => {
    const source = noise(3, 3, 2, 3);
    const { data } = decorrelated(source);
    for (let pixel = 0; pixel < 6; pixel++) {
      const own = picture(3, 1, 1, Float32Array.of(...[0, 1, 2].map((c) => source.data[c * 6 + pixel]!)));
      expect([0, 1, 2].map((c) => data[c * 6 + pixel])).toEqual([...decorrelated(own).data]);
    }
  });
});

describe('Laplacian normalisation', () => {
  const rms = (values: Float32Array): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  /** Waves of two lengths, the long one a thousand times as faint. */
  const waves = (long: number): Picture =>
    picture(
      1,
      64,
      64,
      Float32Array.from({ length: 64 * 64 }, (_, i) => {
        const x = i % 64;
        return Math.sin((2 * Math.PI * x) / 4) + long * Math.sin((2 * Math.PI * x) / 32);
      }),
    );
  /** How much of a wave of a length is in the rows, away from the borders. */
  const strength = ({ data }: Picture, length: number): number => {
    let [sine, cosine] = [0, 0];
    for (let i = 0; i < data.length; i++) {
      const angle = (2 * Math.PI * (i % 64)) / length;
      sine += data[i]! * Math.sin(angle);
      cosine += data[i]! * Math.cos(angle);
    }
    return (2 * Math.hypot(sine, cosine)) / data.length;
  };

  it('without levels scales the whole to root mean square 1', () => {
    expect(rms(laplacianNormalized(noise(5, 3, 12, 9), 0).data)).toBeCloseTo(1, 5);
  });

  it('amplifies a long wave, a thousand times weaker than a fine one, to a similar strength', () => {
    const faint = waves(0.001);
    expect(strength(faint, 32) / strength(faint, 4)).toBeLessThan(0.01);
    const even = laplacianNormalized(faint, 4);
    expect(strength(even, 32) / strength(even, 4)).toBeGreaterThan(0.1);
    expect(strength(even, 4)).toBeGreaterThan(0.1);
  });

  it('does not depend on the scale of the gradient, only on its sign', () => {
    const source = noise(6, 3, 30, 41);
    const scaled = { ...source, data: source.data.map((value) => -1e-4 * value) };
    const [a, b] = [laplacianNormalized(source, 3), laplacianNormalized(scaled, 3)];
    a.data.forEach((value, i) => expect(b.data[i]).toBeCloseTo(-value, 3));
  });

  it('does not change a gradient of zeros, and accepts one of a single pixel', () => {
    expect([...laplacianNormalized(picture(3, 9, 9), 4).data]).toEqual(new Array(243).fill(0));
    expect(laplacianNormalized(picture(3, 1, 1, Float32Array.of(2, 2, 2)), 4).data[0]).toBeCloseTo(1, 5);
  });
});
