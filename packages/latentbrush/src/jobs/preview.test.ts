import { expect, it } from 'vitest';
import { picture } from '../image/index.ts';
import { PreviewClock } from './preview.ts';

/** A clock that a test moves. */
function clock(): { now: () => number; pass: (milliseconds: number) => void } {
  let time = 0;
  return { now: () => time, pass: (milliseconds) => (time += milliseconds) };
}

it('makes no preview when nobody asked for one', () => {
  const previews = new PreviewClock(undefined);
  expect(previews.take(() => expect.fail('made'))).toBeUndefined();
});

it('makes a preview at most once in a given time', () => {
  const { now, pass } = clock();
  const previews = new PreviewClock({ every: 100 }, now);
  const taken = Array.from({ length: 10 }, () => {
    pass(40);
    return previews.take(() => picture(3, 4, 4)) !== undefined;
  });
  expect(taken).toEqual([true, false, false, true, false, false, true, false, false, true]);
});

it('makes fewer when they are slow, so that they stay below 2 % of the time', () => {
  const { now, pass } = clock();
  const previews = new PreviewClock({ every: 1 }, now);
  let spent = 0;
  for (let step = 0; step < 10_000; step++) {
    pass(10);
    previews.take(() => {
      pass(7);
      spent += 7;
      return picture(3, 4, 4);
    });
  }
  expect(spent).toBeGreaterThan(0);
  expect(spent / now()).toBeLessThan(0.021);
});

it('resizes a preview to the given size', () => {
  const previews = new PreviewClock({ every: 0, size: 8 });
  expect(previews.take(() => picture(3, 16, 32))).toMatchObject({ height: 4, width: 8 });
});
