import type { DType } from '../graph/dtype.ts';
import { broadcastShapes, requireDType } from '../graph/shapes.ts';
import {
  defineOperator,
  type AttributesOf,
  type AttributeSpecs,
  type DefinedOperator,
} from '../graph/operator.ts';
import type { Tensor } from '../graph/tensor.ts';
import { sumTo } from './broadcast.ts';

/**
 * Creates an elementwise operator of one input.
 * @param gradient the local rule: from `dy`, the input `x` and the output `y` to the gradient of `x`
 * @param dtypes accepted dtypes (default: only float32)
 */
export function unaryOperator<S extends AttributeSpecs>(
  type: string,
  attributes: S,
  gradient: (dy: Tensor, x: Tensor, y: Tensor, attributes: AttributesOf<S>) => Tensor | undefined,
  dtypes: readonly DType[] = ['float32'],
): DefinedOperator<readonly [Tensor], AttributesOf<S>> {
  return defineOperator({
    type,
    attributes,
    infer: ([x]: readonly [Tensor]) => {
      requireDType(type, x, ...dtypes);
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    gradient: ([dy], { inputs: [x], outputs: [y], attributes: values }) =>
      y === undefined ? [] : [gradient(dy, x, y, values)],
  });
}

/**
 * Creates an elementwise operator of two inputs of one dtype, with broadcasting. @param gradient the local rule without broadcasting: the
 * sums over broadcast axes are added here
 */
export function binaryOperator(
  type: string,
  gradient: (
    dy: Tensor,
    a: Tensor,
    b: Tensor,
    y: Tensor,
  ) => readonly [Tensor | undefined, Tensor | undefined],
): DefinedOperator<readonly [Tensor, Tensor], object> {
  return defineOperator({
    type,
    attributes: {},
    infer: ([a, b]: readonly [Tensor, Tensor]) => {
      requireDType(type, a, 'float32', 'int64');
      requireDType(type, b, a.dtype);
      return [{ dtype: a.dtype, shape: broadcastShapes(type, a.shape, b.shape) }];
    },
    gradient: ([dy], { inputs: [a, b], outputs: [y] }) => {
      if (y === undefined) return [];
      const [da, db] = gradient(dy, a, b, y);
      return [da && sumTo(da, a.shape), db && sumTo(db, b.shape)];
    },
  });
}
