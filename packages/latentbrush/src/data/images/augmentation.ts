import { InputError, type Random } from '@latentbrush/engine';
import type { PictureShape } from './memory-bound.ts';

/** Small random changes that keep the content of a picture: for small data sets. */
export interface Augmentation {
  /** Mirror every second picture left and right. Default false. */
  readonly flip?: boolean;
  /** Move by up to this many pixels in each direction; the edge is repeated. Default 0. */
  readonly shift?: number;
  /**
   * Change brightness, contrast and saturation, each by a factor from 1 - color to 1 + color, as `ColorJitter` of torchvision
   * does. 0 to 1; default 0.
   */
  readonly color?: number;
}

/** Shares of red, green and blue in the luminance: ITU-R BT.601. */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114] as const;

/**
 * Checks the options.
 * @returns undefined when they change nothing
 * @throws InputError for values out of range
 */
export function checkAugmentation(
  { flip = false, shift = 0, color = 0 }: Augmentation,
  { height, width }: PictureShape,
): Required<Augmentation> | undefined {
  const most = Math.min(height, width) - 1;
  if (!Number.isInteger(shift) || shift < 0 || shift > most)
    throw new InputError(`shift: ${shift} was given; a whole number of pixels from 0 to ${most} is needed`);
  if (!(color >= 0 && color <= 1))
    throw new InputError(`color: ${color} was given; a number from 0 to 1 is needed`);
  return flip || shift > 0 || color > 0 ? { flip, shift, color } : undefined;
}

/**
 * A changed copy of a picture.
 *
 * Colours, on values from 0 to 255 and in this order: brightness `x b`; contrast `m + (x - m) c`, where m is the mean luminance; saturation
 * `g + (x - g) s`, where g is the luminance of the pixel. After each, values are rounded and clipped to 0..255. A picture of one channel
 * has no saturation.
 * @param pixels bytes of all pictures
 * @param start the start of the picture: `[channels, height, width]`
 * @param target the array for the copy
 */
export function augment(
  pixels: Uint8Array,
  start: number,
  { channels, height, width }: PictureShape,
  { flip, shift, color }: Required<Augmentation>,
  random: Random,
  target: Uint8ClampedArray,
): void {
  const mirrored = flip && random.uniform() < 0.5;
  const down = shift > 0 ? random.integer(-shift, shift + 1) : 0;
  const across = shift > 0 ? random.integer(-shift, shift + 1) : 0;
  let to = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const row = start + (channel * height + clamp(y - down, height)) * width;
      for (let x = 0; x < width; x++) {
        const column = clamp(x - across, width);
        target[to++] = pixels[row + (mirrored ? width - 1 - column : column)]!;
      }
    }
  }
  if (color > 0) changeColors(target, channels, height * width, color, random);
}

function changeColors(
  picture: Uint8ClampedArray,
  channels: number,
  plane: number,
  color: number,
  random: Random,
): void {
  const factor = (): number => random.uniform(1 - color, 1 + color);
  const [brightness, contrast, saturation] = [factor(), factor(), factor()];
  // Assignments to clamped bytes round and clip.
  for (let i = 0; i < picture.length; i++) picture[i] = picture[i]! * brightness;
  let mean = 0;
  for (let i = 0; i < plane; i++) mean += luminanceAt(picture, channels, plane, i);
  mean /= plane;
  for (let i = 0; i < picture.length; i++) picture[i] = mean + (picture[i]! - mean) * contrast;
  if (channels === 1) return;
  for (let i = 0; i < plane; i++) {
    const grey = luminanceAt(picture, channels, plane, i);
    for (let j = i; j < picture.length; j += plane) picture[j] = grey + (picture[j]! - grey) * saturation;
  }
}

function luminanceAt(picture: Uint8ClampedArray, channels: number, plane: number, i: number): number {
  if (channels === 1) return picture[i]!;
  return RED * picture[i]! + GREEN * picture[i + plane]! + BLUE * picture[i + 2 * plane]!;
}

function clamp(position: number, length: number): number {
  return Math.min(length - 1, Math.max(0, position));
}
