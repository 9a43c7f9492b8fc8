import { expect, it } from 'vitest';
import type { Say } from '../../words/index.ts';
import { memoryWords } from './need-words.ts';

const say: Say = (key, values) => `${key} ${String(values?.amount)}`;

it.each([
  [1, 'need.megabytes 10'],
  [282_943_006, 'need.megabytes 280'],
  [1_240_000_000, 'need.gigabytes 1.2'],
])('%i bytes are said as %s', (bytes, said) => expect(memoryWords(bytes, say)).toBe(said));
