import { describe, expect, it } from 'vitest';
import { aligned, byTime, clockTime, nearest, secondsAt, smoothed } from './series.ts';

const clock = [[0, 0], [10, 60], [30, 300]] as const; // prettier-ignore

describe('the time of a step', () => {
  it('lies between those of known steps, and continues at the latest pace', () => {
    expect([0, 5, 10, 20, 40].map((step) => secondsAt(clock, step))).toEqual([0, 30, 60, 180, 420]);
    expect(secondsAt([[0, 0]], 5)).toBeUndefined();
    expect(secondsAt([[10, 0], [20, 9]], 9)).toBeUndefined(); // prettier-ignore
  });

  it('is that of its points; without a clock there are none', () => {
    expect(byTime([[10, 3], [20, 2]], clock)).toEqual([[60, 3], [180, 2]]); // prettier-ignore
    expect(byTime([[10, 3]], [])).toEqual([]);
  });
});

describe('a smoothed curve', () => {
  const points = [[0, 4], [1, 2], [2, 2]] as const; // prettier-ignore

  it('begins at the first loss, and follows slowly', () => {
    const losses = smoothed(points, 0.5).map(([, loss]) => loss);
    expect(losses[0]).toBe(4);
    expect(losses[1]).toBeCloseTo(8 / 3, 10); // (0.5 · 4 + 1 · 2) / 1.5
    expect(losses[2]).toBeCloseTo(16 / 7, 10);
  });

  it('is the curve itself without smoothing', () => expect(smoothed(points, 0)).toEqual(points));
});

it('curves with other steps lie in one table, with gaps', () => {
  expect(aligned([[[0, 1], [2, 3]], [[1, 5]]])).toEqual([[0, 1, 2], [1, undefined, 3], [undefined, 5, undefined]]); // prettier-ignore
});

it('the value at a place is that of the nearest point, and none beyond the ends', () => {
  const points = [[10, 1], [20, 2], [30, 3]] as const; // prettier-ignore
  expect([0, 3, 14, 16, 38, 41].map((x) => nearest(points, x))).toEqual([1, 1, 1, 2, 3, undefined]);
  expect(nearest([], 1)).toBeUndefined();
  expect(nearest([[5, 7]], 5)).toBe(7);
});

it('a duration is written as clocks show it', () => {
  expect([0, 40.4, 725, 3725].map(clockTime)).toEqual(['0:00', '0:40', '12:05', '1:02:05']);
});
