import { intAttribute, intsAttribute, defineOperator } from '../graph/operator.ts';
import { normalizeAxes, normalizeAxis, requireDType } from '../graph/shapes.ts';
import { constantIntegers, indices, type Tensor } from '../graph/tensor.ts';
import type { DType, Shape } from '../graph/dtype.ts';
import { add, div, exp, log, mul, sub } from './arithmetic.ts';
import { expand } from './broadcast.ts';
import { cast, equal, where } from './comparison.ts';
import { stopGradient } from './identity.ts';
import { reshape } from './shape.ts';

export interface ReduceOptions {
  /** Keep the reduced axes with size 1 (default: drop them, as in NumPy). */
  readonly keepDims?: boolean;
}

function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  return shape.flatMap((size, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [size]));
}

// The reduced tensor with its axes restored as size 1, so that it broadcasts against the input.
function withKeptDims(reduced: Tensor, input: Tensor, axes: readonly number[]): Tensor {
  return reshape(reduced, reducedShape(input.shape, axes, true));
}

export const ReduceSum = defineOperator({
  type: 'ReduceSum',
  attributes: { keepdims: intAttribute(1) },
  infer: ([x, axes]: readonly [Tensor, Tensor], { keepdims }) => {
    requireDType('ReduceSum', x, 'float32', 'int64');
    const reduced = normalizeAxes('ReduceSum', constantIntegers(axes, 'ReduceSum', 'the axes'), x.rank);
    return [{ dtype: x.dtype, shape: reducedShape(x.shape, reduced, keepdims === 1) }];
  },
  gradient: ([dy], { inputs: [x, axes] }) => {
    const reduced = normalizeAxes('ReduceSum', constantIntegers(axes, 'ReduceSum', 'the axes'), x.rank);
    return [expand(withKeptDims(dy, x, reduced), x.shape), undefined];
  },
});

function reduction(
  type: string,
  gradient: (dy: Tensor, x: Tensor, y: Tensor, axes: readonly number[]) => Tensor,
  dtypes: readonly DType[] = ['float32', 'int64'],
) {
  return defineOperator({
    type,
    attributes: { axes: intsAttribute(), keepdims: intAttribute(1) },
    infer: ([x]: readonly [Tensor], { axes, keepdims }) => {
      requireDType(type, x, ...dtypes);
      return [
        { dtype: x.dtype, shape: reducedShape(x.shape, normalizeAxes(type, axes, x.rank), keepdims === 1) },
      ];
    },
    gradient: ([dy], { inputs: [x], outputs: [y], attributes }) => {
      if (y === undefined) return [];
      const axes = normalizeAxes(type, attributes.axes, x.rank);
      return [gradient(withKeptDims(dy, x, axes), x, withKeptDims(y, x, axes), axes)];
    },
  });
}

export const ReduceMean = reduction(
  'ReduceMean',
  (dy, x, _y, axes) => {
    const count = axes.reduce((product, axis) => product * x.dimension(axis), 1);
    return expand(div(dy, count), x.shape);
  },
  ['float32'],
);

// Equal extreme elements share the gradient equally, as in PyTorch's amax and amin.
function gradientOfExtreme(dy: Tensor, x: Tensor, y: Tensor, axes: readonly number[]): Tensor {
  const attains = cast(equal(x, y), 'float32');
  return mul(attains, div(dy, reduceSum(attains, axes, { keepDims: true })));
}

export const ReduceMax = reduction('ReduceMax', gradientOfExtreme);
export const ReduceMin = reduction('ReduceMin', gradientOfExtreme);

// The product of the other elements: the product of all that are not 0, divided by the element itself, or 0 if another is 0.
export const ReduceProd = reduction('ReduceProd', (dy, x, _y, axes) => {
  const isZero = equal(x, 0);
  const zeros = cast(isZero, 'float32');
  const apart = where(isZero, 1, x);
  const otherZeros = sub(reduceSum(zeros, axes, { keepDims: true }), zeros);
  const others = div(reduceProduct(apart, axes, { keepDims: true }), apart);
  return mul(dy, where(equal(otherZeros, 0), others, 0));
});

/** Sum over the given axes (default: all). */
export function reduceSum(
  x: Tensor,
  axes?: readonly number[],
  { keepDims = false }: ReduceOptions = {},
): Tensor {
  const reduced = normalizeAxes('ReduceSum', axes, x.rank);
  if (reduced.length === 0) return x;
  return ReduceSum.apply([x, indices(reduced)], { keepdims: Number(keepDims) });
}

/**
 * Most numbers in a row that one mean takes. ONNX Runtime adds them up in float32: of the 512x512 of a picture, the mean was wrong by 3e-5, and
 * a normalisation of a plane with little contrast by 1e-3.
 */
const LONGEST_RUN = 2 ** 15;

