import { describe, expect, it } from 'vitest';
import { rasterizerVersion, rasterizeSvg } from './rasterize-svg.ts';

/** Red, green, blue of a pixel. */
function pixel(planes: Uint8Array, size: number, y: number, x: number): number[] {
  return [0, 1, 2].map((channel) => planes[channel * size * size + y * size + x]!);
}

describe('rasterizeSvg', () => {
  const body = '<rect x="10" y="20" width="5" height="5" fill="#0080ff"/>';

  it('draws the given part of the plane over white', async () => {
    const planes = await rasterizeSvg({ body, left: 10, top: 20, width: 10, height: 10 }, 20);
    expect(planes).toHaveLength(3 * 20 * 20);
    expect(pixel(planes, 20, 0, 0)).toEqual([0, 128, 255]);
    expect(pixel(planes, 20, 9, 9)).toEqual([0, 128, 255]);
    expect(pixel(planes, 20, 10, 9)).toEqual([255, 255, 255]);
    expect(pixel(planes, 20, 9, 10)).toEqual([255, 255, 255]);
  });

  it('draws over another background', async () => {
    const planes = await rasterizeSvg({ body: '', left: 0, top: 0, width: 1, height: 1 }, 8, [1, 2, 3]);
    expect(pixel(planes, 8, 4, 4)).toEqual([1, 2, 3]);
  });

  it('centres a drawing that is not square', async () => {
    const wide = '<rect width="20" height="10" fill="black"/>';
    const planes = await rasterizeSvg({ body: wide, left: 0, top: 0, width: 20, height: 10 }, 20);
    expect([4, 5, 14, 15].map((row) => pixel(planes, 20, row, 10)[0])).toEqual([255, 0, 0, 255]);
  });

  it('names the libraries that draw', async () => {
    expect(await rasterizerVersion()).toMatch(/^rsvg \d+\.\d+\.\d+, cairo \d+\.\d+\.\d+$/);
  });
});
