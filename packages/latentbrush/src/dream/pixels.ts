import { inColor, rowsOf, type Picture, type PictureRows } from '../image/index.ts';

/** A picture with values -1 to 1, as the dream uses it: y = x / 127.5 - 1. Three channels. */
export function toPixels(picture: Picture): Picture {
  const { height, width, data } = inColor(picture);
  const pixels = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) pixels[i] = data[i]! / 127.5 - 1;
  return { channels: 3, height, width, data: pixels };
}

/** The rows of {@link toPixels}, made when they are read. */
export function pixelRows(picture: Picture): PictureRows {
  return rowsOf(inColor(picture), (value) => value / 127.5 - 1);
}

/** Back to 0..255, clipped. */
export function fromPixels(pixels: Picture): Picture {
  const data = new Float32Array(pixels.data.length);
  for (let i = 0; i < data.length; i++) data[i] = Math.min(Math.max((pixels.data[i]! + 1) * 127.5, 0), 255);
  return { ...pixels, data };
}

/** The picture rolled by rows and columns: pixels that leave at one side enter at the other. */
export function rolled(source: Picture, down: number, right: number): Picture {
  const { channels, height, width, data } = source;
  const by = ((right % width) + width) % width;
  if (by === 0 && down % height === 0) return source;
  const moved = new Float32Array(data.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < height; row++) {
      const target = (((row + down) % height) + height) % height;
      const from = (channel * height + row) * width;
      const to = (channel * height + target) * width;
      moved.set(data.subarray(from, from + width - by), to + by);
      moved.set(data.subarray(from + width - by, from + width), to);
    }
  }
  return { ...source, data: moved };
}
