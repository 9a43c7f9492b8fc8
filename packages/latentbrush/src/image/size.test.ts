import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { MAX_PIXELS } from './pixel-limit.ts';
import { parseSize } from './size.ts';

describe('a size that is written', () => {
  it.each([
    ['600x400', 600, 400],
    ['1x1', 1, 1],
    [`${MAX_PIXELS}x1`, MAX_PIXELS, 1],
  ])('%s: width, then height', (text, width, height) => {
    expect(parseSize(text, '--size')).toEqual({ height, width });
  });

  it.each(['', 'big', '600', '600x', '0x5', '5x0', '-1x5', '1.5x2', '6x4x2', '1e3x2'])(
    '%j is no size',
    (text) => {
      expect(() => parseSize(text, '--size')).toThrow(InputError);
      expect(() => parseSize(text, '--size')).toThrow(
        `--size: "${text}" is not a size; write WIDTHxHEIGHT, such as 600x400`,
      );
    },
  );

  it.each([
    ['60000x60000', '3600.0'],
    ['16000x16000', '256.0'],
    ['100000x100000', '10000.0'],
  ])('%s is refused: it exceeds any memory', (text, megapixels) => {
    expect(() => parseSize(text, '--noise')).toThrow(InputError);
    expect(() => parseSize(text, '--noise')).toThrow(
      `--noise: has ${text} pixels (${megapixels} megapixels), above the limit of 104.9 megapixels; make it smaller first`,
    );
  });
});
