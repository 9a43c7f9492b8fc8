import type { Random } from '@latentbrush/engine';
import { crop, inColor, resize, type Picture } from '../../image/index.ts';

/** Aligned pictures of one size, as bytes: a quarter of the memory of float32. */
export interface StoredPicture {
  readonly height: number;
  readonly width: number;
  /** `[3 for each picture, height, width]` */
  readonly data: Uint8ClampedArray;
}

/** A square of a picture, and whether to mirror it. */
interface Region {
  readonly top: number;
  readonly left: number;
  readonly side: number;
  readonly mirrored: boolean;
}

/** Size of the shorter side of a stored picture relative to the crops, so that crops vary in scale. */
const SCALES = 2;

/** Largest ratio of the sides; of a longer picture only the middle is stored. */
const LONGEST = 4;

/**
 * Stores pictures of one size, for crops of `size` pixels. They are resized if their shorter side is more than twice that size, or less
 * than it.
 */
export function storedPicture(sources: readonly Picture[], size: number): StoredPicture {
  const kept = sources.map((source) => fitted(withoutExcess(inColor(source)), size));
  const { height, width } = kept[0]!;
  const data = new Uint8ClampedArray(kept.length * 3 * height * width);
  kept.forEach((each, index) => data.set(each.data, index * each.data.length));
  return { height, width, data };
}

/**
 * Draws a square crop: a side between `size` and the picture's shorter one, a place, and whether to mirror.
 * @returns `[3 for each picture, size, size]`, RGB, 0 to 255
 */
export function drawCrop(random: Random, stored: StoredPicture, size: number): Float32Array {
  const { height, width, data } = stored;
  const side = random.integer(size, Math.min(height, width) + 1);
  const top = random.integer(0, height - side + 1);
  const left = random.integer(0, width - side + 1);
  const region: Region = { top, left, side, mirrored: random.uniform() < 0.5 };
  const plane = size * size;
  const pictures = data.length / (3 * height * width);
  const result = new Float32Array(pictures * 3 * plane);
  for (let index = 0; index < pictures; index++)
    result.set(cropOf(stored, index, region, size), index * 3 * plane);
  return result;
}

// The square of one of the pictures, at the given size, with the overshoot of the filter clipped.
function cropOf(
  { height, width, data }: StoredPicture,
  index: number,
  { top, left, side, mirrored }: Region,
  size: number,
): Float32Array {
  const square = new Float32Array(3 * side * side);
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < side; row++) {
      const start = ((3 * index + channel) * height + top + row) * width + left;
      square.set(data.subarray(start, start + side), (channel * side + row) * side);
    }
  }
  const part: Picture = { channels: 3, height: side, width: side, data: square };
  const values = resize(part, { height: size, width: size }).data;
  for (let i = 0; i < values.length; i++) values[i] = Math.min(Math.max(values[i]!, 0), 255);
  if (mirrored)
    for (let row = 0; row < values.length; row += size) values.subarray(row, row + size).reverse();
  return values;
}

// The middle of a picture that is much longer than wide.
function withoutExcess(source: Picture): Picture {
  const { height, width } = source;
  const longest = LONGEST * Math.min(height, width);
  if (Math.max(height, width) <= longest) return source;
  const [rows, columns] = [Math.min(height, longest), Math.min(width, longest)];
  return crop(source, Math.floor((height - rows) / 2), Math.floor((width - columns) / 2), rows, columns);
}

function fitted(source: Picture, size: number): Picture {
  const { height, width } = source;
  const shorter = Math.min(height, width);
  const wanted = Math.min(Math.max(shorter, size), SCALES * size);
  const factor = wanted / shorter;
  return resize(source, { height: Math.round(height * factor), width: Math.round(width * factor) });
}
