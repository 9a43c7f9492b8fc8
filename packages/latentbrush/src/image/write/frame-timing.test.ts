import { describe, expect, it } from 'vitest';
import { inUnits, steady } from './frame-timing.ts';

describe('inUnits', () => {
  it('keeps delays that fit the unit, and carries the rest to the next frame', () => {
    expect(inUnits([30, 100, 0, 70], 10)).toEqual([30, 100, 0, 70]);
    expect(inUnits([33, 33, 34, 33], 10)).toEqual([30, 40, 30, 30]);
    expect(inUnits([100_000, 5], 10)).toEqual([65_530, 10]);
  });
});

describe('steady', () => {
  it('repeats frames with longer delays', () => {
    expect(steady([30, 90, 60])).toEqual({ framesPerSecond: 1000 / 30, repeats: [1, 3, 2] });
    expect(steady([50, 50])).toEqual({ framesPerSecond: 20, repeats: [1, 1] });
  });

  it('is at most 100 frames a second, and that of browsers for frames without a delay', () => {
    expect(steady([33, 34, 33])).toEqual({ framesPerSecond: 100, repeats: [3, 4, 3] });
    expect(steady([0, 200])).toEqual({ framesPerSecond: 10, repeats: [1, 2] });
  });
});
