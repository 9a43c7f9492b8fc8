import type { DType } from '../graph/dtype.ts';
import { defineOperator, intAttribute } from '../graph/operator.ts';
import { broadcastShapes, requireDType } from '../graph/shapes.ts';
import { asTensor, type Operand, type Tensor } from '../graph/tensor.ts';
import { ONNX_ELEMENT_TYPE } from '../graph/element-type.ts';
import { sumTo } from './broadcast.ts';

// A comparison is constant almost everywhere, so its inputs have gradient zero.
function comparison(type: string, ...dtypes: readonly DType[]) {
  return defineOperator({
    type,
    attributes: {},
    infer: ([a, b]: readonly [Tensor, Tensor]) => {
      requireDType(type, a, ...dtypes);
      requireDType(type, b, a.dtype);
      return [{ dtype: 'bool' as const, shape: broadcastShapes(type, a.shape, b.shape) }];
    },
    gradient: () => [undefined, undefined],
  });
}

export const Greater = comparison('Greater', 'float32', 'int64');
export const GreaterOrEqual = comparison('GreaterOrEqual', 'float32', 'int64');
export const Less = comparison('Less', 'float32', 'int64');
export const LessOrEqual = comparison('LessOrEqual', 'float32', 'int64');
export const Equal = comparison('Equal', 'float32', 'int64', 'bool');
export const And = comparison('And', 'bool');
export const Or = comparison('Or', 'bool');

/** a > b as bool, with broadcasting. */
export function greater(a: Operand, b: Operand): Tensor {
  return Greater.apply([asTensor(a), asTensor(b)], {});
}

/** a >= b as bool, with broadcasting. */
export function greaterOrEqual(a: Operand, b: Operand): Tensor {
  return GreaterOrEqual.apply([asTensor(a), asTensor(b)], {});
}

/** a < b as bool, with broadcasting. */
export function less(a: Operand, b: Operand): Tensor {
  return Less.apply([asTensor(a), asTensor(b)], {});
}

/** a <= b as bool, with broadcasting. */
export function lessOrEqual(a: Operand, b: Operand): Tensor {
  return LessOrEqual.apply([asTensor(a), asTensor(b)], {});
}

/** a == b as bool, with broadcasting. */
export function equal(a: Operand, b: Operand): Tensor {
  return Equal.apply([asTensor(a), asTensor(b)], {});
}

/** Both of two bools, with broadcasting. */
export function logicalAnd(a: Tensor, b: Tensor): Tensor {
  return And.apply([a, b], {});
}

/** At least one of two bools, with broadcasting. */
export function logicalOr(a: Tensor, b: Tensor): Tensor {
  return Or.apply([a, b], {});
}

export const Not = defineOperator({
  type: 'Not',
  attributes: {},
  infer: ([x]: readonly [Tensor]) => {
    requireDType('Not', x, 'bool');
    return [{ dtype: 'bool' as const, shape: x.shape }];
  },
  gradient: () => [undefined],
});

/** The opposite of a bool. */
export function logicalNot(x: Tensor): Tensor {
  return Not.apply([x], {});
}

export const Where = defineOperator({
  type: 'Where',
  attributes: {},
  infer: ([condition, a, b]: readonly [Tensor, Tensor, Tensor]) => {
    requireDType('Where', condition, 'bool');
    requireDType('Where', b, a.dtype);
    const shape = broadcastShapes('Where', broadcastShapes('Where', condition.shape, a.shape), b.shape);
    return [{ dtype: a.dtype, shape }];
  },
  gradient: ([dy], { inputs: [condition, a, b] }) => [
    undefined,
    sumTo(where(condition, dy, 0), a.shape),
    sumTo(where(condition, 0, dy), b.shape),
  ],
});

/** a where the condition is true, else b, with broadcasting of all three. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  return Where.apply([condition, asTensor(a), asTensor(b)], {});
}

export const Cast = defineOperator({
  type: 'Cast',
  attributes: { to: intAttribute() },
  infer: ([x]: readonly [Tensor], { to }) => {
    const dtype = (['float32', 'int64', 'bool'] as const).find((name) => ONNX_ELEMENT_TYPE[name] === to);
    if (dtype === undefined) throw new Error(`Cast: element type ${to} is not supported`);
    return [{ dtype, shape: x.shape }];
  },
  gradient: ([dy], { inputs: [x] }) => [x.dtype === 'float32' && dy.dtype === 'float32' ? dy : undefined],
});

/** Converts to another dtype: true and false become 1 and 0, float32 is truncated towards zero. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : Cast.apply([x], { to: ONNX_ELEMENT_TYPE[dtype] });
}
