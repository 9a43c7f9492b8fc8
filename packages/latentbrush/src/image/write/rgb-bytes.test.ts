import { describe, expect, it } from 'vitest';
import { picture } from '../picture.ts';
import { rgbBytes } from './rgb-bytes.ts';

describe('rgbBytes', () => {
  it('interleaves the three values of a pixel', () => {
    expect([...rgbBytes(picture(3, 1, 2, Float32Array.of(1, 2, 10, 20, 100, 200)))]).toEqual([
      1, 10, 100, 2, 20, 200,
    ]);
  });

  it('rounds and clips', () => {
    expect([...rgbBytes(picture(3, 1, 1, Float32Array.of(-7, 99.6, 300)))]).toEqual([0, 100, 255]);
    expect([...rgbBytes(picture(1, 1, 1, Float32Array.of(Number.NaN)))]).toEqual([0, 0, 0]);
  });

  it('makes three equal values of grey', () => {
    expect([...rgbBytes(picture(1, 1, 2, Float32Array.of(7, 8)))]).toEqual([7, 7, 7, 8, 8, 8]);
  });
});
