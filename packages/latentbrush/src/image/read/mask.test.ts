import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { maskOf, readMask } from './mask.ts';
import { picture } from '../picture.ts';

describe('maskOf', () => {
  it('maps white to 1, black to 0 and colours to their luminance', () => {
    const { height, width, data } = maskOf(
      picture(3, 1, 3, Float32Array.of(255, 0, 255, 255, 0, 0, 255, 0, 0)),
    );
    expect([height, width]).toEqual([1, 3]);
    [1, 0, 0.299].forEach((expected, i) => expect(data[i]).toBeCloseTo(expected, 5));
  });

  it('stays within 0..1 when resized, although the filter overshoots at edges', () => {
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

describe('readMask', () => {
  const [white, grey] = [
    { r: 255, g: 255, b: 255 },
    { r: 128, g: 128, b: 128 },
  ];

  it('reads transparency as black: half transparent white is grey', async () => {
    const path = join(await temporaryFolder(), 'mask.png');
    const pixels = Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 0, 255, 255, 255, 51, 0, 0, 0, 255);
    await sharp(pixels, { raw: { width: 4, height: 1, channels: 4 } })
      .png()
      .toFile(path);
    const { data } = maskOf(await readMask(path));
    [1, 0, 0.2, 0].forEach((expected, i) => expect(data[i]).toBeCloseTo(expected, 5));
  });

  it.each([white, grey])('reads a mask without transparency unchanged: $r', async (background) => {
    const path = join(await temporaryFolder(), 'mask.png');
    await sharp({ create: { width: 2, height: 2, channels: 3, background } })
      .png()
      .toFile(path);
    maskOf(await readMask(path)).data.forEach((value) => expect(value).toBeCloseTo(background.r / 255, 5));
  });
});
