import { InputError } from '@latentbrush/engine';
import { crop } from './crop.ts';
import { picture, type Picture } from '../picture.ts';

/** The size in pixels, and how to fit a picture of another aspect. */
export interface ResizeOptions {
  /** Default: from the width, in the picture's proportions. */
  readonly height?: number;
  /** Default: from the height, in the picture's proportions. */
  readonly width?: number;
  /**
   * `fill` (the default) stretches to the exact size. `inside` keeps the proportions and gives the largest size that fits. `cover` keeps
   * the proportions, fills the size and crops the rest around the centre. These are the names of sharp.
   */
  readonly fit?: 'fill' | 'inside' | 'cover';
}

/**
 * Resizes with the Lanczos filter of three lobes, `L(x) = sinc(x) sinc(x/3)` for |x| < 3, widened by the scale when it shrinks, against
 * aliasing (Duchon 1979). Pixel centres and edges are those of Pillow's `LANCZOS`: weights outside the picture are dropped and the rest is
 * scaled to sum 1. Values keep their fractions and can overshoot the range at sharp edges; they are not clipped.
 *
 * We compute it without sharp, because sharp rounds and clips float pixels.
 * @returns the source itself if it has this size already
 * @throws InputError when a side is not a whole number of at least one pixel
 * @example
 * const thumbnail = image.resize(await image.readPicture('cat.jpg'), { width: 64, height: 64, fit: 'cover' });
 * console.log(thumbnail.width, thumbnail.height); // 64 64
 */
export function resize(source: Picture, options: ResizeOptions): Picture {
  const { fit = 'fill' } = options;
  const [height, width] = targetSize(source, options);
  if (fit === 'fill') return lanczos(source, height, width);
  const scales = [height / source.height, width / source.width];
  const scale = fit === 'inside' ? Math.min(...scales) : Math.max(...scales);
  const scaled = lanczos(source, scaledSide(source.height, scale), scaledSide(source.width, scale));
  if (fit === 'inside') return scaled;
  return crop(
    scaled,
    Math.floor((scaled.height - height) / 2),
    Math.floor((scaled.width - width) / 2),
    height,
    width,
  );
}

/**
 * The picture itself if its longer side is at most `longest` pixels, else a smaller copy with that side, in its proportions.
 * @example
 * const small = image.fitWithin(image.picture(3, 300, 400), 100);
 * console.log(small.width, small.height); // 100 75
 */
export function fitWithin(source: Picture, longest: number): Picture {
  return resize(source, sizeWithin(source, longest));
}

/**
 * The size of the result of {@link fitWithin}.
 * @example
 * console.log(image.sizeWithin({ height: 3000, width: 4000 }, 640)); // { height: 480, width: 640 }
 */
export function sizeWithin(
  { height, width }: { readonly height: number; readonly width: number },
  longest: number,
): { height: number; width: number } {
  const scale = Math.min(1, longest / Math.max(height, width));
  return { height: scaledSide(height, scale), width: scaledSide(width, scale) };
}

function targetSize(source: Picture, { height, width }: ResizeOptions): [number, number] {
  for (const side of [height, width]) {
    if (side !== undefined && !(Number.isInteger(side) && side > 0)) {
      throw new InputError(
        `resize: ${side} is not a length; width and height are whole numbers of pixels, at least 1`,
      );
    }
  }
  if (height !== undefined && width !== undefined) return [height, width];
  if (height !== undefined) return [height, scaledSide(source.width, height / source.height)];
  if (width !== undefined) return [scaledSide(source.height, width / source.width), width];
  return [source.height, source.width];
}

function scaledSide(side: number, scale: number): number {
  return Math.max(1, Math.round(side * scale));
}

function lanczos(source: Picture, height: number, width: number): Picture {
  if (height === source.height && width === source.width) return source;
  const result = picture(source.channels, height, width);
  const vertical = taps(source.height, height);
  const horizontal = taps(source.width, width);
  const row = new Float64Array(source.width);
  for (let plane = 0; plane < source.channels; plane++) {
    const from = plane * source.height * source.width;
    const to = plane * height * width;
    for (let y = 0; y < height; y++) {
      sumRows(source.data, from, row, vertical, y);
      sumColumns(row, result.data, to + y * width, horizontal);
    }
  }
  return result;
}

/** For every target pixel of an axis: the first source pixel it reads, their number, and their weights (sum 1). */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `stride` weights for each target pixel. */
  readonly weights: Float64Array;
  readonly stride: number;
}

function taps(sourceLength: number, targetLength: number): Taps {
  const scale = sourceLength / targetLength;
  const widening = Math.max(1, scale);
  const reach = 3 * widening;
  const stride = Math.ceil(reach) * 2 + 1;
  const first = new Int32Array(targetLength);
  const count = new Int32Array(targetLength);
  const weights = new Float64Array(targetLength * stride);
  for (let target = 0; target < targetLength; target++) {
    const centre = (target + 0.5) * scale - 0.5;
    const begin = Math.max(0, Math.ceil(centre - reach));
    const end = Math.min(sourceLength - 1, Math.floor(centre + reach));
    const at = weights.subarray(target * stride, target * stride + end - begin + 1);
    let sum = 0;
    for (let i = 0; i < at.length; i++) sum += at[i] = lanczos3((begin + i - centre) / widening);
    for (let i = 0; i < at.length; i++) at[i]! /= sum;
    first[target] = begin;
    count[target] = at.length;
  }
  return { first, count, weights, stride };
}

function lanczos3(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= 3) return 0;
  const angle = Math.PI * x;
  return (3 * Math.sin(angle) * Math.sin(angle / 3)) / (angle * angle);
}

/** The weighted sum of the source rows of target row `y`. */
function sumRows(source: Float32Array, start: number, row: Float64Array, rows: Taps, y: number): void {
  row.fill(0);
  for (let tap = 0; tap < rows.count[y]!; tap++) {
    const weight = rows.weights[y * rows.stride + tap]!;
    const at = start + (rows.first[y]! + tap) * row.length;
    for (let x = 0; x < row.length; x++) row[x]! += weight * source[at + x]!;
  }
}

/** Filters one row along its length into `target`, from `start` on. */
function sumColumns(row: Float64Array, target: Float32Array, start: number, columns: Taps): void {
  for (let x = 0; x < columns.first.length; x++) {
    const first = columns.first[x]!;
    const count = columns.count[x]!;
    const at = x * columns.stride;
    let sum = 0;
    for (let tap = 0; tap < count; tap++) sum += columns.weights[at + tap]! * row[first + tap]!;
    target[start + x] = sum;
  }
}
