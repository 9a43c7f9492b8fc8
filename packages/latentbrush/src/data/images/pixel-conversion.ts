import { picture, resize, type Picture } from '../../image/index.ts';
import type { DatasetContents } from './image-dataset.ts';

/** Shares of red, green and blue in the luminance: ITU-R BT.601. */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114] as const;

/**
 * Pictures with one channel in place of three, or three in place of one: the luminance `0.299 R + 0.587 G + 0.114 B` (ITU-R BT.601,
 * rounded), or three copies of the grey channel.
 * @param pixels `[count, from, height, width]`
 * @param plane height x width
 * @returns `[count, to, height, width]`
 */
export function convertChannels(pixels: Uint8Array, from: 1 | 3, to: 1 | 3, plane: number): Uint8Array {
  if (from === to) return pixels;
  const count = pixels.length / (from * plane);
  const result = new Uint8Array(count * to * plane);
  for (let n = 0; n < count; n++) {
    const [source, target] = [n * from * plane, n * to * plane];
    if (from === 1) {
      const grey = pixels.subarray(source, source + plane);
      for (let channel = 0; channel < 3; channel++) result.set(grey, target + channel * plane);
    } else {
      for (let i = source; i < source + plane; i++) {
        const luminance = RED * pixels[i]! + GREEN * pixels[i + plane]! + BLUE * pixels[i + 2 * plane]!;
        result[target + i - source] = Math.round(luminance);
      }
    }
  }
  return result;
}

/**
 * The pictures with the given number of channels and the given side, resized with the Lanczos filter. Those that are not square are cropped
 * to their middle.
 */
export function convert(
  contents: DatasetContents,
  channels: 1 | 3,
  size: number | undefined,
): DatasetContents {
  const isSized = size === undefined || (size === contents.height && size === contents.width);
  if (isSized && channels === contents.channels) return contents;
  const pixels = convertChannels(
    contents.pixels,
    contents.channels,
    channels,
    contents.height * contents.width,
  );
  const converted = { ...contents, channels, pixels, store: undefined, sha256: undefined };
  if (isSized) return converted;
  return { ...converted, height: size, width: size, pixels: resizeAll(converted, size) };
}

function resizeAll({ channels, height, width, pixels }: DatasetContents, size: number): Uint8Array {
  const [from, to] = [channels * height * width, channels * size * size];
  const count = pixels.length / from;
  const result = new Uint8ClampedArray(count * to); // rounds and clips
  const source: Picture = picture(channels, height, width);
  for (let n = 0; n < count; n++) {
    source.data.set(pixels.subarray(n * from, (n + 1) * from));
    result.set(resize(source, { height: size, width: size, fit: 'cover' }).data, n * to);
  }
  return new Uint8Array(result.buffer);
}
