import { GradientError, ShapeError } from '../errors.ts';
import { formatShape, sameShape, sizeOf } from '../graph/dtype.ts';
import { float32, int64, zeros } from '../graph/ndarray.ts';
import { defineOperator, intAttribute, stringAttribute } from '../graph/operator.ts';
import { normalizeAxis, requireDType } from '../graph/shapes.ts';
import { constant, constantIntegers, indices as integers, type Tensor } from '../graph/tensor.ts';
import { gemm } from './matmul.ts';
import { reshape, slice, transpose } from './shape.ts';

export const Gather = defineOperator({
  type: 'Gather',
  attributes: { axis: intAttribute(0) },
  infer: ([x, indices]: readonly [Tensor, Tensor], { axis }) => {
    requireDType('Gather', indices, 'int64');
    const along = normalizeAxis('Gather', axis, x.rank);
    return [
      { dtype: x.dtype, shape: [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)] },
    ];
  },
  gradient: ([dy], { inputs: [x, indices], attributes: { axis } }) => {
    const along = normalizeAxis('Gather', axis, x.rank);
    const rows = sizeOf(indices.shape);
    // axis first, then the rest as one row
    const xFirst = [along, ...x.shape.flatMap((_, i) => (i === along ? [] : [i]))];
    const indexAxes = indices.shape.map((_, i) => along + i);
    const dyFirst = [...indexAxes, ...dy.shape.flatMap((_, i) => (indexAxes.includes(i) ? [] : [i]))];
    const updates = reshape(transpose(dy, dyFirst), [rows, -1]);
    const summed = sumRows(updates, reshape(indices, [rows]), x.dimension(along));
    const back = reshape(
      summed,
      xFirst.map((axisOfX) => x.dimension(axisOfX)),
    );
    return [
      transpose(
        back,
        x.shape.map((_, i) => xFirst.indexOf(i)),
      ),
      undefined,
    ];
  },
});

// Up to this many rows a product with a one-hot matrix is faster than adding row by row.
const ONE_HOT_ROWS = 512;

// Adds each row of `updates` [n, d] to row `indices[i]` of a zero matrix [rows, d].
function sumRows(updates: Tensor, indices: Tensor, rows: number): Tensor {
  if (rows <= ONE_HOT_ROWS) return gemm(oneHot(indices, rows), updates, { transA: true });
  return scatterAdd(constant(zeros([rows, updates.dimension(1)], 'float32')), indices, updates);
}

/** Picks slices of x along an axis, like NumPy's take. Gradient: each slice's is added back at its place. */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return Gather.apply([x, indices], { axis: normalizeAxis('Gather', axis, x.rank) });
}

/** How a scatter combines new and old values. */
export type ScatterReduction = 'none' | 'add' | 'mul' | 'max' | 'min';

function requireReduction(operator: string, reduction: string): void {
  if (!['none', 'add', 'mul', 'max', 'min'].includes(reduction))
    throw new ShapeError(`${operator}: reduction "${reduction}" is none of none, add, mul, max, min`);
}

function refuseGradient(operator: string, reduction: string): void {
  if (reduction !== 'none' && reduction !== 'add')
    throw new GradientError(`grad: operator ${operator} with reduction "${reduction}" has no gradient rule`);
}

export const GatherND = defineOperator({
  type: 'GatherND',
  attributes: { batch_dims: intAttribute(0) },
  infer: ([x, indices]: readonly [Tensor, Tensor], { batch_dims }) => {
    requireDType('GatherND', indices, 'int64');
    const depth = indices.dimension(-1);
    if (batch_dims !== 0 || depth < 1 || depth > x.rank) {
      throw new ShapeError(
        `GatherND: indices ${formatShape(indices.shape)} do not name places in ${formatShape(x.shape)}, or there are batch axes`,
      );
    }
    return [{ dtype: x.dtype, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(depth)] }];
  },
  gradient: ([dy], { inputs: [x, indices] }) => [
    scatterND(constant(zeros(x.shape, 'float32')), indices, dy, 'add'),
    undefined,
  ],
});

/** The elements of x at the positions in `indices`, whose last axis indexes the first axes of x: `y[i] = x[indices[i][0], indices[i][1], ...]`. */
export function gatherND(x: Tensor, indices: Tensor): Tensor {
  return GatherND.apply([x, indices], { batch_dims: 0 });
}

