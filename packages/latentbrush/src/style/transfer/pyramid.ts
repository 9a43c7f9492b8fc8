import { crop, picture, resize, type Picture } from '../../image/index.ts';

/** One size of a coarse-to-fine pyramid. */
export interface Level {
  readonly height: number;
  readonly width: number;
  /** Rounds of optimisation at this size. */
  readonly rounds: number;
}

/** The shorter side of the coarsest size is at least this many pixels. */
const SMALLEST = 64;

/**
 * Sizes from coarse to fine, each twice the one before; fewer if they would become too small. The coarsest gets a little more of the
 * rounds: it is cheap, and decides on the composition.
 */
export function pyramidLevels(height: number, width: number, levels: number, rounds: number): Level[] {
  let count = Math.min(levels, rounds);
  while (count > 1 && Math.min(height, width) / 2 ** (count - 1) < SMALLEST) count -= 1;
  const sizes = Array.from({ length: count }, (_, index) => 2 ** (count - 1 - index));
  const share = Math.floor(rounds / (count + (count > 1 ? 1 / 3 : 0))) || 1;
  return sizes.map((divisor, index) => ({
    height: Math.round(height / divisor),
    width: Math.round(width / divisor),
    rounds: index === 0 ? rounds - share * (count - 1) : share,
  }));
}

/** The picture with a border of its mirror image, the outermost pixels not repeated. */
export function withBorder(source: Picture, border: number): Picture {
  if (border === 0) return source;
  const { channels, height, width, data } = source;
  const result = picture(channels, height + 2 * border, width + 2 * border);
  const columns = Array.from({ length: result.width }, (_, column) => mirrored(column - border, width));
  for (let row = 0; row < channels * result.height; row++) {
    const channel = Math.floor(row / result.height);
    const from = (channel * height + mirrored((row % result.height) - border, height)) * width;
    columns.forEach((column, index) => (result.data[row * result.width + index] = data[from + column]!));
  }
  return result;
}

function mirrored(index: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const wrapped = ((index % period) + period) % period;
  return wrapped < size ? wrapped : period - wrapped;
}

/** The picture without its border. */
export function withoutBorder(source: Picture, border: number): Picture {
  return border === 0
    ? source
    : crop(source, border, border, source.height - 2 * border, source.width - 2 * border);
}

/** A picture resized to the next size, with the overshoot of the filter clipped. */
export function enlarged(source: Picture, height: number, width: number): Picture {
  const result = resize(source, { height, width });
  return { ...result, data: result.data.map((value) => Math.min(Math.max(value, 0), 255)) };
}
