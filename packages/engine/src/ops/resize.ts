import { ShapeError } from '../errors.ts';
import { formatShape, sizeOf } from '../graph/dtype.ts';
import { float32 } from '../graph/ndarray.ts';
import { defineOperator, stringAttribute } from '../graph/operator.ts';
import { requireDType, requireRank } from '../graph/shapes.ts';
import { constant, constantIntegers, indices, type Tensor } from '../graph/tensor.ts';
import { mul } from './arithmetic.ts';
import { Conv } from './convolution.ts';
import { matmul } from './matmul.ts';
import { isPadded } from './pad.ts';
import { averagePool } from './pooling.ts';
import { matrixTranspose } from './shape.ts';

interface Interpolation {
  readonly mode: string;
  readonly coordinate_transformation_mode: string;
}

export const Resize = defineOperator({
  type: 'Resize',
  attributes: {
    mode: stringAttribute('nearest'),
    coordinate_transformation_mode: stringAttribute('half_pixel'),
    nearest_mode: stringAttribute('round_prefer_floor'),
  },
  infer: ([x, , , sizes]: readonly [Tensor, undefined, undefined, Tensor]) => {
    requireDType('Resize', x, 'float32');
    requireRank('Resize', x, 4, '[batch, channels, height, width]');
    const shape = constantIntegers(sizes, 'Resize', 'the sizes');
    if (
      shape.length !== 4 ||
      shape[0] !== x.shape[0] ||
      shape[1] !== x.shape[1] ||
      shape.some((size) => size < 1)
    ) {
      throw new ShapeError(`Resize: cannot make ${formatShape(shape)} out of ${formatShape(x.shape)}`);
    }
    return [{ dtype: 'float32' as const, shape }];
  },
  // Resizing is linear and separable, y = R_h · x · R_wᵀ, so dx = R_hᵀ · dy · R_w. If every element is only repeated, this is the sum of
  // its copies.
  gradient: ([dy], { inputs: [x], attributes }) => {
    const factors = [dy.dimension(2) / x.dimension(2), dy.dimension(3) / x.dimension(3)];
    if (attributes.mode === 'nearest' && factors.every(Number.isInteger)) return [sumOfCopies(dy, factors)];
    const rows = interpolationMatrix(x.dimension(2), dy.dimension(2), attributes);
    const columns = interpolationMatrix(x.dimension(3), dy.dimension(3), attributes);
    return [matmul(matrixTranspose(rows), matmul(dy, columns))];
  },
});

// ONNX Runtime 1.30 merges a Pad into an AveragePool after it, even if the pads become too wide for the pool: after a Pad it is a
// convolution of each channel with ones.
function sumOfCopies(dy: Tensor, factors: readonly number[]): Tensor {
  if (!isPadded(dy)) return mul(averagePool(dy, { poolSize: factors }), sizeOf(factors));
  const channels = dy.dimension(1);
  const ones = new Float32Array(channels * sizeOf(factors)).fill(1);
  return Conv.apply([dy, constant(float32(ones, [channels, 1, ...factors]))], {
    strides: factors,
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    group: channels,
  });
}

// The matrix [to, from] whose row t has the weights of the source elements for target element t.
function interpolationMatrix(
  from: number,
  to: number,
  { mode, coordinate_transformation_mode }: Interpolation,
): Tensor {
  const weights = new Float32Array(to * from);
  const add = (target: number, source: number, weight: number): void => {
    const index = target * from + Math.min(Math.max(source, 0), from - 1);
    weights[index] = (weights[index] ?? 0) + weight;
  };
  for (let target = 0; target < to; target++) {
    const position = sourcePosition(target, from, to, coordinate_transformation_mode);
    const lower = Math.floor(position);
    if (mode === 'nearest') {
      add(target, lower, 1);
    } else {
      add(target, lower, 1 - (position - lower));
      add(target, lower + 1, position - lower);
    }
  }
  return constant(float32(weights, [to, from]));
}

function sourcePosition(target: number, from: number, to: number, convention: string): number {
  if (convention === 'align_corners') return to === 1 ? 0 : (target * (from - 1)) / (to - 1);
  if (convention === 'asymmetric') return (target * from) / to;
  return Math.min(Math.max(((target + 0.5) * from) / to - 0.5, 0), from - 1);
}

/**
 * Interpolation of {@link resize}:
 * - 'nearest': source = floor(target · in / out), as Keras' UpSampling2D and PyTorch's nearest
 * - 'bilinear': pixel centres kept in place, source = (target + 0.5) · in / out - 0.5
 * - 'bilinear-align-corners': first and last pixels kept in place, source = target · (in - 1) / (out - 1), as scipy.ndimage.zoom(order=1),
 *   which the book's DeepDream uses between octaves
 */
export type ResizeMode = 'nearest' | 'bilinear' | 'bilinear-align-corners';

/** Resizes pictures `[batch, channels, height, width]` to another height and width. */
export function resize(x: Tensor, [height, width]: readonly [number, number], mode: ResizeMode): Tensor {
  requireRank('Resize', x, 4, '[batch, channels, height, width]');
  const conventions = {
    nearest: 'asymmetric',
    bilinear: 'half_pixel',
    'bilinear-align-corners': 'align_corners',
  };
  return Resize.apply([x, undefined, undefined, indices([x.dimension(0), x.dimension(1), height, width])], {
    mode: mode === 'nearest' ? 'nearest' : 'linear',
    coordinate_transformation_mode: conventions[mode],
    nearest_mode: 'floor',
  });
}
