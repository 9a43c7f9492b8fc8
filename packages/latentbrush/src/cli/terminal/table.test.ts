import { expect, it } from 'vitest';
import { table } from './table.ts';

it('a table has columns as wide as needed, numbers right-aligned, no spaces after the last cell', () => {
  const text = table(
    ['layer', 'channels', 'kind'],
    [
      ['block1_conv1', 64, 'convolution'],
      ['pool', 512, 'max'],
    ],
  );
  expect(text.split('\n')).toEqual([
    'layer         channels  kind',
    'block1_conv1        64  convolution',
    'pool               512  max',
    '',
  ]);
});

it('a table without rows is its head', () => {
  expect(table(['name', 'size'], [])).toBe('name  size\n');
});
