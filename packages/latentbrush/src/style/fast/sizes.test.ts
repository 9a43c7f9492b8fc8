import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { picture } from '../../image/index.ts';
import { parseOptions } from '../../options.ts';
import { tinyBackbone, tinyPerception } from '../testing/tiny-perception.ts';
import { trainOptions, type TrainInput } from './options.ts';
import { checkFastSizes, sizeOfFastStyle } from './sizes.ts';

/** Has no output for pictures of less than 75 pixels a side, as InceptionV3. */
const large = { ...tinyBackbone(), name: 'large', smallestSize: () => 75 };

describe('the size at which a style picture is measured', () => {
  const style = picture(3, 50, 20);

  it('of a fast style is given as its shorter side', () => {
    const options = parseOptions(trainOptions, { styleSize: 200 });
    expect(sizeOfFastStyle(style, options)).toEqual({ height: 500, width: 200 });
    expect(sizeOfFastStyle(picture(3, 20, 50), options)).toEqual({ height: 200, width: 500 });
  });
});

describe('sizes too small for the network', () => {
  const perception = tinyPerception({ backbone: large });

  it.each<[TrainInput, RegExp]>([
    [
      { size: 64, styleScales: [2, 1] },
      /^option size: at 64 pixels large has no output at the chosen layers; it must be at least 76$/,
    ],
    [
      { size: 148 },
      /^option size: at 148 pixels large has no output.*at least 151, or less with larger option styleScales$/,
    ],
    [{ styleSize: 149 }, /^option styleSize: at 149 pixels large has no output.*at least 150,/],
  ])('of a fast style: %j', (options, message) => {
    const check = (given: TrainInput): void => {
      const { styleScales, ...rest } = parseOptions(trainOptions, given);
      checkFastSizes({ ...perception, styleScales }, picture(3, 60, 60), { styleScales, ...rest });
    };
    expect(() => check({})).not.toThrow();
    expect(() => check(options)).toThrow(InputError);
    expect(() => check(options)).toThrow(message);
  });

  it('a batch that exceeds the memory is refused', () => {
    const options = parseOptions(trainOptions, { size: 1024, batchSize: 64, filters: 128 });
    expect(() => checkFastSizes({ ...perception, styleScales: [1] }, picture(3, 60, 60), options)).toThrow(
      /^memory: this needs about .* GiB.*lower option size \(now 1024\) or option batchSize \(now 64\)$/,
    );
  });

  it('a style picture that is too long is refused before memory runs out', () => {
    const options = parseOptions(trainOptions, { styleSize: 2048 });
    expect(() =>
      checkFastSizes({ ...perception, styleScales: [1] }, picture(3, 10, 40_000), options),
    ).toThrow(
      /^memory: this needs about .* GiB.*lower option styleSize \(the style picture is 8192000x2048 now\)$/,
    );
  });
});
