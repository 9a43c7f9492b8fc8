import { sizeOf } from '../../../graph/dtype.ts';
import { constant, type Tensor } from '../../../graph/tensor.ts';
import { Conv } from '../../../ops/convolution.ts';
import { cast, expandDims, matmul, reshape, squeeze, sub } from '../../../ops/index.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import { windowOf } from '../operators/windows.ts';

/** The sums of a convolution of whole numbers, as floats so that they have a gradient; zero points are subtracted first. */
export function integerConvolution(
  node: ImportedNode,
  x: Tensor,
  zeroOfX: Tensor | undefined,
  w: Tensor,
  zeroOfW: Tensor | undefined,
): Tensor {
  const input =
    zeroOfX === undefined ? cast(x, 'float32') : sub(cast(x, 'float32'), cast(zeroOfX, 'float32'));
  const kernel =
    zeroOfW === undefined
      ? cast(w, 'float32')
      : sub(cast(w, 'float32'), reshape(cast(zeroOfW, 'float32'), [-1, ...w.shape.slice(1).map(() => 1)]));
  const { strides, pads, dilations } = windowOf(node, x, w.shape.slice(2));
  const group = node.int('group', 1);
  if (group < 1) node.fail(`has group ${group}, expected a whole number from 1`);
  return Conv.apply([input, kernel], { strides, pads, dilations, group });
}

/** One number for all, or one for each channel, so that it broadcasts against `[batch, channels, ...spatial]`. */
export function overChannels(values: Tensor, x: Tensor): Tensor {
  return sizeOf(values.shape) === 1
    ? reshape(values, [])
    : reshape(values, [-1, ...x.shape.slice(2).map(() => 1)]);
}

/** Scales or zero points of a left factor: one for all or one for each row. Left out: 0. */
export function rowsOf(node: ImportedNode, index: number): Tensor {
  const values = node.has(index) ? cast(node.input(index), 'float32') : constant(0);
  if (values.rank === 0) return values;
  return values.rank === 1
    ? values.dimension(0) === 1
      ? reshape(values, [])
      : expandDims(values, [1])
    : values;
}

/** Scales or zero points of a right factor: one for all or one for each column. Left out: 0. */
export function columnsOf(node: ImportedNode, index: number): Tensor {
  const values = node.has(index) ? cast(node.input(index), 'float32') : constant(0);
  return values.rank === 1 && values.dimension(0) === 1 ? reshape(values, []) : values;
}

/** The sums of a matrix product of whole numbers, as {@link integerConvolution}; a vector counts as a row or a column. */
export function integerProducts(a: Tensor, zeroOfA: Tensor, b: Tensor, zeroOfB: Tensor): Tensor {
  const [left, right] = [sub(cast(a, 'float32'), zeroOfA), sub(cast(b, 'float32'), zeroOfB)];
  if (left.rank >= 2 && right.rank >= 2) return matmul(left, right);
  const row = left.rank === 1 ? expandDims(left, [0]) : left;
  const column = right.rank === 1 ? expandDims(right, [1]) : right;
  return squeeze(matmul(row, column), [...(left.rank === 1 ? [-2] : []), ...(right.rank === 1 ? [-1] : [])]);
}
