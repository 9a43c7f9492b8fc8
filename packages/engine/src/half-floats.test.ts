import { describe, expect, it } from 'vitest';
import { float16ToFloat32, float32ToFloat16 } from './half-floats.ts';

describe('float32ToFloat16', () => {
  it('gives back the bits of every number that binary16 can express', () => {
    const bits = Uint16Array.from({ length: 2 ** 16 }, (_, index) => index).filter(
      (each) => (each & 0x7c00) !== 0x7c00 || (each & 0x3ff) === 0, // NaN has many spellings
    );
    expect(float32ToFloat16(float16ToFloat32(bits))).toEqual(bits);
    expect(float32ToFloat16(Float32Array.of(NaN))[0]).toBe(0x7e00);
  });

  it.each([
    ['the nearest', 1 + 0.6 / 1024, 1 + 1 / 1024],
    ['the even one of two equally near, below', 1 + 0.5 / 1024, 1],
    ['the even one of two equally near, above', 1 + 1.5 / 1024, 1 + 2 / 1024],
    ['the next power of two', 2 - 2 ** -12, 2],
    ['the smallest normal number', 2 ** -14 - 2 ** -26, 2 ** -14],
    ['0 for what is too small', 2 ** -26, 0],
    ['the largest number', 65_519, 65_504],
    ['infinity beyond it', 65_520, Infinity],
    ['infinity', -1e9, -Infinity],
  ])('takes %s', (_, value, expected) => {
    expect(float16ToFloat32(float32ToFloat16(Float32Array.of(value, -value)))).toEqual(
      Float32Array.of(expected, -expected),
    );
  });
});
