import { expect, it } from 'vitest';
import { en } from '../words/en.ts';
import { ko } from '../words/ko.ts';
import type { Say } from '../words/index.ts';
import { remaining } from './remaining.ts';

/** The page's texts in a language, without its library. */
const sayIn =
  (texts: Readonly<Record<string, string>>): Say =>
  (key, values = {}) =>
    (texts[key] ?? texts[`${key}_${values.count === 1 ? 'one' : 'other'}`] ?? key).replace(
      /{{(\w+)}}/g,
      (_, name: string) => String(values[name]),
    );

it.each([
  [30, 'about 30 seconds left', '약 30초 남음'],
  [240, 'about 4 minutes left', '약 4분 남음'],
  [9000, 'about 2.5 hours left', '약 2.5시간 남음'],
])('after half of a job, %i seconds, as much is left', (seconds, english, korean) => {
  const half = (say: Say): string | undefined => remaining(1000, 1000 + 1000 * seconds, 0.5, say);
  expect(half(sayIn(en))).toBe(english);
  expect(half(sayIn(ko))).toBe(korean);
});

it('is unknown before the job has begun, at its very beginning and at its end', () => {
  for (const [started, share] of [
    [undefined, 0.5],
    [0, 0.03],
    [0, 1],
  ] as const)
    expect(remaining(started, 1000, share, sayIn(en))).toBeUndefined();
});
