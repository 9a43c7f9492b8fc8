import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { picture } from '../image/index.ts';
import { noise } from '../image/testing/noise.ts';
import { fromPixels, rolled, toPixels } from './pixels.ts';

const sides = fc.integer({ min: 1, max: 9 });
const shifts = fc.integer({ min: -30, max: 30 });

describe('pixels of -1 to 1', () => {
  it('are 0 to 255 by x / 127.5 - 1', () => {
    const { data } = toPixels(picture(3, 1, 1, Float32Array.of(0, 127.5, 255)));
    expect([...data]).toEqual([-1, 0, 1]);
  });

  it('of a grey picture are three equal planes', () => {
    const pixels = toPixels(picture(1, 1, 2, Float32Array.of(0, 255)));
    expect(pixels).toEqual({ channels: 3, height: 1, width: 2, data: Float32Array.of(-1, 1, -1, 1, -1, 1) });
  });

  it('are converted back to the picture', () => {
    fc.assert(
      fc.property(sides, sides, fc.nat(1000), (height, width, seed) => {
        const source = noise(seed, 3, height, width);
        const back = fromPixels(toPixels(source));
        expect(back).toMatchObject({ channels: 3, height, width });
        back.data.forEach((value, i) => expect(value).toBeCloseTo(source.data[i]!, 3));
      }),
    );
  });

  it('outside the range are clipped when converted back, and the source stays unchanged', () => {
    const pixels = picture(3, 1, 1, Float32Array.of(-1.5, 0, 7));
    expect([...fromPixels(pixels).data]).toEqual([0, 127.5, 255]);
    expect([...pixels.data]).toEqual([-1.5, 0, 7]);
  });
});

describe('a rolled picture', () => {
  it('equals a loop over its pixels', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1 as const, 3 as const),
        sides,
        sides,
        shifts,
        shifts,
        (channels, height, width, down, right) => {
          const source = noise(5, channels, height, width);
          const { data } = rolled(source, down, right);
          const round = (at: number, length: number): number => ((at % length) + length) % length;
          for (let c = 0; c < channels; c++)
            for (let y = 0; y < height; y++)
              for (let x = 0; x < width; x++) {
                const to = (c * height + round(y + down, height)) * width + round(x + right, width);
                expect(data[to]).toBe(source.data[(c * height + y) * width + x]);
              }
        },
      ),
    );
  });

  it('is unchanged when it is rolled back', () => {
    fc.assert(
      fc.property(sides, sides, shifts, shifts, (height, width, down, right) => {
        const source = noise(6, 3, height, width);
        expect(rolled(rolled(source, down, right), -down, -right)).toEqual(source);
      }),
    );
  });

  it('moves down and to the right', () => {
    const source = picture(1, 2, 3, Float32Array.of(1, 2, 3, 4, 5, 6));
    expect([...rolled(source, 1, 0).data]).toEqual([4, 5, 6, 1, 2, 3]);
    expect([...rolled(source, 0, 1).data]).toEqual([3, 1, 2, 6, 4, 5]);
  });
});
