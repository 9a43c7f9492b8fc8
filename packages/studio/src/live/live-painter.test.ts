import { afterAll, describe, expect, it, vi } from 'vitest';
import { blended, planesOf } from './live-painter.ts';

// Node has no ImageData.
class Pixels {
  constructor(
    readonly data: Uint8ClampedArray,
    readonly width: number,
    readonly height: number,
  ) {}
}
vi.stubGlobal('ImageData', Pixels);
afterAll(() => vi.unstubAllGlobals());

/** Two pixels: red, green, blue and opacity. */
const picture = new ImageData(Uint8ClampedArray.of(10, 20, 30, 255, 40, 50, 60, 255), 2, 1);

describe('a picture of a canvas', () => {
  it('becomes planes of red, green and blue', () => {
    expect([...planesOf(picture)]).toEqual([10, 40, 20, 50, 30, 60]);
  });

  it('is blended with its painting by strength, in the range of colours', () => {
    const painting = Float32Array.of(110, 140, 120, 150, 330, -60);
    expect([...blended(picture, painting, 0).data]).toEqual([...picture.data]);
    expect([...blended(picture, painting, 1).data]).toEqual([110, 120, 255, 255, 140, 150, 0, 255]);
    expect([...blended(picture, painting, 0.25).data]).toEqual([35, 45, 105, 255, 65, 75, 30, 255]);
  });
});
