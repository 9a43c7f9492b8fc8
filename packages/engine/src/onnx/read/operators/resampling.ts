import { ShapeError } from '../../../errors.ts';
import { sizeOf } from '../../../graph/dtype.ts';
import { float32 } from '../../../graph/ndarray.ts';
import { constant, type Tensor } from '../../../graph/tensor.ts';
import { matmul, matrixTranspose, reshape } from '../../../ops/index.ts';

/** How to interpolate a tensor, with the names of ONNX's Resize. */
export interface Resampling {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly coordinates:
    | 'half_pixel'
    | 'pytorch_half_pixel'
    | 'align_corners'
    | 'asymmetric'
    | 'half_pixel_symmetric';
  readonly nearest: 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil';
  /** The a of the cubic kernel (Keys 1981). */
  readonly cubicCoefficient: number;
  /** Whether neighbours outside have weight 0. If not, the border element replaces them. */
  readonly excludeOutside: boolean;
}

const MAX_MATRIX = 2 ** 26;

/** Resizes one axis by a product with a matrix of weights: slower than a special kernel, but correct for every mode. */
export function resampleAxis(
  x: Tensor,
  axis: number,
  to: number,
  scale: number,
  resampling: Resampling,
): Tensor {
  const from = x.dimension(axis);
  if (from * to > MAX_MATRIX) {
    throw new ShapeError(
      `Resize: ${from} elements to ${to} would take a matrix of ${from * to} weights, too many`,
    );
  }
  const weights = constant(float32(resamplingMatrix(from, to, scale, resampling), [to, from]));
  const [before, after] = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis + 1))];
  const result =
    after === 1
      ? matmul(reshape(x, [before, from]), matrixTranspose(weights))
      : matmul(weights, reshape(x, [before, from, after]));
  return reshape(result, [...x.shape.slice(0, axis), to, ...x.shape.slice(axis + 1)]);
}

// Row t has the weights of the source elements for target element t.
function resamplingMatrix(from: number, to: number, scale: number, resampling: Resampling): Float32Array {
  const matrix = new Float32Array(to * from);
  for (let target = 0; target < to; target++) {
    const position = sourcePosition(target, from, to, scale, resampling);
    let taps = tapsAt(position, from, resampling);
    if (resampling.excludeOutside) {
      taps = taps.filter(([source]) => source >= 0 && source < from);
      const total = taps.reduce((sum, [, weight]) => sum + weight, 0);
      taps = taps.map(([source, weight]) => [source, weight / total]);
    }
    for (const [source, weight] of taps) {
      const index = target * from + Math.min(Math.max(source, 0), from - 1);
      matrix[index] = (matrix[index] ?? 0) + weight;
    }
  }
  return matrix;
}

function sourcePosition(
  target: number,
  from: number,
  to: number,
  scale: number,
  { coordinates }: Resampling,
): number {
  if (coordinates === 'asymmetric') return target / scale;
  if (coordinates === 'align_corners') return to === 1 ? 0 : (target * (from - 1)) / (to - 1);
  if (coordinates === 'pytorch_half_pixel' && to === 1) return 0;
  if (coordinates === 'half_pixel_symmetric') {
    const centre = (from / 2) * (1 - to / (scale * from));
    return centre + (target + 0.5) / scale - 0.5;
  }
  return (target + 0.5) / scale - 0.5;
}

type Tap = readonly [source: number, weight: number];

function tapsAt(position: number, from: number, resampling: Resampling): Tap[] {
  const { mode, nearest, cubicCoefficient: a } = resampling;
  if (mode === 'nearest') return [[nearestTo(position, nearest), 1]];
  if (mode === 'linear') {
    const inside = Math.min(Math.max(position, 0), from - 1);
    const lower = Math.floor(inside);
    return [
      [lower, 1 - (inside - lower)],
      [lower + 1, inside - lower],
    ];
  }
  const lower = Math.floor(position);
  return [-1, 0, 1, 2].map((offset) => [lower + offset, cubic(Math.abs(position - lower - offset), a)]);
}

function nearestTo(position: number, mode: Resampling['nearest']): number {
  if (mode === 'floor') return Math.floor(position);
  if (mode === 'ceil') return Math.ceil(position);
  return mode === 'round_prefer_floor' ? Math.ceil(position - 0.5) : Math.floor(position + 0.5);
}

// Keys 1981, Cubic convolution interpolation for digital image processing
function cubic(distance: number, a: number): number {
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  if (distance < 2) return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
  return 0;
}
