import * as fc from 'fast-check';
import { float32, int64, type NDArray } from '../../graph/ndarray.ts';
import { sizeOf, type Shape } from '../../graph/dtype.ts';
import { type Tensor } from '../../graph/tensor.ts';
import * as op from '../index.ts';
import { Slice } from '../shape.ts';
import { indices } from '../../graph/tensor.ts';

/** One computation with values for the check. */
export interface Case {
  readonly build: (...tensors: Tensor[]) => Tensor | readonly Tensor[];
  readonly values: readonly NDArray[];
}

const dimension = fc.integer({ min: 1, max: 4 });
export const shapes = fc.array(dimension, { minLength: 0, maxLength: 4 });

/** Values of an array of the given shape, in [low, high] but at least `gap` away from `away` (kinks have no gradient). */
export function array(
  shape: Shape,
  { low = -1.5, high = 1.5, away = [] as readonly number[], gap = 0.05 } = {},
): fc.Arbitrary<NDArray> {
  const size = sizeOf(shape);
  return fc
    .array(fc.double({ min: low, max: high, noNaN: true }), { minLength: size, maxLength: size })
    .map((data) => {
      const moved = data.map((value) =>
        away.reduce((v, kink) => (Math.abs(v - kink) < gap ? kink + gap : v), value),
      );
      return float32(moved, shape);
    });
}

/** Distinct values in random order, at least 0.1 apart: for operators that pick the largest. */
export function distinct(shape: Shape): fc.Arbitrary<NDArray> {
  const size = sizeOf(shape);
  return fc
    .shuffledSubarray(
      Array.from({ length: size }, (_, i) => (i - size / 2) * 0.1),
      { minLength: size },
    )
    .map((data) => float32(data, shape));
}

export function indicesBelow(limit: number, shape: Shape): fc.Arbitrary<NDArray> {
  const size = sizeOf(shape);
  return fc
    .array(fc.integer({ min: 0, max: limit - 1 }), { minLength: size, maxLength: size })
    .map((data) => int64(data, shape));
}

export function unary(
  build: (x: Tensor) => Tensor,
  range: Parameters<typeof array>[1] = {},
): fc.Arbitrary<Case> {
  return shapes.chain((shape) => array(shape, range)).map((x) => ({ build, values: [x] }));
}

/** Two shapes that broadcast to each other: some dimensions of either become 1, some leading ones are dropped. */
const broadcastable = fc
  .tuple(
    shapes,
    fc.array(fc.constantFrom('both', 'a', 'b'), { minLength: 4, maxLength: 4 }),
    fc.integer({ min: 0, max: 4 }),
  )
  .map(([shape, sides, dropped]) => {
    const a = shape.map((size, i) => (sides[i] === 'b' ? 1 : size));
    const b = shape.map((size, i) => (sides[i] === 'a' ? 1 : size));
    return dropped % 2 === 0
      ? { a: a.slice(Math.min(dropped, a.length)), b }
      : { a, b: b.slice(Math.min(dropped, b.length)) };
  });

export function binary(
  build: (a: Tensor, b: Tensor) => Tensor,
  rangeA: Parameters<typeof array>[1] = {},
  rangeB: Parameters<typeof array>[1] = {},
): fc.Arbitrary<Case> {
  return broadcastable
    .chain(({ a, b }) => fc.tuple(array(a, rangeA), array(b, rangeB)))
    .map(([a, b]) => ({ build: (x, y) => build(x, y), values: [a, b] }));
}

export const positive = { low: 0.5, high: 2 };

const padding = fc.constantFrom<op.Padding>('valid', 'same', 1, { before: [0, 2], after: [1, 0] });

