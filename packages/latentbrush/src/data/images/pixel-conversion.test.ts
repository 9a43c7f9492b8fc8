import { Random } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { convert, convertChannels } from './pixel-conversion.ts';
import type { DatasetContents } from './image-dataset.ts';

function contents(channels: 1 | 3, height: number, width: number, pixels: Uint8Array): DatasetContents {
  return { name: 'x', origin: 'x', channels, height, width, pixels, labels: undefined, captions: undefined, skipped: [] }; // prettier-ignore
}

describe('convertChannels', () => {
  it('turns colours into grey by their luminance, and grey into three equal channels', () => {
    // Two pictures of two pixels: red and green; blue and white.
    const colours = Uint8Array.of(255, 0, 0, 255, 0, 0, 0, 255, 0, 255, 255, 255);
    const grey = Uint8Array.of(76, 150, 29, 255); // 255 x 0.299, 0.587, 0.114, 1
    expect(convertChannels(colours, 3, 1, 2)).toEqual(grey);
    expect(convertChannels(grey, 1, 3, 2)).toEqual(
      Uint8Array.of(76, 150, 76, 150, 76, 150, 29, 255, 29, 255, 29, 255),
    );
    expect(convertChannels(grey, 1, 1, 2)).toBe(grey);
  });
});

describe('convert', () => {
  it('does not change pictures of that size', () => {
    const pixels = Uint8Array.from({ length: 12 }, (_, i) => i);
    expect(convert(contents(3, 2, 2, pixels), 3, 2).pixels).toBe(pixels);
    expect(convert(contents(3, 2, 2, pixels), 3, undefined).pixels).toBe(pixels);
  });

  it('resizes each picture separately, rounds and clips', () => {
    const pixels = new Uint8Array(2 * 8 * 8);
    pixels.fill(200, 64); // the first is black
    for (let row = 0; row < 8; row++) pixels.fill(255, 64 + 8 * row, 64 + 8 * row + 4); // an edge, which overshoots
    const { pixels: large, height, width } = convert(contents(1, 8, 8, pixels), 1, 16);
    expect([height, width, large.length]).toEqual([16, 16, 512]);
    expect(large.subarray(0, 256).every((value) => value === 0)).toBe(true);
    const row = large.subarray(256 + 128, 256 + 144);
    expect([row[0], row[15]]).toEqual([255, 200]);
    expect(Math.min(...row)).toBeGreaterThan(190); // the filter gives more than 255, which without clipping would wrap to a small number
  });

  it('crops pictures that are not square to their middle', () => {
    const wide = Uint8Array.from({ length: 8 * 24 }, (_, i) => (i % 24 < 8 ? 10 : i % 24 < 16 ? 20 : 30));
    expect(convert(contents(1, 8, 24, wide), 1, 8).pixels.every((value) => value === 20)).toBe(true);
  });

  it('keeps the mean of noise', () => {
    const random = new Random(1);
    const noise = Uint8Array.from({ length: 3 * 32 * 32 }, () => random.integer(0, 256));
    const mean = (pixels: Uint8Array): number =>
      pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
    expect(Math.abs(mean(convert(contents(3, 32, 32, noise), 3, 16).pixels) - mean(noise))).toBeLessThan(1);
  });
});
