import { Random } from '@latentbrush/engine';
import { assert, double, property } from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Picture } from '../image/index.ts';
import { noise } from '../image/testing/noise.ts';
import {
  gridPoints,
  gridSheet,
  inverseNormal,
  normalQuantiles,
  reconstructionSheet,
  sheetScale,
} from './sheets.ts';
import { small, untrained } from './testing/untrained.ts';
import { Vae } from './model.ts';

function model(): Vae {
  const vae = new Vae(untrained(), { threads: 1 });
  onTestFinished(() => vae.release());
  return vae;
}

/** A tile of a sheet, before it was enlarged, in its first channel. */
function tile({ data, width }: Picture, top: number, left: number, size: number, scale: number): number[] {
  return Array.from(
    { length: size ** 2 },
    (_, i) => data[(top + Math.floor(i / size) * scale) * width + left + (i % size) * scale]!,
  );
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, 2);
}

describe('inverseNormal', () => {
  it.each([
    [1e-10, -6.361340902404056],
    [1e-6, -4.753424308822899],
    [0.001, -3.090232306167813],
    [0.02425, -1.9729610513118845],
    [0.025, -1.9599639845400538],
    [0.3, -0.5244005127080407],
    [0.5, 0],
    [0.975, 1.9599639845400538],
  ])('of %d is %d, as Python has it', (p, expected) => {
    expect(Math.abs(inverseNormal(p) - expected)).toBeLessThanOrEqual(1.2e-9 * Math.abs(expected));
  });

  it('is the inverse of the distribution function', () => {
    assert(
      property(double({ min: 1e-4, max: 0.9999, noNaN: true }), (p) => {
        expect(Math.abs(normal(inverseNormal(p)) - p)).toBeLessThan(1e-8);
      }),
    );
  });
});

/** Distribution function of the normal distribution: 1/2 + φ(x) Σ x^(2k+1) / (1 · 3 · 5 ... (2k+1)). */
function normal(x: number): number {
  let [term, sum] = [x, x];
  for (let k = 1; k < 100; k++) {
    term *= x ** 2 / (2 * k + 1);
    sum += term;
  }
  return 0.5 + (Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

describe('the grid', () => {
  it("has the book's 15 values: scipy's norm.ppf(linspace(0.05, 0.95, 15))", () => {
    const values = normalQuantiles(15);
    const upper = [
      0, 0.16184416680396238, 0.3280721075316511, 0.5039653672113457, 0.6971414348463421, 0.9208229763683794,
      1.2040469600267023, 1.644853626951473,
    ];
    expect(values).toHaveLength(15);
    upper.forEach((expected, i) => {
      expect(values[7 + i]).toBeCloseTo(expected, 8);
      expect(values[7 - i]).toBeCloseTo(-expected, 8);
    });
    expect(normalQuantiles(1)).toEqual([0]);
  });

  it('is ordered by rows: the first dimension grows to the right, the second downwards, as in the book', () => {
    const points = gridPoints(15, 2);
    expect(points).toHaveLength(225);
    const [low, next, high] = [-1.6448536, -1.204047, 1.6448536];
    const expectPoint = (index: number, x: number, y: number): void => {
      expect(points[index]![0]).toBeCloseTo(x, 6);
      expect(points[index]![1]).toBeCloseTo(y, 6);
    };
    expectPoint(0, low, low);
    expectPoint(1, next, low);
    expectPoint(14, high, low);
    expectPoint(15, low, next);
    expectPoint(112, 0, 0);
    expectPoint(224, high, high);
  });

  it('of more dimensions changes the two given ones, the others stay at 0', () => {
    const [low, high] = [expect.closeTo(-1.6448536, 6), expect.closeTo(1.6448536, 6)] as [number, number];
    expect(gridPoints(2, 4, [2, 0]).map((point) => [...point])).toEqual([
      [low, 0, low, 0],
      [low, 0, high, 0],
      [high, 0, low, 0],
      [high, 0, high, 0],
    ]);
  });

  it('of one dimension has equal rows', () => {
    expect(gridPoints(2, 1, [0, 0]).map(([x]) => Math.sign(x!))).toEqual([-1, 1, -1, 1]);
  });

  it('is drawn without gaps, each point in its place', async () => {
    const vae = model();
    const points = gridPoints(3, 2);
    const sheet = await gridSheet(vae, points, 3);
    expect([sheet.channels, sheet.height, sheet.width]).toEqual([3, 3 * 56, 3 * 56]);
    const decoded = await vae.decode(points);
    for (const [index, row, column] of [
      [0, 0, 0],
      [1, 0, 1],
      [5, 1, 2],
      [6, 2, 0],
    ] as const)
      expectClose(tile(sheet, row * 56, column * 56, 8, 7), decoded[index]!.data);
  });
});

describe('reconstructionSheet', () => {
  it('shows rows of pictures, each above a row of their reconstructions from the means', async () => {
    const vae = model();
    const pictures = [1, 2, 3].map((seed) => noise(seed, 1, small.size, small.size));
    const sheet = await reconstructionSheet(vae, pictures, 2);
    expect([sheet.height, sheet.width]).toEqual([4 * 56 + 5 * 2, 2 * 56 + 3 * 2]);
    const encoded = await vae.encode(pictures);
    const decoded = await vae.decode(encoded.map(({ mean }) => mean));
    const at = (row: number, column: number): number[] => tile(sheet, 2 + row * 58, 2 + column * 58, 8, 7);
    expectClose(at(0, 0), pictures[0]!.data);
    expectClose(at(0, 1), pictures[1]!.data);
    expectClose(at(1, 0), decoded[0]!.data);
    expectClose(at(1, 1), decoded[1]!.data);
    // a last row that is not full: a picture and its reconstruction are in one column, with nothing beside them
    expectClose(at(2, 0), pictures[2]!.data);
    expectClose(at(3, 0), decoded[2]!.data);
    expect(new Set([...at(2, 1), ...at(3, 1)])).toEqual(new Set([24]));
  });

  it('has at most ten columns', async () => {
    const pictures = Array.from({ length: 11 }, (_, seed) => noise(seed, 1, small.size, small.size));
    expect((await reconstructionSheet(model(), pictures)).width).toBe(10 * 58 + 2);
  });
});

it('small pictures are enlarged to about 56 pixels, large ones stay', () => {
  expect([8, 28, 32, 64, 256].map(sheetScale)).toEqual([7, 2, 2, 1, 1]);
});

it('sampled points are normally distributed, and the same for the same seed', () => {
  const vae = new Vae(untrained({ ...small, latent: 3 }));
  const points = vae.draw(new Random(5), 3000);
  expect(vae.draw(new Random(5), 3000)).toEqual(points);
  expect(vae.draw(new Random(6), 1)[0]).not.toEqual(points[0]);
  for (const dimension of [0, 1, 2]) {
    const values = points.map((point) => point[dimension]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / 3000;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3000;
    expect(Math.abs(mean)).toBeLessThan(0.08); // four deviations of a mean of 3000
    expect(Math.abs(variance - 1)).toBeLessThan(0.11);
  }
});
