import { describe, expect, it } from 'vitest';
import { rateSchedule } from './rate-schedule.ts';

describe('learning rates', () => {
  it('warm up from the first iteration on, over a hundred by default', () => {
    expect(rateSchedule({ compat: 'none' })(0)).toBeCloseTo(0.01, 12);
    expect(rateSchedule({ compat: 'none' })(49)).toBeCloseTo(0.5, 12);
    expect([99, 100, 50_000].map((step) => rateSchedule({ compat: 'none' })(step))).toEqual([1, 1, 1]);
    expect(rateSchedule({ compat: 'none', warmup: 4 })(1)).toBe(0.5);
  });

  it('are full from the start without warm-up, as in the book', () => {
    expect(rateSchedule({ compat: 'book' })(0)).toBe(1);
    expect(rateSchedule({ compat: 'none', warmup: 0 })(0)).toBe(1);
    expect(rateSchedule({ compat: 'book', warmup: 10 })(0)).toBeCloseTo(0.1, 12);
  });

  it('halve in each half-life', () => {
    const share = (step: number): number =>
      rateSchedule({ compat: 'none', warmup: 0, rateHalfLife: 1000 })(step);
    expect([0, 1000, 2000, 3000].map(share)).toEqual([1, 0.5, 0.25, 0.125]);
    expect(share(500)).toBeCloseTo(Math.SQRT1_2, 12);
  });
});
