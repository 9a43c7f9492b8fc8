import { describe, expect, it } from 'vitest';
import { maskOf } from './mask.ts';
import { picture } from './picture.ts';

describe('maskOf', () => {
  it('makes white 1, black 0 and colours their luminance', () => {
    const { height, width, data } = maskOf(
      picture(3, 1, 3, Float32Array.of(255, 0, 255, 255, 0, 0, 255, 0, 0)),
    );
    expect([height, width]).toEqual([1, 3]);
    [1, 0, 0.299].forEach((expected, i) => expect(data[i]).toBeCloseTo(expected, 5));
  });

  it('resized stays within 0..1 although the filter overshoots at edges', () => {
    const edge = picture(
      1,
      8,
      8,
      Float32Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 0 : 255)),
    );
    const { data } = maskOf(edge, 30, 20);
    expect(data).toHaveLength(600);
    expect(Math.min(...data)).toBe(0);
    expect(Math.max(...data)).toBe(1);
  });
});
