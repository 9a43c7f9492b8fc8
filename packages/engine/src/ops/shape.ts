import { ShapeError } from '../errors.ts';
import { formatShape, sameShape, sizeOf, type Shape } from '../graph/dtype.ts';
import { defineOperator, intAttribute, intsAttribute } from '../graph/operator.ts';
import { normalizeAxis } from '../graph/shapes.ts';
import { constantIntegers, indices, type Tensor } from '../graph/tensor.ts';
import { pad } from './pad.ts';

export const Reshape = defineOperator({
  type: 'Reshape',
  attributes: { allowzero: intAttribute(0) },
  infer: ([x, shape]: readonly [Tensor, Tensor]) => [
    { dtype: x.dtype, shape: resolveShape(x.shape, constantIntegers(shape, 'Reshape', 'the shape')) },
  ],
  gradient: ([dy], { inputs: [x] }) => [reshape(dy, x.shape), undefined],
});

function resolveShape(from: Shape, to: Shape): Shape {
  const known = sizeOf(to.filter((size) => size !== -1));
  const unknown = to.filter((size) => size === -1).length;
  const resolved = to.map((size) => (size === -1 ? sizeOf(from) / known : size));
  if (unknown > 1 || !resolved.every(Number.isInteger) || sizeOf(resolved) !== sizeOf(from)) {
    throw new ShapeError(
      `Reshape: ${formatShape(from)} has another number of elements than ${formatShape(to)}`,
    );
  }
  return resolved;
}

/** The same elements in row-major order under another shape; one dimension may be -1: it follows from the others. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const resolved = resolveShape(x.shape, shape);
  return sameShape(x.shape, resolved) ? x : Reshape.apply([x, indices(resolved)], { allowzero: 0 });
}

export const Transpose = defineOperator({
  type: 'Transpose',
  attributes: { perm: intsAttribute() },
  infer: ([x]: readonly [Tensor], { perm }) => {
    if (![...perm].sort((a, b) => a - b).every((axis, index) => axis === index) || perm.length !== x.rank) {
      throw new ShapeError(
        `Transpose: ${formatShape(perm)} is not an order of the axes of ${formatShape(x.shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape: perm.map((axis) => x.dimension(axis)) }];
  },
  gradient: ([dy], { attributes: { perm } }) => [
    transpose(
      dy,
      perm.map((_, axis) => perm.indexOf(axis)),
    ),
  ],
});

/** Reorders the axes: axis i of the result is axis `perm[i]` of x (default: all axes reversed). */
export function transpose(
  x: Tensor,
  perm: readonly number[] = x.shape.map((_, axis) => x.rank - 1 - axis),
): Tensor {
  return perm.every((axis, index) => axis === index) && perm.length === x.rank
    ? x
    : Transpose.apply([x], { perm });
}

/** Exchanges the last two axes: the transposed matrix, for each matrix of a batch. */
export function matrixTranspose(x: Tensor): Tensor {
  const { rank } = x;
  return transpose(
    x,
    x.shape.map((_, axis) => (axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis)),
  );
}

