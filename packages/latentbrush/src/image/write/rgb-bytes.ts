import { type Picture } from '../picture.ts';

/**
 * A picture as bytes: red, green, blue of each pixel, row after row. Values are rounded to the nearest whole number and
 * clipped to 0..255 (NaN becomes 0); a grey picture has three equal values.
 * @example
 * console.log(image.rgbBytes(image.picture(1, 1, 1, Float32Array.of(300)))); // Uint8Array(3) [ 255, 255, 255 ]
 */
export function rgbBytes({ channels, height, width, data }: Picture): Uint8Array {
  const size = height * width;
  const bytes = new Uint8ClampedArray(3 * size); // rounds and clips by itself
  for (let channel = 0; channel < 3; channel++) {
    const from = channels === 1 ? 0 : channel * size;
    for (let i = 0; i < size; i++) bytes[3 * i + channel] = data[from + i]!;
  }
  return new Uint8Array(bytes.buffer);
}
