import type { LatentMap } from 'latentbrush/studio';
import { describe, expect, it } from 'vitest';
import {
  arithmetic,
  childOf,
  isWithin,
  mixed,
  moved,
  nearestPoints,
  onPath,
  pointAt,
  withLengthOf,
} from './latent-points.ts';

const plane: LatentMap = {
  points: [[1, 2, 3]],
  places: [[0, 0]],
  isPlane: true,
  labels: [],
  mean: [1, 2, 3],
  directions: [
    [0, 1, 0],
    [0, 0, 1],
  ],
  deviations: [1, 1],
  sheet: { columns: 1, tile: 8 },
  tag: '',
};

describe('points of a latent space', () => {
  it('are exact in a plane', () => {
    expect(pointAt(plane, [4, -2])).toEqual([1, 6, 1]);
  });

  it('outside a plane are those of the pictures at their places, as far from 0 as their neighbours', () => {
    const points = [[2, 0], [0, 2], [-2, 0], [0, -2], [1.2, 1.6]]; // prettier-ignore
    const places = [[0, 0], [1, 0], [0, 1], [1, 1], [5, 5]] as const; // prettier-ignore
    const map: LatentMap = { ...plane, points, places, isPlane: false };
    pointAt(map, [1, 0]).forEach((value, i) => expect(value).toBeCloseTo(points[1]![i]!, 1));
    expect(Math.hypot(...pointAt(map, [0.3, 0.2]))).toBeCloseTo(2, 6);
  });

  it('can be mixed, moved and added', () => {
    expect(mixed([[0, 0], [4, 8]], [3, 1])).toEqual([1, 2]); // prettier-ignore
    expect(moved([1, 1], [[1, 0], [0, 1]], [2])).toEqual([3, 1]); // prettier-ignore
    expect(arithmetic([5, 5], [1, 2], [10, 20])).toEqual([14, 23]);
    expect(Math.hypot(...withLengthOf([1, 1], [[3, 0], [0, 5]], [1, 1]))).toBeCloseTo(4); // prettier-ignore
  });

  it('lie on a path that goes through all pins and comes back without a jump', () => {
    const pins = [[0, 0], [3, 1], [1, 4]]; // prettier-ignore
    pins.forEach((pin, index) =>
      onPath(pins, index / 3).forEach((value, i) => expect(value).toBeCloseTo(pin[i]!)),
    );
    for (let step = 0; step < 300; step++) {
      const [from, to] = [onPath(pins, step / 300), onPath(pins, (step + 1) / 300)];
      expect(Math.hypot(from[0]! - to[0]!, from[1]! - to[1]!)).toBeLessThan(0.1);
    }
    expect(onPath([[7]], 0.4)).toEqual([7]);
  });

  it('are found by their distance', () => {
    const points = [[0, 0], [5, 5], [1, 0], [0, 3]]; // prettier-ignore
    expect(nearestPoints(points, [0.9, 0], 3)).toEqual([2, 0, 3]);
  });

  it('have children that are between their parents, or near', () => {
    const [a, b] = [[0, 0, 0, 0], [1, 1, 1, 1]] as const; // prettier-ignore
    expect(childOf(a, b, () => 0.5)).toEqual([0.5, 0.5, 0.5, 0.5]);
    const children = Array.from({ length: 200 }, () => childOf(a, b));
    for (const value of children.flat()) expect(Math.abs(value - 0.5)).toBeLessThan(0.5 + 1.5 * 0.35);
    expect(new Set(children.map((child) => child.join())).size).toBe(200);
  });

  it('lie within a line that is drawn around them, or outside of it', () => {
    const line = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]] as const; // prettier-ignore
    expect(isWithin(line, [0.5, 1])).toBe(true);
    expect(isWithin(line, [3.5, 1])).toBe(true);
    expect(isWithin(line, [2, 3])).toBe(false);
    expect(isWithin(line, [-1, 1])).toBe(false);
  });
});
