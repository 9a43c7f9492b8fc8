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
  return pictureOf(zoomedRows(rowsOf(source), height, width));
}

/** A picture whose rows are made when they are read, so that a large one is never whole in memory. */
export interface PictureRows {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** A row of a channel. It is valid until two others were read. */
  readonly row: (plane: number, y: number) => Float32Array;
}

/** The rows of a picture. @param valueOf is applied to each value (default: the value itself) */
export function rowsOf(
  { channels, height, width, data }: Picture,
  valueOf?: (value: number) => number,
): PictureRows {
  const stored = (plane: number, y: number): Float32Array =>
    data.subarray((plane * height + y) * width, (plane * height + y + 1) * width);
  if (valueOf === undefined) return { channels, height, width, row: stored };
  const row = twoRows(height, width, (to, plane, y) => {
    const from = stored(plane, y);
    for (let x = 0; x < width; x++) to[x] = valueOf(from[x]!);
  });
  return { channels, height, width, row };
}

/** The whole picture of such rows. */
export function pictureOf({ channels, height, width, row }: PictureRows): Picture {
  const result = picture(channels, height, width);
  for (let plane = 0; plane < channels; plane++)
    for (let y = 0; y < height; y++) result.data.set(row(plane, y), (plane * height + y) * width);
  return result;
}

/** The rows of {@link zoom}: the same values. */
export function zoomedRows(source: PictureRows, height: number, width: number): PictureRows {
  const { channels } = source;
  if (height === source.height && width === source.width) return source;
  const rows = samples(source.height, height);
  const { before, after, share } = samples(source.width, width);
  const row = twoRows(height, width, (to, plane, y) => {
    const above = source.row(plane, rows.before[y]!);
    const below = source.row(plane, rows.after[y]!);
    const down = rows.share[y]!;
    for (let x = 0; x < width; x++) {
      const left = before[x]!;
      const right = after[x]!;
      const across = share[x]!;
      const upper = above[left]! * (1 - across) + above[right]! * across;
      const lower = below[left]! * (1 - across) + below[right]! * across;
      to[x] = upper * (1 - down) + lower * down;
    }
  });
  return { channels, height, width, row };
}

/** Makes rows into two buffers in turn, and knows the rows that are in them: neighbours in a smaller picture are read again and again. */
function twoRows(
  height: number,
  width: number,
  make: (to: Float32Array, plane: number, y: number) => void,
): PictureRows['row'] {
  let last = { place: -1, values: new Float32Array(width) };
  let other = { place: -1, values: new Float32Array(width) };
  return (plane, y) => {
    const place = plane * height + y;
    if (last.place !== place) [last, other] = [other, last];
    if (last.place !== place) {
      make(last.values, plane, y);
      last.place = place;
    }
    return last.values;
  };
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
