import { broadcastShapes } from '../../../graph/shapes.ts';
import type { DType } from '../../../graph/dtype.ts';
import { BFLOAT16, wholeRange } from '../../schema/element-types.ts';
import { decodeTensor, heldDType } from '../file/tensors.ts';
import { numbersWithinType } from '../normalize/result-types.ts';
import {
  elementAt,
  hostArray,
  positionOf,
  stridesOf,
  toHostArray,
  type HostArray,
} from '../node/host-array.ts';
import { hostReductions } from './host-reductions.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import { constantValue } from '../normalize/opset-forms.ts';

/**
 * Computes an ONNX node immediately from known numbers. `undefined`: the result is too large to store, or this form of the operator is not
 * used for computing shapes.
 */
export type HostOperator = (
  inputs: readonly HostArray[],
  node: ImportedNode,
) => readonly HostArray[] | HostArray | undefined;

function unary(compute: (x: number) => number, dtype?: DType): HostOperator {
  return ([x]) => x && hostArray(dtype ?? x.dtype, x.shape, (index) => compute(x.data[index] ?? 0));
}

function binary(
  compute: (a: number, b: number) => number,
  result: (dtype: DType) => DType = (dtype) => dtype,
): HostOperator {
  return ([first, ...others], node) =>
    others.reduce<HostArray | undefined>((a, b) => {
      if (a === undefined) return undefined;
      const shape = broadcastShapes(node.type, a.shape, b.shape);
      return hostArray(result(a.dtype), shape, (index) => {
        const position = positionOf(index, shape);
        return compute(elementAt(a, position), elementAt(b, position));
      });
    }, first);
}

const comparison = (compute: (a: number, b: number) => boolean): HostOperator =>
  binary(
    (a, b) => Number(compute(a, b)),
    () => 'bool',
  );

// Division of whole numbers rounds towards zero; division by zero gives zero, and no result may depend on that.
const divide: HostOperator = (inputs, node) =>
  binary((a, b) =>
    wholeRange(node.elementType(0) ?? 0) === undefined ? a / b : b === 0 ? 0 : Math.trunc(a / b),
  )(inputs, node);

const operators: Readonly<Record<string, HostOperator>> = {
  ...hostReductions,
  Identity: ([x]) => x,
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Sqrt: unary(Math.sqrt),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Reciprocal: unary((x) => 1 / x),
  Not: unary((x) => Number(x === 0)),
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: divide,
  Pow: binary((a, b) => a ** b),
  Max: binary((a, b) => Math.max(a, b)),
  Min: binary((a, b) => Math.min(a, b)),
  Mod: modulo,
  And: binary((a, b) => a & b),
  Or: binary((a, b) => a | b),
  Xor: binary((a, b) => a ^ b),
  Equal: comparison((a, b) => a === b),
  Greater: comparison((a, b) => a > b),
  GreaterOrEqual: comparison((a, b) => a >= b),
  Less: comparison((a, b) => a < b),
  LessOrEqual: comparison((a, b) => a <= b),
  Where: ([condition, a, b], node) => {
    if (condition === undefined || a === undefined || b === undefined) return undefined;
    const shape = broadcastShapes(node.type, broadcastShapes(node.type, condition.shape, a.shape), b.shape);
    return hostArray(a.dtype, shape, (index) => {
      const position = positionOf(index, shape);
      return elementAt(elementAt(condition, position) === 0 ? b : a, position);
    });
  },
  Cast: ([x], node) => x && convert(x, node.int('to', 0)),
  Constant: (_, node) => toHostArray(constantValue(node)),
  ConstantOfShape: ([shape], node) => {
    const value = node.tensorAttribute('value');
    const filling =
      value === undefined
        ? undefined
        : decodeTensor(value, 'its value', heldDType(value.dataType, 'its value'));
    if (shape === undefined) return undefined;
    return hostArray(filling?.dtype ?? 'float32', shape.data, () => Number(filling?.data[0] ?? 0));
  },
  ScatterND: scatter,
  Range: ([start, limit, step]) => {
    const [first = 0, end = 0, delta = 0] = [start?.data[0], limit?.data[0], step?.data[0]];
    if (start === undefined || delta === 0) return undefined;
    const count = Math.max(0, Math.ceil((end - first) / delta));
    return hostArray(start.dtype, [count], (index) => first + index * delta);
  },
};

/** The operators that exporters compute shapes, axes, scales and grids with, by ONNX type. */
export const hostOperators: ReadonlyMap<string, HostOperator> = new Map(Object.entries(operators));

// Replaces rows or single elements of an array: some programs fill in masks step by step.
function scatter([x, places, updates]: readonly HostArray[], node: ImportedNode): HostArray | undefined {
  if (x === undefined || places === undefined || updates === undefined) return undefined;
  if (node.choice('reduction', 'none', 'add') !== 'none') return undefined;
  const depth = places.shape.at(-1) ?? 1;
  const strides = stridesOf(x.shape);
  const block = strides[depth - 1] ?? 1;
  const data = [...x.data];
  for (let row = 0; row * depth < places.data.length; row++) {
    let start = 0;
    for (let axis = 0; axis < depth; axis++) {
      const place = places.data[row * depth + axis] ?? 0;
      const size = x.shape[axis] ?? 1;
      if (place < -size || place >= size) return undefined;
      start += (place < 0 ? place + size : place) * (strides[axis] ?? 1);
    }
    for (let i = 0; i < block; i++) data[start + i] = updates.data[row * block + i] ?? 0;
  }
  return { ...x, data };
}

function convert(x: HostArray, elementType: number): HostArray | undefined {
  const dtype = heldDType(elementType, 'the result of Cast');
  if (dtype === 'bool') return { ...x, dtype, data: x.data.map((value) => Number(value !== 0)) };
  if (elementType === BFLOAT16) return undefined; // rounded by the translator
  if (wholeRange(elementType) === undefined) return { ...x, dtype };
  const whole = { ...x, dtype, data: x.data.map(Math.trunc) };
  return dtype === 'int64' ? whole : numbersWithinType(whole, elementType);
}

// fmod 1 is C's remainder, with the sign of the dividend; 0 is Python's, with the sign of the divisor.
function modulo(inputs: readonly HostArray[], node: ImportedNode): ReturnType<HostOperator> {
  const likeC = node.int('fmod', 0) === 1;
  return binary((a, b) => (b === 0 ? 0 : likeC ? a % b : a - b * Math.floor(a / b)))(inputs, node);
}