export const convolution2d: fc.Arbitrary<Case> = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    groups: fc.integer({ min: 1, max: 2 }),
    inputs: fc.integer({ min: 1, max: 2 }),
    outputs: fc.integer({ min: 1, max: 2 }),
    size: fc.tuple(fc.integer({ min: 3, max: 6 }), fc.integer({ min: 3, max: 6 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.constantFrom([1, 1], [1, 1], [2, 2], [3, 1], [1, 2]),
    dilations: fc.constantFrom([1, 1], [1, 1], [2, 1], [1, 2]),
    padding,
  })
  .filter(({ size, kernel, dilations }) =>
    kernel.every((k, i) => (k - 1) * (dilations[i] ?? 1) + 1 <= (size[i] ?? 0)),
  )
  .chain(({ batch, groups, inputs, outputs, size, kernel, strides, dilations, padding: border }) =>
    fc
      .tuple(
        array([batch, inputs * groups, ...size]),
        array([outputs * groups, inputs, ...kernel]),
        array([outputs * groups]),
      )
      .map((values) => ({
        build: (x: Tensor, w: Tensor, bias: Tensor) =>
          op.conv2d(x, w, { bias, groups, strides, dilations, padding: border }),
        values,
      })),
  );

export const transposedConvolution: fc.Arbitrary<Case> = fc
  .record({
    inputs: fc.integer({ min: 1, max: 2 }),
    outputs: fc.integer({ min: 1, max: 3 }),
    size: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    padding: fc.constantFrom<'valid' | 'same'>('valid', 'same'),
  })
  .chain(({ inputs, outputs, size, kernel, strides, padding: border }) =>
    fc
      .tuple(array([2, inputs, ...size]), array([inputs, outputs, ...kernel]), array([outputs]))
      .map((values) => ({
        build: (x: Tensor, w: Tensor, bias: Tensor) =>
          op.conv2dTranspose(x, w, { bias, strides, padding: border }),
        values,
      })),
  );

export function pooling(build: (x: Tensor, options: op.PoolOptions) => Tensor): fc.Arbitrary<Case> {
  return fc
    .record({
      size: fc.tuple(fc.integer({ min: 3, max: 6 }), fc.integer({ min: 3, max: 6 })),
      poolSize: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      padding: fc.constantFrom<'valid' | 'same'>('valid', 'same'),
    })
    .chain(({ size, ...options }) =>
      distinct([2, 2, ...size]).map((x) => ({
        build: (tensor: Tensor) => build(tensor, options),
        values: [x],
      })),
    );
}

export const matrices: fc.Arbitrary<Case> = fc
  .record({ batch: broadcastable, m: dimension, k: dimension, n: dimension })
  .filter(({ batch }) => batch.a.length <= 2 && batch.b.length <= 2)
  .chain(({ batch, m, k, n }) => fc.tuple(array([...batch.a, m, k]), array([...batch.b, k, n])))
  .map((values) => ({ build: (a, b) => op.matmul(a, b), values }));

export const generalMatrices: fc.Arbitrary<Case> = fc
  .record({
    m: dimension,
    k: dimension,
    n: dimension,
    transA: fc.boolean(),
    transB: fc.boolean(),
    withBias: fc.boolean(),
  })
  .chain(({ m, k, n, transA, transB, withBias }) =>
    fc.tuple(array(transA ? [k, m] : [m, k]), array(transB ? [n, k] : [k, n]), array([n])).map((values) => ({
      build: (a: Tensor, b: Tensor, c: Tensor) =>
        op.gemm(a, b, { transA, transB, alpha: 0.7, bias: withBias ? c : undefined }),
      values,
    })),
  );

export const axesOf = (x: Shape): fc.Arbitrary<number[]> => fc.subarray(x.map((_, axis) => axis));

export function reducing(
  build: (x: Tensor, axes: readonly number[], options: op.ReduceOptions) => Tensor,
): fc.Arbitrary<Case> {
  return shapes
    .chain((shape) => fc.tuple(distinct(shape), axesOf(shape), fc.boolean()))
    .map(([x, axes, keepDims]) => ({ build: (tensor) => build(tensor, axes, { keepDims }), values: [x] }));
}

export const atLeast1d = fc.array(dimension, { minLength: 1, maxLength: 4 });

export const sliced: fc.Arbitrary<Case> = atLeast1d
  .chain((shape) =>
    fc.tuple(
      array(shape),
      fc.tuple(
        ...shape.map((size) =>
          fc.tuple(fc.integer({ min: 0, max: size - 1 }), fc.integer({ min: 1, max: 3 }), fc.boolean()),
        ),
      ),
    ),
  )
  .map(([x, ranges]) => ({
    build: (tensor) => {
      const reversed = ranges.map(([, , backwards]) => backwards);
      const axes = ranges.map((_, axis) => axis);
      const starts = ranges.map(([start], axis) => (reversed[axis] === true ? -1 : start));
      const ends = ranges.map(([start], axis) =>
        reversed[axis] === true ? start - 1 - (x.shape[axis] ?? 0) : 1000,
      );
      const steps = ranges.map(([, step], axis) => (reversed[axis] === true ? -step : step));
      return Slice.apply([tensor, ...[starts, ends, axes, steps].map((v) => indices(v))] as never, {});
    },
    values: [x],
  }));

export const padded = (build: typeof op.pad, limit: (size: number) => number): fc.Arbitrary<Case> =>
  fc
    .array(fc.integer({ min: 2, max: 4 }), { minLength: 1, maxLength: 4 })
    .chain((shape) =>
      fc.tuple(
        array(shape),
        fc.tuple(...shape.map((size) => fc.integer({ min: 0, max: limit(size) }))),
        fc.tuple(...shape.map((size) => fc.integer({ min: 0, max: limit(size) }))),
      ),
    )
    .map(([x, before, after]) => ({ build: (tensor) => build(tensor, before, after), values: [x] }));

export const gathered: fc.Arbitrary<Case> = atLeast1d
  .chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.integer({ min: 0, max: shape.length - 1 }),
      fc.array(dimension, { maxLength: 2 }),
    ),
  )
  .chain(([shape, axis, wanted]) =>
    fc.tuple(array(shape), indicesBelow(shape[axis] ?? 1, wanted)).map((values) => ({
      build: (x: Tensor, chosen: Tensor) => op.gather(x, chosen, axis),
      values,
    })),
  );

export const resized: fc.Arbitrary<Case> = fc
  .record({
    size: fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 5 })),
    target: fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 })),
    mode: fc.constantFrom<op.ResizeMode>('nearest', 'bilinear', 'bilinear-align-corners'),
  })
  .chain(({ size, target, mode }) =>
    array([1, 2, ...size]).map((x) => ({
      build: (tensor: Tensor) => op.resize(tensor, target, mode),
      values: [x],
    })),
  );

export const normalised = (
  build: (x: Tensor, gamma: Tensor, beta: Tensor) => Tensor | readonly Tensor[],
  features: (shape: Shape) => number,
) =>
  fc
    .tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 2, max: 3 }), fc.integer({ min: 2, max: 3 }))
    .chain((sizes) => {
      const shape = [...sizes, 3];
      return fc
        .tuple(distinct(shape), array([features(shape)], positive), array([features(shape)]))
        .map((values) => ({ build, values }));
    }) as fc.Arbitrary<Case>;