/** Mean over the given axes (default: all). */
export function reduceMean(
  x: Tensor,
  axes?: readonly number[],
  { keepDims = false }: ReduceOptions = {},
): Tensor {
  const reduced = normalizeAxes('ReduceMean', axes, x.rank);
  if (reduced.length === 0) return x;
  const last = x.rank - 1;
  // Rows first, then the means of the rows: as fast, and as exact as float32.
  const rows =
    runLength(x.shape, reduced) > LONGEST_RUN && reduced.includes(last - 1)
      ? ReduceMean.apply([x], { axes: [last], keepdims: 1 })
      : x;
  return ReduceMean.apply([rows], { axes: reduced, keepdims: Number(keepDims) });
}

/** How many reduced numbers lie side by side. */
function runLength(shape: Shape, axes: readonly number[]): number {
  let [length, axis] = [1, shape.length - 1];
  for (; axes.includes(axis); axis--) length *= shape[axis] ?? 1;
  return length;
}

/** Largest element over the given axes (default: all). */
export function reduceMax(
  x: Tensor,
  axes?: readonly number[],
  { keepDims = false }: ReduceOptions = {},
): Tensor {
  const reduced = normalizeAxes('ReduceMax', axes, x.rank);
  return reduced.length === 0 ? x : ReduceMax.apply([x], { axes: reduced, keepdims: Number(keepDims) });
}

/** Smallest element over the given axes (default: all). */
export function reduceMin(
  x: Tensor,
  axes?: readonly number[],
  { keepDims = false }: ReduceOptions = {},
): Tensor {
  const reduced = normalizeAxes('ReduceMin', axes, x.rank);
  return reduced.length === 0 ? x : ReduceMin.apply([x], { axes: reduced, keepdims: Number(keepDims) });
}

/** Product over the given axes (default: all). */
export function reduceProduct(
  x: Tensor,
  axes?: readonly number[],
  { keepDims = false }: ReduceOptions = {},
): Tensor {
  const reduced = normalizeAxes('ReduceProd', axes, x.rank);
  return reduced.length === 0 ? x : ReduceProd.apply([x], { axes: reduced, keepdims: Number(keepDims) });
}

/** Variance over the given axes, mean((x - mean(x))²): the biased form that normalisation layers use. */
export function reduceVariance(
  x: Tensor,
  axes?: readonly number[],
  { keepDims = false }: ReduceOptions = {},
): Tensor {
  const centred = sub(x, reduceMean(x, axes, { keepDims: true }));
  return reduceMean(mul(centred, centred), axes, { keepDims });
}

/** log Σ exp(x) over the given axes, computed around the largest element so that it cannot overflow. */
export function logSumExp(
  x: Tensor,
  axes?: readonly number[],
  { keepDims = false }: ReduceOptions = {},
): Tensor {
  const largest = stopGradient(reduceMax(x, axes, { keepDims: true }));
  const kept = add(log(reduceSum(exp(sub(x, largest)), axes, { keepDims: true })), largest);
  return keepDims
    ? kept
    : reshape(kept, reducedShape(x.shape, normalizeAxes('logSumExp', axes, x.rank), false));
}

export const ArgMax = defineOperator({
  type: 'ArgMax',
  attributes: { axis: intAttribute(0), keepdims: intAttribute(1), select_last_index: intAttribute(0) },
  infer: ([x]: readonly [Tensor], { axis, keepdims }) => {
    const reduced = normalizeAxis('ArgMax', axis, x.rank);
    return [{ dtype: 'int64' as const, shape: reducedShape(x.shape, [reduced], keepdims === 1) }];
  },
  gradient: () => [undefined],
});

/** Index of the (first) largest element along an axis, as int64. */
export function argMax(x: Tensor, axis = -1, { keepDims = false }: ReduceOptions = {}): Tensor {
  return ArgMax.apply([x], {
    axis: normalizeAxis('ArgMax', axis, x.rank),
    keepdims: Number(keepDims),
    select_last_index: 0,
  });
}

export const CumSum = defineOperator({
  type: 'CumSum',
  attributes: { exclusive: intAttribute(0), reverse: intAttribute(0) },
  infer: ([x, axis]: readonly [Tensor, Tensor]) => {
    requireDType('CumSum', x, 'float32', 'int64');
    for (const along of constantIntegers(axis, 'CumSum', 'the axis')) normalizeAxis('CumSum', along, x.rank);
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  // each element is part of the sums after it
  gradient: ([dy], { inputs: [, axis], attributes: { exclusive, reverse } }) => [
    cumulativeSum(dy, constantIntegers(axis, 'CumSum', 'the axis')[0] ?? 0, {
      exclusive: exclusive === 1,
      reverse: reverse === 0,
    }),
    undefined,
  ],
});

export interface RunningSumOptions {
  /** Leave the element itself out of its sum (default: include it). */
  readonly exclusive?: boolean;
  /** Sum from the end (default: from the start). */
  readonly reverse?: boolean;
}

/** The sum of all elements up to each one along an axis. */
export function cumulativeSum(
  x: Tensor,
  axis: number,
  { exclusive = false, reverse = false }: RunningSumOptions = {},
): Tensor {
  return CumSum.apply([x, indices(axis)], { exclusive: Number(exclusive), reverse: Number(reverse) });
}
