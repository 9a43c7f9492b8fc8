import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { picture } from '../image/index.ts';
import { parseOptions } from '../options.ts';
import { trainOptions, type TrainInput } from './fast-options.ts';
import { styleOptions, type StyleInput } from './options.ts';
import { resolveStyle } from './resolved-options.ts';
import { checkFastSizes, checkSizes, checkStyleSize, sizeOfFastStyle, sizeOfStyle } from './sizes.ts';
import { tinyBackbone, tinyPerception } from './testing/tiny-perception.ts';

const resolved = (backbone: 'vgg19' | 'inception_v3', options: StyleInput = {}) =>
  resolveStyle(backbone, parseOptions(styleOptions, options));
const level = { height: 400, width: 600, rounds: 1 };
/** Has no output for pictures of less than 75 pixels a side, as InceptionV3. */
const large = { ...tinyBackbone(), name: 'large', smallestSize: () => 75 };

describe('the size a style picture is looked at', () => {
  const style = picture(3, 50, 20);

  it('as in the book is that of the content, stretched', () => {
    expect(sizeOfStyle(style, level, resolved('vgg19'))).toEqual({ height: 400, width: 600 });
  });

  it('keeps its proportions elsewhere, its longer side that of the content', () => {
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

  it('is never nothing', () => {
    const thread = picture(3, 1, 5000);
    expect(sizeOfStyle(thread, level, resolved('inception_v3', { styleSize: 0.06 }))).toEqual({
      height: 1,
      width: 36,
    });
  });

  it('of a fast style is told by its shorter side', () => {
    const options = parseOptions(trainOptions, { styleSize: 200 });
    expect(sizeOfFastStyle(style, options)).toEqual({ height: 500, width: 200 });
    expect(sizeOfFastStyle(picture(3, 20, 50), options)).toEqual({ height: 200, width: 500 });
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
      '--height: at 74x80 large has no output at the layers asked for; the shorter side must be at least 75 pixels',
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
    expect(small).toThrow(/^style 2: at 74x300 large has no output.*at least 75 pixels: raise --style-size/);
  });

  it.each<[TrainInput, RegExp]>([
    [
      { size: 64, styleScales: [2, 1] },
      /^--size: at 64 pixels large has no output at the layers asked for; it must be at least 76$/,
    ],
    [
      { size: 148 },
      /^--size: at 148 pixels large has no output.*at least 151, or less with larger --style-scales$/,
    ],
    [{ styleSize: 149 }, /^--style-size: at 149 pixels large has no output.*at least 150,/],
  ])('of a fast style: %j', (options, message) => {
    const check = (given: TrainInput): void => {
      const { styleScales, ...rest } = parseOptions(trainOptions, given);
      checkFastSizes({ ...perception, styleScales }, picture(3, 60, 60), { styleScales, ...rest });
    };
    expect(() => check({})).not.toThrow();
    expect(() => check(options)).toThrow(InputError);
    expect(() => check(options)).toThrow(message);
  });

  it('a batch too large for the memory is refused', () => {
    const options = parseOptions(trainOptions, { size: 1024, batch: 64, filters: 128 });
    expect(() => checkFastSizes({ ...perception, styleScales: [1] }, picture(3, 60, 60), options)).toThrow(
      /^memory: this needs about .* GiB.*lower --size \(now 1024\) or --batch \(now 64\)$/,
    );
  });

  it('a style picture too long to be looked at is refused before memory runs out', () => {
    const options = parseOptions(trainOptions, { styleSize: 2048 });
    expect(() =>
      checkFastSizes({ ...perception, styleScales: [1] }, picture(3, 10, 40_000), options),
    ).toThrow(
      /^memory: this needs about .* GiB.*lower --style-size \(the style picture is 8192000x2048 now\)$/,
    );
  });
});