export const ScatterND = defineOperator({
  type: 'ScatterND',
  attributes: { reduction: stringAttribute('none') },
  infer: ([x, indices, updates]: readonly [Tensor, Tensor, Tensor], { reduction }) => {
    requireDType('ScatterND', indices, 'int64');
    requireDType('ScatterND', updates, x.dtype);
    requireReduction('ScatterND', reduction);
    const depth = indices.dimension(-1);
    const expected = [...indices.shape.slice(0, -1), ...x.shape.slice(depth)];
    if (depth < 1 || depth > x.rank || !sameShape(updates.shape, expected)) {
      throw new ShapeError(
        `ScatterND: indices ${formatShape(indices.shape)} into ${formatShape(x.shape)} need updates ${formatShape(expected)}, got ${formatShape(updates.shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  gradient: ([dy], { inputs: [, indices, updates], attributes: { reduction } }) => {
    refuseGradient('ScatterND', reduction);
    const nothing = constant(zeros(updates.shape, 'float32'));
    return [reduction === 'add' ? dy : scatterND(dy, indices, nothing), undefined, gatherND(dy, indices)];
  },
});

/**
 * x with each of `updates` written to its position in `indices`, whose last axis indexes the first axes of x: the inverse of {@link gatherND}.
 * If two have the same position without a reduction, it is undefined which one stays.
 * @param reduction how an update is combined with the old value (default: it replaces it). Only 'none' and 'add' have a gradient.
 */
export function scatterND(
  x: Tensor,
  indices: Tensor,
  updates: Tensor,
  reduction: ScatterReduction = 'none',
): Tensor {
  return ScatterND.apply([x, indices, updates], { reduction });
}

/** x with each row of `updates` [n, ...] added to row `indices[i]` of it; rows named twice are added twice. */
export function scatterAdd(x: Tensor, indices: Tensor, updates: Tensor): Tensor {
  return ScatterND.apply([x, reshape(indices, [...indices.shape, 1]), updates], { reduction: 'add' });
}

export const GatherElements = defineOperator({
  type: 'GatherElements',
  attributes: { axis: intAttribute(0) },
  infer: ([x, indices]: readonly [Tensor, Tensor], { axis }) => {
    requireDType('GatherElements', indices, 'int64');
    const along = normalizeAxis('GatherElements', axis, x.rank);
    const fits =
      x.rank === indices.rank && x.shape.every((size, i) => i === along || size === indices.shape[i]);
    if (!fits) {
      throw new ShapeError(
        `GatherElements: indices ${formatShape(indices.shape)} do not match ${formatShape(x.shape)} outside axis ${along}`,
      );
    }
    return [{ dtype: x.dtype, shape: indices.shape }];
  },
  gradient: ([dy], { inputs: [x, indices], attributes: { axis } }) => [
    scatterElementsAdd(constant(zeros(x.shape, 'float32')), indices, dy, axis),
    undefined,
  ],
});

/** For each index, the element of x at that index along the axis: `y[i][j] = x[indices[i][j]][j]` for axis 0. */
export function gatherElements(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return GatherElements.apply([x, indices], { axis: normalizeAxis('GatherElements', axis, x.rank) });
}

export const ScatterElements = defineOperator({
  type: 'ScatterElements',
  attributes: { axis: intAttribute(0), reduction: stringAttribute('none') },
  infer: ([x, indices, updates]: readonly [Tensor, Tensor, Tensor], { reduction }) => {
    requireDType('ScatterElements', indices, 'int64');
    requireDType('ScatterElements', updates, x.dtype);
    requireReduction('ScatterElements', reduction);
    if (!sameShape(indices.shape, updates.shape) || x.rank !== indices.rank) {
      throw new ShapeError(
        `ScatterElements: indices ${formatShape(indices.shape)} and updates ${formatShape(updates.shape)} must agree and have the rank of ${formatShape(x.shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  gradient: ([dy], { inputs: [, indices, updates], attributes: { axis, reduction } }) => {
    refuseGradient('ScatterElements', reduction);
    const nothing = constant(zeros(updates.shape, 'float32'));
    return [
      reduction === 'add' ? dy : scatterElements(dy, indices, nothing, axis),
      undefined,
      gatheredAt(dy, indices, axis),
    ];
  },
});

// The elements that were written. Indices may cover only a part of x, which GatherElements does not accept.
function gatheredAt(x: Tensor, indices: Tensor, axis: number): Tensor {
  const along = normalizeAxis('ScatterElements', axis, x.rank);
  const covered = indices.shape.flatMap((size, i) => (i === along || size === x.shape[i] ? [] : [i]));
  const part =
    covered.length === 0
      ? x
      : slice(
          x,
          covered.map(() => 0),
          covered.map((i) => indices.dimension(i)),
          covered,
        );
  return gatherElements(part, indices, along);
}

/**
 * x with each element of `updates` at the place of its index along the axis: the reverse of {@link gatherElements}.
 * @param reduction how an update is combined with the old value (default: it replaces it). Only 'none' and 'add' have a gradient.
 */
export function scatterElements(
  x: Tensor,
  indices: Tensor,
  updates: Tensor,
  axis = 0,
  reduction: ScatterReduction = 'none',
): Tensor {
  const along = normalizeAxis('ScatterElements', axis, x.rank);
  return ScatterElements.apply([x, indices, updates], { axis: along, reduction });
}

/** x with each element of `updates` added at the place of its index along the axis: the reverse of {@link gatherElements}. */
export function scatterElementsAdd(x: Tensor, indices: Tensor, updates: Tensor, axis = 0): Tensor {
  return ScatterElements.apply([x, indices, updates], {
    axis: normalizeAxis('ScatterElements', axis, x.rank),
    reduction: 'add',
  });
}

export const OneHot = defineOperator({
  type: 'OneHot',
  attributes: { axis: intAttribute(-1) },
  infer: ([indices, depth, values]: readonly [Tensor, Tensor, Tensor], { axis }) => {
    requireDType('OneHot', indices, 'int64');
    if (depth.source.kind !== 'constant') throw new ShapeError('OneHot: the depth must be a constant');
    const place = normalizeAxis('OneHot', axis, indices.rank + 1);
    const size = Number(depth.source.value.data[0]);
    return [
      { dtype: values.dtype, shape: [...indices.shape.slice(0, place), size, ...indices.shape.slice(place)] },
    ];
  },
  gradient: () => [undefined, undefined, undefined],
});

/** Class indices `[...]` as vectors `[..., depth]` that are 1 at the index and 0 elsewhere. */
export function oneHot(indices: Tensor, depth: number): Tensor {
  return OneHot.apply([indices, constant(int64([depth], [])), constant(float32([0, 1]))], { axis: -1 });
}

export const TopK = defineOperator({
  type: 'TopK',
  attributes: { axis: intAttribute(-1), largest: intAttribute(1), sorted: intAttribute(1) },
  infer: ([x, k]: readonly [Tensor, Tensor], { axis }) => {
    requireDType('TopK', x, 'float32', 'int64');
    const along = normalizeAxis('TopK', axis, x.rank);
    const [count = 0] = constantIntegers(k, 'TopK', 'the number of elements');
    if (count < 1 || count > x.dimension(along))
      throw new ShapeError(
        `TopK: there are no ${count} elements along axis ${along} of ${formatShape(x.shape)}`,
      );
    const shape = x.shape.map((size, i) => (i === along ? count : size));
    return [
      { dtype: x.dtype, shape },
      { dtype: 'int64' as const, shape },
    ];
  },
  gradient: ([dy], { inputs: [x], outputs: [, winners], attributes: { axis } }) =>
    winners === undefined
      ? []
      : [scatterElementsAdd(constant(zeros(x.shape, 'float32')), winners, dy, axis), undefined],
});

/** The k largest elements along an axis, the largest first, and their indices (int64). */
export function topK(x: Tensor, k: number, axis = -1): readonly [values: Tensor, indices: Tensor] {
  const [values, winners] = TopK.applyAll([x, integers([k])], {
    axis: normalizeAxis('TopK', axis, x.rank),
    largest: 1,
    sorted: 1,
  }) as [Tensor, Tensor];
  return [values, winners];
}
