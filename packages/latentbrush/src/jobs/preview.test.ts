import { expect, it } from 'vitest';
import { picture } from '../image/index.ts';
import { PreviewClock } from './preview.ts';

/** A clock that a test moves. */
function clock(): { now: () => number; pass: (milliseconds: number) => void } {
  let time = 0;
  return { now: () => time, pass: (milliseconds) => (time += milliseconds) };
}

it('makes no preview when nobody asked for one', async () => {
  const previews = new PreviewClock(undefined);
  await previews.show(
    () => expect.fail('made'),
    () => expect.fail('shown'),
  );
});

it('makes a preview at most once in a given time', async () => {
  const { now, pass } = clock();
  const previews = new PreviewClock({ every: 100 }, now);
  const shown: number[] = [];
  for (let step = 0; step < 10; step++) {
    pass(40);
    await previews.show(
      () => picture(3, 4, 4),
      () => Promise.resolve(void shown.push(step)),
    );
  }
  expect(shown).toEqual([0, 3, 6, 9]);
});

it.each([
  ['made', 7, 0],
  ['shown', 0, 7],
])(
  'makes fewer when they are slowly %s, so that they stay below 2 % of the time',
  async (_, making, showing) => {
    const { now, pass } = clock();
    const previews = new PreviewClock({ every: 1 }, now);
    let count = 0;
    const shares: number[] = [];
    for (let step = 0; step < 10_000; step++) {
      pass(10);
      await previews.show(
        () => {
          pass(making);
          return picture(3, 4, 4);
        },
        () => {
          pass(showing);
          count += 1;
          return Promise.resolve();
        },
      );
      shares.push((7 * count) / now());
    }
    expect(count).toBeGreaterThan(200);
    expect(Math.max(...shares.slice(40))).toBeLessThan(0.02); // at the very start, the first is already more
  },
);

it('resizes a preview to the given size', async () => {
  const previews = new PreviewClock({ every: 0, size: 8 });
  let shown: unknown;
  await previews.show(
    () => picture(3, 16, 32),
    (each) => Promise.resolve(void (shown = each)),
  );
  expect(shown).toMatchObject({ height: 4, width: 8 });
});
