import { InputError, Random } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import type { Point } from './interpolation.ts';
import { MOST_PROJECTED, project } from './projection.ts';

/** Points near a middle. */
function cloud(count: number, middle: readonly number[], random: Random): Point[] {
  return Array.from({ length: count }, () => Float32Array.from(middle, (value) => value + random.normal()));
}

const distance = (a: readonly [number, number], b: readonly [number, number]): number =>
  Math.hypot(a[0] - b[0], a[1] - b[1]);

describe('pca', () => {
  it('of points on a plane in space gives their coordinates on it: distances do not change', async () => {
    const random = new Random(1);
    // two orthonormal directions
    const across = [2 / 3, 2 / 3, 1 / 3, 0].map(Number);
    const along = [0, 0, 0, 1];
    const points = Array.from({ length: 40 }, () => {
      const [u, v] = [5 * random.normal(), random.normal()];
      return Float32Array.from(across, (value, i) => 10 + u * value + v * along[i]!);
    });
    const flat = await project(points, 'pca', new Random(1));
    for (let i = 1; i < points.length; i++) {
      const apart = Math.hypot(...points[i]!.map((value, axis) => value - points[i - 1]![axis]!));
      expect(distance(flat[i]!, flat[i - 1]!)).toBeCloseTo(apart, 4);
    }
  });

  it('has the widest direction first, and its mean at 0', async () => {
    const random = new Random(2);
    const points = Array.from({ length: 500 }, () =>
      Float32Array.of(random.normal(), 9 + 4 * random.normal(), 2 * random.normal(), 0.1 * random.normal()),
    );
    const flat = await project(points, 'pca', new Random(1));
    const spread = (axis: 0 | 1): number =>
      Math.sqrt(flat.reduce((sum, point) => sum + point[axis] ** 2, 0) / flat.length);
    expect(Math.abs(spread(0) - 4)).toBeLessThan(0.4);
    expect(Math.abs(spread(1) - 2)).toBeLessThan(0.2);
    expect(flat.reduce((sum, [x]) => sum + x, 0) / flat.length).toBeCloseTo(0, 5);
    // the first coordinate is the second dimension, up to its sign
    const sign = Math.sign(flat[0]![0] * (points[0]![1]! - 9));
    flat.slice(0, 20).forEach(([x], i) => expect(Math.abs(sign * x - (points[i]![1]! - 9))).toBeLessThan(1));
  });

  it('accepts fewer points than dimensions', async () => {
    const flat = await project(cloud(16, new Array<number>(64).fill(0), new Random(1)), 'pca', new Random(1));
    expect(flat).toHaveLength(16);
    expect(flat.flat().every(Number.isFinite)).toBe(true);
  });
});

describe('umap', () => {
  const random = new Random(4);
  const left = cloud(40, [0, 0, 0, 0, 0], random);
  const right = cloud(40, [30, 0, 0, 0, 0], random);

  it('keeps distant clusters apart, and is the same for the same seed', async () => {
    const flat = await project([...left, ...right], 'umap', new Random(1));
    const middle = (points: readonly (readonly [number, number])[]): [number, number] => [
      points.reduce((sum, [x]) => sum + x, 0) / points.length,
      points.reduce((sum, [, y]) => sum + y, 0) / points.length,
    ];
    const middles = [middle(flat.slice(0, 40)), middle(flat.slice(40))] as const;
    flat.forEach((point, i) => {
      const own = i < 40 ? 0 : 1;
      expect(distance(point, middles[own])).toBeLessThan(distance(point, middles[1 - own]!));
    });
    expect(await project([...left, ...right], 'umap', new Random(1))).toEqual(flat);
    expect(await project([...left, ...right], 'umap', new Random(2))).not.toEqual(flat);
  });
});

describe('project', () => {
  it.each(['pca', 'umap'] as const)(
    '%s does not change two dimensions, and puts one on a line',
    async (method) => {
      const points = cloud(20, [1, 2], new Random(1));
      expect(await project(points, method, new Random(1))).toEqual(points.map(([x, y]) => [x, y]));
      const line = cloud(20, [1], new Random(1));
      expect(await project(line, method, new Random(1))).toEqual(line.map(([x]) => [x, 0]));
    },
  );

  it.each([0, 15, MOST_PROJECTED + 1])('refuses %i points', async (count) => {
    const points = Array.from({ length: count }, () => Float32Array.of(0, 0, 0));
    const projecting = project(points, 'umap', new Random(1));
    await expect(projecting).rejects.toThrow(InputError);
    await expect(projecting).rejects.toThrow(
      `map: ${count.toLocaleString('en')} pictures cannot be mapped; give 16 to 20,000`,
    );
  });
});
