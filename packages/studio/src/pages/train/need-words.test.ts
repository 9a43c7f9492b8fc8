import { expect, it } from 'vitest';
import type { Say } from '../../words/index.ts';
import { durationWords, memoryWords } from './need-words.ts';

const say: Say = (key, values) => `${key} ${String(values?.count ?? values?.amount)}`;

it.each([
  [0.2, 'need.seconds 1'],
  [89, 'need.seconds 89'],
  [91, 'need.minutes 2'],
  [89 * 60, 'need.minutes 89'],
  [100 * 60, 'need.hours 1.7'],
])('%f seconds are said as %s', (seconds, said) => expect(durationWords(seconds, say)).toBe(said));

it.each([
  [1, 'need.megabytes 10'],
  [282_943_006, 'need.megabytes 280'],
  [1_240_000_000, 'need.gigabytes 1.2'],
])('%i bytes are said as %s', (bytes, said) => expect(memoryWords(bytes, say)).toBe(said));
