import { expect, it } from 'vitest';
import { memoryWarning } from './free-memory.ts';

it('a training that needs more memory than is free is warned of before its first step', () => {
  expect(memoryWarning(2 ** 30, 2 ** 30)).toBeUndefined();
  expect(String(memoryWarning(2 ** 30 + 1, 2 ** 29))).toBe(
    'about 1025 MiB of memory are needed, and 512 MiB are free; lower option batchSize, or close other programs',
  );
  expect(memoryWarning(1)).toBeUndefined(); // by what is free here
});
