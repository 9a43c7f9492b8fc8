import { expect, it } from 'vitest';
import * as engine from './index.ts';

const renamed: readonly (readonly [object, string, string])[] = [
  [engine, 'lstm', 'unrolledLstm'],
  [engine, 'gru', 'unrolledGru'],
  [engine.nn, 'Dropout', 'DropoutMasks'],
  [engine.nn, 'spectrallyNormalized', 'spectralNorm'],
];

it.each(renamed)('old name %#: it works like the new one', (room, old, now) => {
  const names = new Map<string, unknown>(Object.entries(room));
  expect(names.get(now)).toBeTypeOf('function');
  expect(names.get(old)).toBe(names.get(now));
});
