import { InputError, Random } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { kernelDistance, meanDistance, scoreOf } from './score.ts';

const DIMENSIONS = 8;

/** Features around a middle. */
function cloud(count: number, seed: number, { middle = 0, deviation = 1 } = {}): Float32Array[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () =>
    Float32Array.from({ length: DIMENSIONS }, () => random.normal(middle, deviation)),
  );
}

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** The formula, pair by pair, in float64. */
function kernelDistanceByPairs(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  const kernel = (x: Float32Array, y: Float32Array): number => (dot(x, y) / DIMENSIONS + 1) ** 3;
  const within = (set: readonly Float32Array[]): number => {
    const pairs = set.flatMap((x, i) => set.flatMap((y, j) => (i === j ? [] : [kernel(x, y)])));
    return pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
  };
  const across = a.flatMap((x) => b.map((y) => kernel(x, y)));
  return within(a) + within(b) - (2 * across.reduce((sum, value) => sum + value, 0)) / across.length;
}

describe('kernel Inception distance', () => {
  it('is the unbiased estimate of the formula', async () => {
    const [a, b] = [cloud(7, 1), cloud(5, 2, { middle: 0.7, deviation: 2 })];
    expect(await kernelDistance(a, b)).toBeCloseTo(kernelDistanceByPairs(a, b), 4);
  });

  it('is about 0 between two samples of one distribution, and grows with their distance', async () => {
    const real = cloud(200, 1);
    const same = await kernelDistance(cloud(200, 2), real);
    const near = await kernelDistance(cloud(200, 3, { middle: 0.3 }), real);
    const far = await kernelDistance(cloud(200, 4, { middle: 1 }), real);
    expect(Math.abs(same)).toBeLessThan(0.02);
    expect(near).toBeGreaterThan(0.1);
    expect(far).toBeGreaterThan(5 * near);
  });
});

describe('mean distance', () => {
  it('by hand', async () => {
    const corners = [
      [0, 0],
      [3, 4],
      [3, 0],
    ].map((corner) => Float32Array.from(corner));
    expect(await meanDistance(corners)).toBeCloseTo((5 + 3 + 4) / 3, 3);
  });
});

describe('score', () => {
  it('of the same pictures: distance 0, the same variety', async () => {
    const real = cloud(100, 1);
    const { kid, diversity, count } = await scoreOf(real, real);
    expect(kid).toBeLessThan(0); // without each picture's likeness to itself
    expect(kid).toBeGreaterThan(-0.3);
    expect(diversity).toBeCloseTo(1, 5);
    expect(count).toBe(100);
  });

  it('of pictures that vary half as much', async () => {
    const { kid, kidOfReal, diversity } = await scoreOf(cloud(100, 1, { deviation: 0.5 }), cloud(100, 2));
    expect(diversity).toBeCloseTo(0.5, 1);
    expect(kid).toBeGreaterThan(Math.abs(kidOfReal));
  });

  it('of equal pictures: variety 0', async () => {
    const [one] = cloud(1, 3);
    const { diversity } = await scoreOf(
      Array.from({ length: 60 }, () => one!),
      cloud(60, 2),
    );
    expect(diversity).toBeCloseTo(0, 3);
  });

  it('refuses fewer than 50 pictures', async () => {
    await expect(scoreOf(cloud(49, 1), cloud(60, 2))).rejects.toThrow(InputError);
    await expect(scoreOf(cloud(49, 1), cloud(60, 2))).rejects.toThrow(
      /^gan score: 49 pictures of each kind were given; at least 50 are needed$/,
    );
  });
});
