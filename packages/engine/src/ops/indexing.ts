import { ShapeError } from '../errors.ts';
import { formatShape, sameShape, sizeOf } from '../graph/dtype.ts';
import { float32, int64, zeros } from '../graph/ndarray.ts';
import { defineOperator, intAttribute, stringAttribute } from '../graph/operator.ts';
import { normalizeAxis, requireDType } from '../graph/shapes.ts';
import { constant, type Tensor } from '../graph/tensor.ts';
import { gemm } from './matmul.ts';
import { reshape, transpose } from './shape.ts';

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
    // axis first, the rest behind it as one row
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

/** Picks slices of x along an axis: `x[indices]` of NumPy's take. Gradient: each slice's is added back where it came from. */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return Gather.apply([x, indices], { axis: normalizeAxis('Gather', axis, x.rank) });
}

export const ScatterND = defineOperator({
  type: 'ScatterND',
  attributes: { reduction: stringAttribute('none') },
  infer: ([x, indices, updates]: readonly [Tensor, Tensor, Tensor], { reduction }) => {
    requireDType('ScatterND', indices, 'int64');
    const expected = [...indices.shape.slice(0, -1), ...x.shape.slice(1)];
    if (indices.dimension(-1) !== 1 || reduction !== 'add' || !sameShape(updates.shape, expected)) {
      throw new ShapeError(
        `ScatterND: adds rows only: expected indices [n, 1] and updates ${formatShape(expected)}, got ${formatShape(indices.shape)} and ${formatShape(updates.shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  gradient: ([dy], { inputs: [, indices] }) => [
    dy,
    undefined,
    gather(dy, reshape(indices, indices.shape.slice(0, -1)), 0),
  ],
});

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
        `GatherElements: indices ${formatShape(indices.shape)} do not lie over ${formatShape(x.shape)} outside axis ${along}`,
      );
    }
    return [{ dtype: x.dtype, shape: indices.shape }];
  },
  gradient: ([dy], { inputs: [x, indices], attributes: { axis } }) => [
    scatterElementsAdd(constant(zeros(x.shape, 'float32')), indices, dy, axis),
    undefined,
  ],
});

/** For each index the element of x it names along the axis: `y[i][j] = x[indices[i][j]][j]` for axis 0. */
export function gatherElements(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return GatherElements.apply([x, indices], { axis: normalizeAxis('GatherElements', axis, x.rank) });
}

export const ScatterElements = defineOperator({
  type: 'ScatterElements',
  attributes: { axis: intAttribute(0), reduction: stringAttribute('none') },
  infer: ([x, indices, updates]: readonly [Tensor, Tensor, Tensor], { reduction }) => {
    requireDType('ScatterElements', indices, 'int64');
    if (reduction !== 'add' || !sameShape(indices.shape, updates.shape) || x.rank !== indices.rank) {
      throw new ShapeError(
        `ScatterElements: adds only, indices ${formatShape(indices.shape)} and updates ${formatShape(updates.shape)} must agree and have the rank of ${formatShape(x.shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  gradient: ([dy], { inputs: [, indices], attributes: { axis } }) => [
    dy,
    undefined,
    gatherElements(dy, indices, axis),
  ],
});

/** x with each element of `updates` added at the place its index names along the axis: the reverse of {@link gatherElements}. */
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
