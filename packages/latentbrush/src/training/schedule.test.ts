import { describe, expect, it } from 'vitest';
import { decayByEpoch, halfLife, linear, product, warmUp } from './schedule.ts';

describe('schedules: the share of the learning rate by step', () => {
  it('warmUp grows linearly and stays at 1; with 0 steps it is always 1', () => {
    expect([0, 1, 3, 4, 100].map(warmUp(4))).toEqual([0.25, 0.5, 1, 1, 1]);
    expect([0, 7].map(warmUp(0))).toEqual([1, 1]);
  });

  it('halfLife halves repeatedly', () => {
    expect([0, 10, 20, 30].map(halfLife(10))).toEqual([1, 0.5, 0.25, 0.125]);
    expect(halfLife(10)(5)).toBeCloseTo(Math.SQRT1_2, 12);
  });

  it('linear falls from 1 to its end', () => {
    const schedule = linear(100, 0.1);
    expect(schedule(0)).toBe(1);
    expect(schedule(50)).toBeCloseTo(0.55, 12);
    expect(schedule(100)).toBeCloseTo(0.1, 12);
  });

  it('decayByEpoch multiplies by its factor at each epoch after the first ones', () => {
    // Epochs of 3 steps; the factor counts from the third epoch on.
    const shares = Array.from({ length: 12 }, (_, step) => decayByEpoch(3, 0.5, 2)(step));
    expect(shares).toEqual([1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]);
  });

  it('product multiplies', () => {
    expect(product()(9)).toBe(1);
    expect(product(warmUp(4), halfLife(1))(1)).toBe(0.25);
  });
});
