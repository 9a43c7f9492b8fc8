import { expect, it } from 'vitest';
import { counted } from './counted.ts';

it('one is singular, zero and more are plural', () => {
  expect([0, 1, 2].map((count) => counted(count, 'round'))).toEqual(['0 rounds', '1 round', '2 rounds']);
  expect(counted(12_000, 'round')).toBe('12,000 rounds');
  expect(counted(1, 'weight was', 'weights were')).toBe('1 weight was');
  expect(counted(2, 'weight was', 'weights were')).toBe('2 weights were');
});
