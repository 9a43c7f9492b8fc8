import { picture, type Picture } from '../picture.ts';

/**
 * The book's zoom between octaves, `scipy.ndimage.zoom` with `order=1`: bilinear, corners aligned. Pixel `t` of an axis
 * reads the source at `t * (in - 1) / (out - 1)`, so the first and the last pixel keep their values; an axis of one
 * target pixel reads the first source pixel. It does not blur before it shrinks: DeepDream needs that; for photographs use `resize`.
 * Interpolates in float64.
 * @param source `[channels, in height, in width]`
 * @returns `[channels, height, width]`, always a new picture
 * @throws InputError when the size is not at least one pixel
 * @example
 * const large = image.zoom(image.picture(3, 20, 30), 40, 60);
 * console.log(large.width, large.height); // 60 40
 */
export function zoom(source: Picture, height: number, width: number): Picture {
  if (height === source.height && width === source.width) return { ...source, data: source.data.slice() };
  const result = picture(source.channels, height, width);
  const rows = samples(source.height, height);
  const columns = samples(source.width, width);
  const from = source.data;
  const to = result.data;
  let next = 0;
  for (let plane = 0; plane < source.channels; plane++) {
    const start = plane * source.height * source.width;
    for (let y = 0; y < height; y++) {
      const above = start + rows.before[y]! * source.width;
      const below = start + rows.after[y]! * source.width;
      const down = rows.share[y]!;
      for (let x = 0; x < width; x++) {
        const left = columns.before[x]!;
        const right = columns.after[x]!;
        const across = columns.share[x]!;
        const upper = from[above + left]! * (1 - across) + from[above + right]! * across;
        const lower = from[below + left]! * (1 - across) + from[below + right]! * across;
        to[next++] = upper * (1 - down) + lower * down;
      }
    }
  }
  return result;
}

/** For every target pixel of an axis: its two source neighbours and the weight of the second. */
interface AxisSamples {
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly share: Float64Array;
}

function samples(sourceLength: number, targetLength: number): AxisSamples {
  const before = new Int32Array(targetLength);
  const after = new Int32Array(targetLength);
  const share = new Float64Array(targetLength);
  for (let target = 0; target < targetLength; target++) {
    // Multiply before dividing: so the last target pixel is exactly the last source pixel.
    const position = targetLength === 1 ? 0 : (target * (sourceLength - 1)) / (targetLength - 1);
    const floor = Math.floor(position);
    before[target] = floor;
    after[target] = Math.min(floor + 1, sourceLength - 1);
    share[target] = position - floor;
  }
  return { before, after, share };
}
