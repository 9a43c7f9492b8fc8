import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { picture } from '../../image/index.ts';
import { parseOptions } from '../../options.ts';
import { styleOptions, resolveStyle, type StyleInput } from './options.ts';
import { checkSizes, checkStyleSize, sizeOfStyle } from './sizes.ts';
import { tinyBackbone, tinyPerception } from '../testing/tiny-perception.ts';

const resolved = (backbone: 'vgg19' | 'inception_v3', options: StyleInput = {}) =>
  resolveStyle(backbone, parseOptions(styleOptions, options));
const level = { height: 400, width: 600, rounds: 1 };
/** Has no output for pictures of less than 75 pixels a side, as InceptionV3. */
const large = { ...tinyBackbone(), name: 'large', smallestSize: () => 75 };

describe('the size at which a style picture is measured', () => {
  const style = picture(3, 50, 20);

  it('as in the book is that of the content, stretched', () => {
    expect(sizeOfStyle(style, level, resolved('vgg19'))).toEqual({ height: 400, width: 600 });
  });

  it('else keeps its proportions, with the longer side of the content', () => {
    expect(sizeOfStyle(style, level, resolved('inception_v3'))).toEqual({ height: 600, width: 240 });
    expect(sizeOfStyle(style, level, resolved('inception_v3', { styleSize: 0.5 }))).toEqual({
      height: 300,
      width: 120,
    });
    expect(sizeOfStyle(style, level, resolved('vgg19', { styleSize: 2 }))).toEqual({
      height: 1200,
      width: 480,
    });
  });

  it('is never 0', () => {
    const thread = picture(3, 1, 5000);
    expect(sizeOfStyle(thread, level, resolved('inception_v3', { styleSize: 0.06 }))).toEqual({
      height: 1,
      width: 36,
    });
  });
});

describe('sizes too small for the network', () => {
  const perception = tinyPerception({ backbone: large });

  it('of the picture: the border and the enlargement count', () => {
    const plain = resolved('vgg19'); // no border
    expect(() => checkSizes(perception, { height: 75, width: 75, rounds: 1 }, plain)).not.toThrow();
    const small = (): void => checkSizes(perception, { height: 80, width: 74, rounds: 1 }, plain);
    expect(small).toThrow(InputError);
    expect(small).toThrow(
      'option height: at 74x80 large has no output at the chosen layers; the shorter side must be at least 75 pixels',
    );
    const bordered = resolved('inception_v3'); // 16 pixels a side
    expect(() => checkSizes(perception, { height: 43, width: 43, rounds: 1 }, bordered)).not.toThrow();
    expect(() => checkSizes(perception, { height: 42, width: 90, rounds: 1 }, bordered)).toThrow(
      /at least 43 pixels/,
    );
    const enlarging = tinyPerception({ backbone: large, enlargement: 2 });
    expect(() => checkSizes(enlarging, { height: 38, width: 38, rounds: 1 }, plain)).not.toThrow();
    expect(() => checkSizes(enlarging, { height: 37, width: 90, rounds: 1 }, plain)).toThrow(
      /at least 38 pixels/,
    );
  });

  it('of a style picture', () => {
    expect(() => checkStyleSize(perception, 'style 2', { height: 75, width: 75 })).not.toThrow();
    const small = (): void => checkStyleSize(perception, 'style 2', { height: 300, width: 74 });
    expect(small).toThrow(InputError);
    expect(small).toThrow(
      /^style 2: at 74x300 large has no output.*at least 75 pixels: raise option styleSize/,
    );
  });
});