export const Trilu = defineOperator({
  type: 'Trilu',
  attributes: { upper: intAttribute(1) },
  infer: ([x, k]: readonly [Tensor, Tensor]) => {
    constantIntegers(k, 'Trilu', 'the diagonal');
    if (x.rank < 2) throw new ShapeError(`Trilu: expected matrices [..., m, n], got ${formatShape(x.shape)}`);
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  gradient: ([dy], { inputs: [, k], attributes: { upper } }) => {
    const [diagonal = 0] = constantIntegers(k, 'Trilu', 'the diagonal');
    return [upper === 1 ? upperTriangle(dy, diagonal) : lowerTriangle(dy, diagonal), undefined];
  },
});

/** Matrices `[..., m, n]` with zeros below their diagonal k: 0 the main one, positive ones above it. */
export function upperTriangle(x: Tensor, k = 0): Tensor {
  return Trilu.apply([x, indices(k)], { upper: 1 });
}

/** Matrices `[..., m, n]` with zeros above their diagonal k: 0 the main one, positive ones above it. */
export function lowerTriangle(x: Tensor, k = 0): Tensor {
  return Trilu.apply([x, indices(k)], { upper: 0 });
}

export const Concat = defineOperator({
  type: 'Concat',
  attributes: { axis: intAttribute() },
  infer: (tensors: readonly Tensor[], { axis }) => {
    const [first] = tensors;
    if (first === undefined) throw new ShapeError('Concat: needs at least one tensor');
    const joined = normalizeAxis('Concat', axis, first.rank);
    for (const { shape, dtype } of tensors) {
      const fits =
        shape.length === first.rank && shape.every((size, i) => i === joined || size === first.shape[i]);
      if (!fits || dtype !== first.dtype) {
        throw new ShapeError(
          `Concat: ${formatShape(first.shape)} and ${formatShape(shape)} differ outside axis ${joined} or in dtype`,
        );
      }
    }
    const total = tensors.reduce((sum, tensor) => sum + tensor.dimension(joined), 0);
    return [{ dtype: first.dtype, shape: first.shape.map((size, i) => (i === joined ? total : size)) }];
  },
  gradient: ([dy], { inputs, attributes: { axis } }) =>
    split(
      dy,
      inputs.map((tensor) => tensor.dimension(axis)),
      axis,
    ),
});

/** Joins tensors end to end along an axis; all other sizes must agree. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors;
  return tensors.length === 1 && first !== undefined ? first : Concat.apply(tensors, { axis });
}

export const Split = defineOperator({
  type: 'Split',
  attributes: { axis: intAttribute(0) },
  infer: ([x, sizes]: readonly [Tensor, Tensor], { axis }) => {
    const along = normalizeAxis('Split', axis, x.rank);
    const parts = constantIntegers(sizes, 'Split', 'the sizes');
    if (parts.reduce((sum, size) => sum + size, 0) !== x.dimension(along)) {
      throw new ShapeError(
        `Split: sizes ${formatShape(parts)} do not add up to axis ${along} of ${formatShape(x.shape)}`,
      );
    }
    return parts.map((part) => ({
      dtype: x.dtype,
      shape: x.shape.map((size, i) => (i === along ? part : size)),
    }));
  },
  gradient: (dys, { attributes: { axis } }) => [concat(dys, axis), undefined],
});

/** Splits a tensor along an axis into parts of the given sizes: the inverse of {@link concat}. */
export function split(x: Tensor, sizes: readonly number[], axis: number): readonly Tensor[] {
  return sizes.length === 1 && sizes[0] === x.dimension(axis)
    ? [x]
    : Split.applyAll([x, indices(sizes)], { axis });
}

// Ends this far out mean "to the end" for negative steps, as documented for ONNX's Slice.
const BEFORE_START = -(2 ** 31);

export const Slice = defineOperator({
  type: 'Slice',
  attributes: {},
  infer: ([x, starts, ends, axes, steps]: readonly [Tensor, Tensor, Tensor, Tensor, Tensor]) => {
    const shape = [...x.shape];
    for (const { axis, count } of sliceRanges(x, starts, ends, axes, steps)) shape[axis] = count;
    return [{ dtype: x.dtype, shape }];
  },
  gradient: ([dy], { inputs: [x, starts, ends, axes, steps] }) => {
    let dx = dy;
    for (const range of sliceRanges(x, starts, ends, axes, steps))
      dx = unslice(dx, range, x.dimension(range.axis));
    return [dx];
  },
});

interface SliceRange {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

function sliceRanges(
  x: Tensor,
  ...[starts, ends, axes, steps]: readonly [Tensor, Tensor, Tensor, Tensor]
): SliceRange[] {
  const firsts = constantIntegers(starts, 'Slice', 'the starts');
  const lasts = constantIntegers(ends, 'Slice', 'the ends');
  const strides = constantIntegers(steps, 'Slice', 'the steps');
  return constantIntegers(axes, 'Slice', 'the axes').map((given, index) => {
    const axis = normalizeAxis('Slice', given, x.rank);
    const size = x.dimension(axis);
    const step = strides[index] ?? 1;
    const fromEnd = (position: number): number => (position < 0 ? position + size : position);
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const limit = (position: number): number => Math.min(Math.max(fromEnd(position), low), high);
    const start = limit(firsts[index] ?? 0);
    const end = limit(lasts[index] ?? size);
    return { axis, start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
  });
}

// Puts the gradient of a slice at its place, with zeros elsewhere.
function unslice(dy: Tensor, { axis, start, step, count }: SliceRange, size: number): Tensor {
  const forward = step < 0 ? flip(dy, [axis]) : dy;
  const lowest = step < 0 ? start + (count - 1) * step : start;
  const spread = zeroInsert(forward, axis, Math.abs(step));
  const before = dy.shape.map((_, i) => (i === axis ? lowest : 0));
  const after = dy.shape.map((_, i) => (i === axis ? size - lowest - spread.dimension(axis) : 0));
  return pad(spread, before, after);
}

/** Puts `step - 1` zeros between the elements along an axis: size n becomes (n - 1) · step + 1. */
export function zeroInsert(x: Tensor, axis: number, step: number): Tensor {
  const count = x.dimension(axis);
  if (step === 1 || count <= 1) return x;
  const split = [...x.shape.slice(0, axis), count, 1, ...x.shape.slice(axis + 1)];
  const after = split.map((_, i) => (i === axis + 1 ? step - 1 : 0));
  const padded = pad(
    reshape(x, split),
    split.map(() => 0),
    after,
  );
  const merged = reshape(padded, [...x.shape.slice(0, axis), count * step, ...x.shape.slice(axis + 1)]);
  return slice(merged, [0], [(count - 1) * step + 1], [axis]);
}

/**
 * Returns a range of each given axis, without its end, NumPy's `x[start:end:step]`.
 * @param axes defaults to the first axes, one for each start
 */
export function slice(
  x: Tensor,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[] = starts.map((_, axis) => axis),
  steps: readonly number[] = starts.map(() => 1),
): Tensor {
  return Slice.apply([x, indices(starts), indices(ends), indices(axes), indices(steps)], {});
}

/** Reverses the order of the elements along the given axes. */
export function flip(x: Tensor, axes: readonly number[]): Tensor {
  return slice(
    x,
    axes.map(() => -1),
    axes.map(() => BEFORE_START),
    axes,
    axes.map(() => -1),
  );
}

/** Adds axes of size 1 at the given places of the result. */
export function expandDims(x: Tensor, axes: readonly number[]): Tensor {
  const rank = x.rank + axes.length;
  const added = axes.map((axis) => normalizeAxis('expandDims', axis, rank));
  const sizes = [...x.shape];
  return reshape(
    x,
    Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : (sizes.shift() ?? 1))),
  );
}

/**
 * Drops axes of size 1.
 * @throws ShapeError when one of them has another size
 */
export function squeeze(x: Tensor, axes: readonly number[]): Tensor {
  const dropped = axes.map((axis) => normalizeAxis('squeeze', axis, x.rank));
  for (const axis of dropped) {
    if (x.dimension(axis) !== 1)
      throw new ShapeError(`squeeze: axis ${axis} of ${formatShape(x.shape)} is not 1`);
  }
  return reshape(
    x,
    x.shape.filter((_, axis) => !dropped.includes(axis)),
  );
}

/** Stacks tensors of one shape along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  return concat(
    tensors.map((tensor) => expandDims(tensor, [axis])),
    axis,
  );
}
