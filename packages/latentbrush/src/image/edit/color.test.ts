import { describe, expect, it } from 'vitest';
import { inColor, luminance, withColorsOf } from './color.ts';
import { picture } from '../picture.ts';
import { noise } from '../testing/noise.ts';

/** Rows of the NTSC matrix: the chroma of YIQ. */
const I = [0.595716, -0.274453, -0.321263] as const;
const Q = [0.211456, -0.522591, 0.311135] as const;

describe('luminance', () => {
  it('weights red, green and blue by ITU-R BT.601', () => {
    const primaries = picture(3, 1, 4, Float32Array.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255));
    const expected = [0.299 * 255, 0.587 * 255, 0.114 * 255, 255];
    luminance(primaries).data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
  });

  it('of a grey picture is the picture', () => {
    const grey = noise(1, 1, 4, 5);
    expect(luminance(grey)).toBe(grey);
  });
});

describe('inColor', () => {
  it('repeats the plane of a grey picture, and keeps others', () => {
    const grey = picture(1, 1, 2, Float32Array.of(7, 250));
    expect(inColor(grey)).toEqual(picture(3, 1, 2, Float32Array.of(7, 250, 7, 250, 7, 250)));
    const source = noise(1, 3, 2, 2);
    expect(inColor(source)).toBe(source);
  });
});

describe('withColorsOf', () => {
  const stylised = noise(1, 3, 6, 7);
  const content = noise(2, 3, 6, 7);
  const result = withColorsOf(stylised, content);

  it('has the luminance of the stylised picture', () => {
    const wanted = luminance(stylised).data;
    luminance(result).data.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 3));
  });

  it('has the chroma I and Q of the content', () => {
    for (const row of [I, Q]) {
      for (let pixel = 0; pixel < 42; pixel++) {
        const chroma = (data: Float32Array): number =>
          row[0] * data[pixel]! + row[1] * data[42 + pixel]! + row[2] * data[84 + pixel]!;
        expect(Math.abs(chroma(result.data) - chroma(content.data))).toBeLessThan(1e-3);
      }
    }
  });

  it('with a grey content has only luminance', () => {
    const found = withColorsOf(stylised, noise(3, 1, 6, 7));
    expect(found.channels).toBe(1);
    const wanted = luminance(stylised).data;
    found.data.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 3));
  });

  it('refuses pictures of different sizes and names both', () => {
    expect(() => withColorsOf(stylised, noise(3, 3, 6, 8))).toThrow(
      'the picture is 7x6 and the one that gives the colours 8x6',
    );
  });
});
