import { ShapeError } from '../errors.ts';
import { formatShape, sameShape, type Shape } from '../graph/dtype.ts';
import { defineOperator } from '../graph/operator.ts';
import { broadcastShapes } from '../graph/shapes.ts';
import { constantIntegers, indices, type Tensor } from '../graph/tensor.ts';
import { reduceSum } from './reduction.ts';
import { reshape } from './shape.ts';

export const Expand = defineOperator({
  type: 'Expand',
  attributes: {},
  infer: ([x, shape]: readonly [Tensor, Tensor]) => [
    {
      dtype: x.dtype,
      shape: broadcastShapes('Expand', x.shape, constantIntegers(shape, 'Expand', 'the shape')),
    },
  ],
  gradient: ([dy], { inputs: [x] }) => [sumTo(dy, x.shape), undefined],
});

/**
 * Repeats a tensor along axes of size 1 until it has the given shape (ONNX Expand, NumPy's broadcast_to).
 * Gradient: the sum over the repeated axes.
 * @throws ShapeError when the tensor does not broadcast to exactly that shape
 */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcastShapes('Expand', x.shape, shape), shape)) {
    throw new ShapeError(`Expand: shape ${formatShape(x.shape)} does not broadcast to ${formatShape(shape)}`);
  }
  return Expand.apply([x, indices(shape)], {});
}

/** The inverse of {@link expand}: sums over the axes that broadcasting repeated, so that the result has `shape`. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const added = x.rank - shape.length;
  const axes = x.shape.flatMap((size, axis) => {
    const target = axis < added ? undefined : shape[axis - added];
    return target === undefined || (target === 1 && size !== 1) ? [axis] : [];
  });
  return reshape(reduceSum(x, axes, { keepDims: true }), shape);
}
