import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { colorStatistics, matchHistogram, type ColorStatistics } from './color-transfer.ts';
import { picture, type Picture } from '../picture.ts';
import { noise } from '../testing/noise.ts';

function expectSameStatistics(found: ColorStatistics, expected: ColorStatistics): void {
  const scale = Math.max(...expected.covariance.flat());
  found.mean.forEach((value, i) => expect(Math.abs(value - expected.mean[i]!)).toBeLessThan(1e-2));
  found.covariance.flat().forEach((value, i) => {
    expect(Math.abs(value - expected.covariance.flat()[i]!)).toBeLessThanOrEqual(1e-4 * scale + 1e-6);
  });
}

/** Noise whose channels are mixed by a 3x3 matrix. */
function mixed(seed: number, mix: readonly number[]): Picture {
  const base = noise(seed, 3, 16, 16);
  return {
    ...base,
    data: base.data.map((_, i) => {
      const channel = Math.floor(i / 256);
      const pixel = i % 256;
      return [0, 1, 2].reduce((sum, c) => sum + mix[3 * channel + c]! * base.data[256 * c + pixel]!, 0);
    }),
  };
}

const mixes = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 });

describe('colorStatistics', () => {
  it('measures a picture calculated by hand', () => {
    const { mean, covariance } = colorStatistics(picture(3, 1, 2, Float32Array.of(0, 2, 10, 6, 5, 5)));
    expect(mean).toEqual([1, 8, 5]);
    expect(covariance).toEqual([
      [1, -2, 0],
      [-2, 4, 0],
      [0, 0, 0],
    ]);
  });
});

describe('matchHistogram', () => {
  it("gives the style the mean and the covariance of the content's colours", () => {
    fc.assert(
      fc.property(mixes, (mix) => {
        const content = mixed(1, mix);
        expectSameStatistics(
          colorStatistics(matchHistogram(noise(2, 3, 9, 14), content)),
          colorStatistics(content),
        );
      }),
    );
  });

  it('changes nothing when the colours agree already', () => {
    const style = noise(3, 3, 10, 10);
    matchHistogram(style, style).data.forEach((value, i) => expect(value).toBeCloseTo(style.data[i]!, 2));
  });

  it('stays finite and moderate for any two pictures', () => {
    const flat = picture(3, 5, 5);
    flat.data.fill(77);
    const pictures = [noise(4, 3, 5, 5), noise(5, 1, 5, 5), flat, picture(1, 1, 1)];
    for (const style of pictures) {
      for (const content of pictures) {
        const found = matchHistogram(style, content);
        expect(found).toMatchObject({ channels: 3, height: style.height, width: style.width });
        const wanted = colorStatistics(content);
        const { mean, covariance } = colorStatistics(found);
        mean.forEach((value, i) => expect(value).toBeCloseTo(wanted.mean[i]!, 2));
        // No channel spreads wider than the content's widest direction.
        const widest = wanted.covariance.reduce((trace, row, i) => trace + row[i]!, 0);
        covariance.forEach((row, i) => expect(row[i]).toBeLessThanOrEqual(widest * 1.001 + 1e-6));
      }
    }
  });

  it('does not turn rounding errors of a grey picture into colours', () => {
    const grey = noise(6, 1, 20, 20).data;
    const wobble = noise(7, 3, 20, 20).data.map((value) => (value - 127.5) / 1000);
    const almostGrey = picture(
      3,
      20,
      20,
      wobble.map((value, i) => grey[i % 400]! + value),
    );
    const found = matchHistogram(almostGrey, noise(8, 3, 20, 20));
    const clean = matchHistogram(picture(1, 20, 20, grey), noise(8, 3, 20, 20));
    found.data.forEach((value, i) => expect(Math.abs(value - clean.data[i]!)).toBeLessThan(20));
  });

  it('keeps a grey content grey', () => {
    const { data } = matchHistogram(noise(9, 3, 4, 4), noise(10, 1, 30, 30));
    for (let i = 0; i < 16; i++) {
      expect(data[16 + i]).toBeCloseTo(data[i]!, 2);
      expect(data[32 + i]).toBeCloseTo(data[i]!, 2);
    }
  });
});
