import { expect, it } from 'vitest';
import { durationWords } from './duration.ts';
import type { Say } from './index.ts';

const say: Say = (key, values) => `${key} ${String(values?.count)}`;

it.each([
  [0.2, 'duration.seconds 1'],
  [89, 'duration.seconds 89'],
  [91, 'duration.minutes 2'],
  [89 * 60, 'duration.minutes 89'],
  [100 * 60, 'duration.hours 1.7'],
])('%f seconds are said as %s', (seconds, said) => expect(durationWords(seconds, say)).toBe(said));
