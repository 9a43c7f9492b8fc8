import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { picture, type Picture } from '../picture.ts';
import { zoom } from './zoom.ts';

type Pixels = readonly (readonly (readonly number[])[])[];

const oracle = JSON.parse(
  readFileSync(new URL('../../../../engine/src/testing/oracles/zoom.json', import.meta.url), 'utf8'),
) as { image: Pixels; cases: { shape: [number, number]; out: Pixels }[] };

/** One channel of the oracle's `[height, width, channels]`. */
function plane(pixels: Pixels, channel: number): Picture {
  const values = pixels.flatMap((row) => row.map((pixel) => pixel[channel]!));
  return picture(1, pixels.length, pixels[0]!.length, Float32Array.from(values));
}

const sizes = fc.integer({ min: 1, max: 12 });

describe('zoom', () => {
  it.each(oracle.cases.map(({ shape, out }) => [shape.join('x'), shape, out] as const))(
    'reproduces scipy.ndimage.zoom with order=1 to %s',
    (_, [height, width], out) => {
      for (const channel of [0, 1]) {
        const found = zoom(plane(oracle.image, channel), height, width);
        const expected = plane(out, channel);
        expect([found.height, found.width]).toEqual([height, width]);
        const scale = Math.max(...expected.data);
        const errors = expected.data.map((value, i) => Math.abs(found.data[i]! - value) / scale);
        expect(Math.max(...errors)).toBeLessThanOrEqual(1e-6);
      }
    },
  );

  it('to the same size changes nothing', () => {
    fc.assert(
      fc.property(sizes, sizes, (height, width) => {
        const source = ramp(height, width);
        const same = zoom(source, height, width);
        expect(same).toEqual(source);
        expect(same.data).not.toBe(source.data);
      }),
    );
  });

  it('keeps the corners at any size', () => {
    fc.assert(
      fc.property(sizes, sizes, sizes, sizes, (height, width, toHeight, toWidth) => {
        const source = ramp(height, width);
        const { data } = zoom(source, toHeight, toWidth);
        expect(data[0]).toBe(source.data[0]);
        // An axis of one pixel has only one corner: it keeps the first.
        const lastRow = toHeight === 1 ? 0 : height - 1;
        const lastColumn = toWidth === 1 ? 0 : width - 1;
        expect(data[toHeight * toWidth - 1]).toBe(source.data[lastRow * width + lastColumn]);
      }),
    );
  });

  it('keeps the channels apart', () => {
    const source = picture(3, 1, 2, Float32Array.of(0, 10, 100, 110, -5, 5));
    expect([...zoom(source, 1, 3).data]).toEqual([0, 5, 10, 100, 105, 110, -5, 0, 5]);
  });

  it('refuses a size without pixels', () => {
    expect(() => zoom(ramp(4, 4), 0, 3)).toThrow('width and height are at least 1 pixel');
  });
});

function ramp(height: number, width: number): Picture {
  const data = Float32Array.from({ length: height * width }, (_, i) => (i * 37) % 256);
  return picture(1, height, width, data);
}
