import { ShapeError } from '../errors.ts';
import { formatShape } from '../graph/dtype.ts';
import type { Tensor } from '../graph/tensor.ts';

/**
 * Padding of convolutions and pools: Keras' names, one number for all sides, or explicit amounts `{ before, after }` for each spatial axis.
 * - 'valid': no padding
 * - 'same': output size = ceil(input size / stride); the odd zero goes after, as in TensorFlow
 * - 'causal': all zeros before, so that an output never depends on later elements (one spatial axis)
 */
export type Padding =
  | 'valid'
  | 'same'
  | 'causal'
  | number
  | { readonly before: readonly number[]; readonly after: readonly number[] };

/** ONNX pads `[before of each axis, after of each axis]` for a padding. */
export function resolvePadding(
  padding: Padding,
  sizes: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): readonly number[] {
  if (typeof padding === 'object') return [...padding.before, ...padding.after];
  const before: number[] = [];
  const after: number[] = [];
  sizes.forEach((size, axis) => {
    const stride = strides[axis] ?? 1;
    const extent = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    const needed = Math.max((Math.ceil(size / stride) - 1) * stride + extent - size, 0);
    if (typeof padding === 'number') {
      before.push(padding);
      after.push(padding);
    } else if (padding === 'same') {
      before.push(Math.floor(needed / 2));
      after.push(Math.ceil(needed / 2));
    } else {
      before.push(padding === 'causal' ? extent - 1 : 0);
      after.push(0);
    }
  });
  return [...before, ...after];
}

/** Output size of a sliding window along spatial axis `axis`: floor((size + pads - extent) / stride) + 1. */
export function outputSize(
  operator: string,
  x: Tensor,
  axis: number,
  window: {
    readonly kernel: number;
    readonly strides: readonly number[];
    readonly pads: readonly number[];
    readonly dilations: readonly number[];
  },
): number {
  const dims = window.strides.length;
  const extent = (window.kernel - 1) * (window.dilations[axis] ?? 1) + 1;
  const padded = x.dimension(axis + 2) + (window.pads[axis] ?? 0) + (window.pads[axis + dims] ?? 0);
  const size = Math.floor((padded - extent) / (window.strides[axis] ?? 1)) + 1;
  if (size < 1) {
    throw new ShapeError(
      `${operator}: a window of ${extent} does not fit in ${padded} (axis ${axis + 2} of ${formatShape(x.shape)}, padded)`,
    );
  }
  return size;
}
