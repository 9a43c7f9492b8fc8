import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crop, cropToAspect } from './crop.ts';
import { picture, type Picture } from '../picture.ts';

/** Every pixel's value encodes its position: channel, row, column. */
function numbered(channels: 1 | 3, height: number, width: number): Picture {
  const result = picture(channels, height, width);
  result.data.forEach((_, i) => {
    const channel = Math.floor(i / (height * width));
    result.data[i] = channel * 10_000 + (Math.floor(i / width) % height) * 100 + (i % width);
  });
  return result;
}

describe('crop', () => {
  it('copies the rectangle out of every channel', () => {
    const found = crop(numbered(3, 5, 6), 1, 2, 2, 3);
    expect(found).toMatchObject({ channels: 3, height: 2, width: 3 });
    expect([...found.data]).toEqual(
      [0, 10_000, 20_000].flatMap((channel) => [102, 103, 104, 202, 203, 204].map((at) => channel + at)),
    );
  });

  it.each([
    [-1, 0, 2, 2],
    [0, 5, 2, 2],
    [0, 0, 6, 2],
    [0.5, 0, 2, 2],
  ])('refuses a rectangle that is not inside: top %d, left %d, %d high, %d wide', (...rectangle) => {
    expect(() => crop(numbered(1, 5, 6), ...rectangle)).toThrow('are not inside the picture of 6x5');
  });

  it('refuses an empty rectangle', () => {
    expect(() => crop(numbered(1, 5, 6), 1, 1, 0, 2)).toThrow('at least 1 pixel');
  });
});

describe('cropToAspect', () => {
  it('crops what is too wide or too high to its middle', () => {
    expect([...cropToAspect(numbered(1, 2, 6), 1).data]).toEqual([2, 3, 102, 103]);
    expect([...cropToAspect(numbered(1, 6, 2), 2).data]).toEqual([200, 201]);
  });

  it('keeps at least one side whole and matches the aspect within a pixel', () => {
    const sides = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(sides, sides, fc.double({ min: 0.05, max: 20, noNaN: true }), (height, width, aspect) => {
        const found = cropToAspect(numbered(1, height, width), aspect);
        expect(found.height === height || found.width === width).toBe(true);
        const short = Math.min(
          Math.abs(found.width - found.height * aspect),
          Math.abs(found.height - found.width / aspect),
        );
        expect(short).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each([0, -1, Number.NaN, Infinity])('refuses the aspect %s', (aspect) => {
    expect(() => cropToAspect(numbered(1, 4, 4), aspect)).toThrow('it must be above 0');
  });
});
