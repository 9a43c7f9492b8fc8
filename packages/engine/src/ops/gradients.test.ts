import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { float32, int64, type NDArray } from '../graph/ndarray.ts';
import { sizeOf, type Shape } from '../graph/dtype.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { grad } from '../autodiff.ts';
import { checkGradients } from '../gradient-check.ts';
import { operators } from './registry.ts';
import * as op from './index.ts';
import { Slice } from './shape.ts';
import { indices } from '../graph/tensor.ts';

/** One computation with values to check it at. */
interface Case {
  readonly build: (...tensors: Tensor[]) => Tensor | readonly Tensor[];
  readonly values: readonly NDArray[];
}

const dimension = fc.integer({ min: 1, max: 4 });
const shapes = fc.array(dimension, { minLength: 0, maxLength: 4 });

/** Values of an array of the given shape, in [low, high] but at least `gap` away from `away` (kinks have no gradient). */
function array(
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

/** Different values in random order, at least 0.1 apart: for operators that pick the largest. */
function distinct(shape: Shape): fc.Arbitrary<NDArray> {
  const size = sizeOf(shape);
  return fc
    .shuffledSubarray(
      Array.from({ length: size }, (_, i) => (i - size / 2) * 0.1),
      { minLength: size },
    )
    .map((data) => float32(data, shape));
}

function indicesBelow(limit: number, shape: Shape): fc.Arbitrary<NDArray> {
  const size = sizeOf(shape);
  return fc
    .array(fc.integer({ min: 0, max: limit - 1 }), { minLength: size, maxLength: size })
    .map((data) => int64(data, shape));
}

function unary(build: (x: Tensor) => Tensor, range: Parameters<typeof array>[1] = {}): fc.Arbitrary<Case> {
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

function binary(
  build: (a: Tensor, b: Tensor) => Tensor,
  rangeA: Parameters<typeof array>[1] = {},
  rangeB: Parameters<typeof array>[1] = {},
): fc.Arbitrary<Case> {
  return broadcastable
    .chain(({ a, b }) => fc.tuple(array(a, rangeA), array(b, rangeB)))
    .map(([a, b]) => ({ build: (x, y) => build(x, y), values: [a, b] }));
}

const positive = { low: 0.5, high: 2 };

const padding = fc.constantFrom<op.Padding>('valid', 'same', 1, { before: [0, 2], after: [1, 0] });

const convolution2d: fc.Arbitrary<Case> = fc
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

const transposedConvolution: fc.Arbitrary<Case> = fc
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

function pooling(build: (x: Tensor, options: op.PoolOptions) => Tensor): fc.Arbitrary<Case> {
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

const matrices: fc.Arbitrary<Case> = fc
  .record({ batch: broadcastable, m: dimension, k: dimension, n: dimension })
  .filter(({ batch }) => batch.a.length <= 2 && batch.b.length <= 2)
  .chain(({ batch, m, k, n }) => fc.tuple(array([...batch.a, m, k]), array([...batch.b, k, n])))
  .map((values) => ({ build: (a, b) => op.matmul(a, b), values }));

const generalMatrices: fc.Arbitrary<Case> = fc
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

const axesOf = (x: Shape): fc.Arbitrary<number[]> => fc.subarray(x.map((_, axis) => axis));

function reducing(
  build: (x: Tensor, axes: readonly number[], options: op.ReduceOptions) => Tensor,
): fc.Arbitrary<Case> {
  return shapes
    .chain((shape) => fc.tuple(distinct(shape), axesOf(shape), fc.boolean()))
    .map(([x, axes, keepDims]) => ({ build: (tensor) => build(tensor, axes, { keepDims }), values: [x] }));
}

const atLeast1d = fc.array(dimension, { minLength: 1, maxLength: 4 });

const sliced: fc.Arbitrary<Case> = atLeast1d
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

const padded = (build: typeof op.pad, limit: (size: number) => number): fc.Arbitrary<Case> =>
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

const gathered: fc.Arbitrary<Case> = atLeast1d
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

const resized: fc.Arbitrary<Case> = fc
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

const normalised = (
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

const cases: Readonly<Record<string, fc.Arbitrary<Case>>> = {
  add: binary(op.add),
  sub: binary(op.sub),
  mul: binary(op.mul),
  div: binary(op.div, {}, positive),
  pow: binary(op.pow, positive),
  'pow with a constant exponent': unary((x) => op.pow(x, 3)),
  minimum: binary(op.minimum, { low: 0, high: 0.9 }, { low: 1, high: 2 }),
  maximum: binary(op.maximum, { low: 0, high: 0.9 }, { low: 1, high: 2 }),
  neg: unary(op.neg),
  exp: unary(op.exp),
  log: unary(op.log, positive),
  sqrt: unary(op.sqrt, positive),
  abs: unary(op.abs, { away: [0] }),
  'sign and floor': unary((x) => op.add(op.mul(op.sign(x), x), op.floor(x)), { low: 0.1, high: 0.9 }),
  'sin and cos': unary((x) => op.mul(op.sin(x), op.cos(x))),
  atan: unary(op.atan),
  erf: unary(op.erf),
  clip: unary((x) => op.clip(x, -0.5, 0.8), { away: [-0.5, 0.8] }),
  'comparisons and where': binary(
    (a, b) =>
      op.where(
        op.logicalOr(op.logicalAnd(op.greater(a, b), op.lessOrEqual(a, 9)), op.logicalNot(op.less(a, 9))),
        op.mul(a, 2),
        op.where(op.greaterOrEqual(b, -9), op.mul(b, 3), op.cast(op.equal(a, b), 'float32')),
      ),
    { low: 0, high: 0.9 },
    { low: 1, high: 2 },
  ),
  relu: unary(op.relu, { away: [0] }),
  leakyRelu: unary((x) => op.leakyRelu(x, 0.2), { away: [0] }),
  'leakyRelu steeper below zero': unary((x) => op.leakyRelu(x, 1.5), { away: [0] }),
  'leakyRelu that falls below zero': unary((x) => op.leakyRelu(x, -0.5), { away: [0] }),
  hardSigmoid: unary((x) => op.hardSigmoid(x, { alpha: 0.5, beta: 0.3 }), { away: [-0.6, 1.4] }),
  elu: unary((x) => op.elu(x, 0.7), { away: [0] }),
  softplus: unary(op.softplus),
  sigmoid: unary(op.sigmoid),
  tanh: unary(op.tanh),
  gelu: unary(op.gelu),
  softmax: atLeast1d
    .chain((shape) => array(shape))
    .map((x) => ({ build: (t) => op.softmax(t), values: [x] })),
  'softmax over the first axis': atLeast1d
    .chain((shape) => array(shape))
    .map((x) => ({ build: (t) => op.softmax(t, 0), values: [x] })),
  logSoftmax: atLeast1d
    .chain((shape) => array(shape))
    .map((x) => ({ build: (t) => op.logSoftmax(t), values: [x] })),
  matmul: matrices,
  gemm: generalMatrices,
  reduceSum: reducing(op.reduceSum),
  reduceMean: reducing(op.reduceMean),
  reduceMax: reducing(op.reduceMax),
  reduceMin: reducing(op.reduceMin),
  reduceVariance: reducing(op.reduceVariance),
  logSumExp: reducing(op.logSumExp),
  'expand and sumTo': binary((a, b) =>
    op.expand(op.reshape(op.sumTo(op.add(a, b), b.shape), b.shape), op.add(a, b).shape),
  ),
  'reshape and transpose': shapes
    .chain((shape) =>
      fc.tuple(
        array(shape),
        fc.shuffledSubarray(
          shape.map((_, i) => i),
          { minLength: shape.length },
        ),
      ),
    )
    .map(([x, perm]) => ({ build: (t) => op.reshape(op.transpose(op.square(t), perm), [-1]), values: [x] })),
  'concat and split': atLeast1d
    .chain((shape) => fc.tuple(array(shape), array(shape), fc.integer({ min: 0, max: shape.length - 1 })))
    .map(([a, b, axis]) => ({
      build: (x, y) => {
        const joined = op.concat([x, y, op.square(x)], axis);
        const size = joined.dimension(axis);
        return [...op.split(joined, [1, size - 1], axis), joined];
      },
      values: [a, b],
    })),
  'stack, expandDims, squeeze, identity': unary((x) =>
    op.squeeze(op.expandDims(op.identity(op.stack([x, op.square(x)])), [0]), [0]),
  ),
  slice: sliced,
  flip: shapes
    .chain((shape) => fc.tuple(array(shape), axesOf(shape)))
    .map(([x, axes]) => ({ build: (t) => (axes.length > 0 ? op.flip(t, axes) : t), values: [x] })),
  pad: padded(op.pad, () => 2),
  padReflect: padded(op.padReflect, (size) => size - 1),
  gather: gathered,
  'gather of many rows': fc
    .tuple(array([600, 1], { low: 0, high: 1 }), indicesBelow(600, [9]))
    .map(([x, chosen]) => ({
      build: (t, i) => op.gather(t, i),
      values: [
        float32(
          (x.data as Float32Array).map((v, k) => v + k / 600),
          [600, 1],
        ),
        chosen,
      ],
    })),
  'scatterAdd and gatherElements': fc
    .tuple(array([4, 3]), indicesBelow(4, [5]), array([5, 3]), indicesBelow(3, [4, 2]))
    .map((values) => ({
      build: (x, rows, updates, columns) => op.gatherElements(op.scatterAdd(x, rows, updates), columns, 1),
      values,
    })),
  scatterElementsAdd: fc.tuple(array([3, 4]), indicesBelow(3, [2, 4]), array([2, 4])).map((values) => ({
    build: (x, rows, updates) => op.scatterElementsAdd(x, rows, updates, 0),
    values,
  })),
  conv2d: convolution2d,
  'conv2d with few input channels': fc
    .tuple(array([1, 1, 4, 5]), array([9, 1, 3, 2]))
    .map(([x, w]) => ({ build: (a, b) => op.conv2d(a, b, { padding: 'same' }), values: [x, w] })),
  'causal conv1d': fc
    .tuple(array([2, 3, 6]), array([2, 3, 3]), fc.integer({ min: 1, max: 2 }))
    .map(([x, w, dilations]) => ({
      build: (a, b) => op.conv1d(a, b, { padding: 'causal', dilations }),
      values: [x, w],
    })),
  depthwiseConv2d: fc
    .tuple(array([2, 3, 5, 4]), array([3, 2, 3, 2]), fc.constantFrom(1, 2))
    .map(([x, w, strides]) => ({
      build: (a, b) => op.depthwiseConv2d(a, b, { padding: 'same', strides }),
      values: [x, w],
    })),
  conv2dTranspose: transposedConvolution,
  maxPool: pooling(op.maxPool),
  'averagePool without padding in the mean': pooling(op.averagePool),
  'averagePool with padding in the mean': pooling((x, options) =>
    op.averagePool(x, { ...options, countIncludePad: true }),
  ),
  'global pools': distinct([2, 2, 3, 4]).map((x) => ({
    build: (t) => [op.globalAveragePool(t), op.globalMaxPool(t)],
    values: [x],
  })),
  resize: resized,
  batchNormTraining: normalised(
    (x, gamma, beta) => Object.values(op.batchNormTraining(x, { gamma, beta, epsilon: 0.1 })),
    (shape) => shape[1] ?? 1,
  ),
  batchNormInference: normalised(
    (x, gamma, beta) => op.batchNormInference(x, beta, gamma, { gamma, beta }),
    (shape) => shape[1] ?? 1,
  ),
  instanceNorm: normalised(
    (x, gamma, beta) => op.instanceNorm(x, { gamma, beta, epsilon: 0.1 }),
    (shape) => shape[1] ?? 1,
  ),
  layerNorm: normalised(
    (x, gamma, beta) => op.layerNorm(x, { gamma, beta, epsilon: 0.1 }),
    (shape) => shape.at(-1) ?? 1,
  ),
  'dropout by a mask': fc.tuple(array([3, 4]), indicesBelow(2, [3, 4])).map(([x, mask]) => ({
    build: (t, m) => op.dropout(t, op.cast(m, 'float32'), 0.4),
    values: [x, mask],
  })),
  crossEntropy: fc.tuple(array([3, 5]), indicesBelow(5, [3])).map((values) => ({
    build: (logits, labels) => op.crossEntropy(logits, labels),
    values,
  })),
  binaryCrossentropy: fc
    .tuple(array([2, 3], { low: 0.1, high: 0.9 }), array([2, 3], { low: 0, high: 1 }))
    .map((values) => ({
      build: (p, y) => op.binaryCrossentropy(p, y),
      values,
    })),
  sigmoidCrossEntropy: fc.tuple(array([2, 3]), array([2, 3], { low: 0, high: 1 })).map((values) => ({
    build: (x, y) => op.sigmoidCrossEntropy(x, y),
    values,
  })),
  'squared and absolute error': fc
    .tuple(array([2, 3], { low: 1, high: 2 }), array([2, 3], { low: -2, high: 0 }))
    .map((values) => ({
      build: (a, b) => [op.meanSquaredError(a, b), op.meanAbsoluteError(a, b)],
      values,
    })),
};

const RUNS = 8;
const covered = new Set<string>();

describe('every gradient rule agrees with finite differences', () => {
  for (const [name, arbitrary] of Object.entries(cases)) {
    it(name, async () => {
      await fc.assert(
        fc.asyncProperty(arbitrary, async ({ build, values }) => {
          noteOperators(build, values);
          await checkGradients(build, values);
        }),
        { numRuns: name.startsWith('conv2d') ? 5 * RUNS : RUNS, seed: 20161125 },
      );
    });
  }

  it('for every operator of the engine', () => {
    const withRule = [...operators.values()]
      .filter(({ gradient }) => gradient !== undefined)
      .map(({ type }) => type);
    const notDifferentiable = ['ArgMax'];
    expect(withRule.filter((type) => !covered.has(type) && !notDifferentiable.includes(type))).toEqual([]);
  });
});

describe('a gradient can itself be differentiated', () => {
  const secondOrder: Record<string, fc.Arbitrary<Case>> = {
    tanh: unary(op.tanh),
    sigmoid: unary(op.sigmoid),
    div: binary(op.div, {}, positive),
    softmax: array([2, 3]).map((x) => ({ build: (t) => op.softmax(t), values: [x] })),
    matmul: matrices,
    conv2d: convolution2d,
    conv2dTranspose: transposedConvolution,
    layerNorm: normalised(
      (x, gamma, beta) => op.layerNorm(x, { gamma, beta, epsilon: 0.3 }),
      (shape) => shape.at(-1) ?? 1,
    ),
    averagePool: pooling(op.averagePool),
    maxPool: pooling((x, options) => op.maxPool(op.exp(x), options)),
    resize: resized,
    gather: gathered,
  };
  for (const [name, arbitrary] of Object.entries(secondOrder)) {
    it(name, async () => {
      await fc.assert(
        fc.asyncProperty(arbitrary, async ({ build, values }) => {
          const gradientNorm = (...tensors: Tensor[]): Tensor => {
            const built = build(...tensors);
            const output = 'shape' in built ? built : op.add(built[0] ?? 0, 0);
            const floats = tensors.filter(({ dtype }) => dtype === 'float32');
            const gradients = grad(op.reduceSum(op.pow(output, 2)), floats);
            return gradients
              .map((gradient) => op.reduceSum(op.square(gradient)))
              .reduce((a, b) => op.add(a, b));
          };
          await checkGradients(gradientNorm, values, { epsilon: 5e-3, tolerance: 2e-2 });
        }),
        { numRuns: 4, seed: 20161125 },
      );
    });
  }
});

function noteOperators(build: Case['build'], values: readonly NDArray[]): void {
  const built = build(...values.map(({ dtype, shape }, i) => input(`x${i}`, shape, dtype)));
  const outputs = 'shape' in built ? [built] : built;
  const graph = new Graph(Object.fromEntries(outputs.map((output, i) => [`y${i}`, output])));
  for (const node of graph.nodes) covered.add(node.operator.type);
}
