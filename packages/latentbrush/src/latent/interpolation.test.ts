import { InputError } from '@latentbrush/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lerp, pathThrough, slerp, type Point } from './interpolation.ts';

const point = fc
  .array(fc.float({ min: -3, max: 3, noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 })
  .map((values) => Float32Array.from(values));
const share = fc.double({ min: 0, max: 1, noNaN: true });

const length = (vector: Point): number => Math.hypot(...vector);
const angle = (a: Point, b: Point): number =>
  Math.acos(a.reduce((sum, value, i) => sum + value * b[i]!, 0) / (length(a) * length(b)));

function expectClose(actual: Point, expected: ArrayLike<number>, digits = 4): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, digits));
}

describe('lerp', () => {
  it('is (1 - t) a + t b', () => {
    expectClose(lerp(Float32Array.of(0, 10), Float32Array.of(4, 20), 0.25), [1, 12.5]);
  });

  it('begins at a and ends at b', () => {
    fc.assert(
      fc.property(point, point, (a, b) => {
        expectClose(lerp(a, b, 0), a);
        expectClose(lerp(a, b, 1), b);
      }),
    );
  });
});

describe('slerp', () => {
  it('moves along the circle at constant speed', () => {
    const [a, b] = [Float32Array.of(2, 0), Float32Array.of(0, 2)];
    for (const t of [0, 0.25, 1 / 3, 0.5, 1])
      expectClose(slerp(a, b, t), [2 * Math.cos((t * Math.PI) / 2), 2 * Math.sin((t * Math.PI) / 2)]);
  });

  it('begins at a, ends at b, and is the same in reverse', () => {
    fc.assert(
      fc.property(point, point, share, (a, b, t) => {
        fc.pre(length(a) > 0.1 && length(b) > 0.1 && angle(a, b) < 3);
        expectClose(slerp(a, b, 0), a);
        expectClose(slerp(a, b, 1), b);
        expectClose(slerp(a, b, t), slerp(b, a, 1 - t), 3);
      }),
    );
  });

  it('of points equally far from 0 keeps that distance, at the fraction t of the angle between them', () => {
    fc.assert(
      fc.property(point, point, share, (a, direction, t) => {
        fc.pre(length(a) > 0.1 && length(direction) > 0.1);
        const b = direction.map((value) => (value * length(a)) / length(direction));
        const between = angle(a, b);
        fc.pre(between > 0.1 && between < 3);
        const found = slerp(a, b, t);
        expect(length(found)).toBeCloseTo(length(a), 3);
        if (t > 0.01) expect(angle(a, found)).toBeCloseTo(t * between, 2);
      }),
    );
  });

  it.each([
    ['one direction', [1, 1], [3, 3], [2, 2]],
    ['opposite directions', [1, 0], [-3, 0], [-1, 0]],
    ['one at 0', [0, 0], [1, 2], [0.5, 1]],
  ])('of points in %s is linear', (_, a, b, middle) => {
    expectClose(slerp(Float32Array.from(a), Float32Array.from(b), 0.5), middle);
  });
});

describe('pathThrough', () => {
  const points = [Float32Array.of(0, 0), Float32Array.of(4, 0), Float32Array.of(4, 8)];
  const firsts = (path: readonly Point[]): number[][] => path.map((one) => [...one]);

  it('leads from point to point in the given number of steps, with all points', () => {
    expect(firsts(pathThrough(points, 2, 'linear'))).toEqual([
      [0, 0],
      [2, 0],
      [4, 0],
      [4, 4],
      [4, 8],
    ]);
  });

  it('closed leads back to the first point and does not repeat it', () => {
    const path = pathThrough(points, 2, 'linear', { closed: true });
    expect(firsts(path)).toEqual([
      [0, 0],
      [2, 0],
      [4, 0],
      [4, 4],
      [4, 8],
      [2, 4],
    ]);
  });

  it('is spherical when asked', () => {
    const [, middle] = pathThrough([Float32Array.of(1, 0), Float32Array.of(0, 1)], 2, 'spherical');
    expectClose(middle!, [Math.SQRT1_2, Math.SQRT1_2]);
  });

  it.each([
    ['one point', points.slice(0, 1), 2, /1 point was given; at least two/],
    ['points of different dimensions', [points[0]!, Float32Array.of(1)], 2, /of 2 and of 1 dimension/],
    ['no step', points, 0, /0 steps were given/],
    ['half a step', points, 1.5, /1.5 steps were given/],
  ])('refuses %s', (_, given, steps, message) => {
    expect(() => pathThrough(given, steps, 'linear')).toThrow(InputError);
    expect(() => pathThrough(given, steps, 'linear')).toThrow(message);
  });
});
