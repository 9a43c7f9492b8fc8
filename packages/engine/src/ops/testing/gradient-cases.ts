import * as fc from 'fast-check';
import { float32, int64 } from '../../graph/ndarray.ts';
import { constant } from '../../graph/tensor.ts';
import * as op from '../index.ts';
import {
  type Case,
  shapes,
  array,
  distinct,
  indicesBelow,
  unary,
  binary,
  positive,
  convolution2d,
  transposedConvolution,
  pooling,
  matrices,
  generalMatrices,
  axesOf,
  reducing,
  atLeast1d,
  sliced,
  padded,
  gathered,
  resized,
  normalised,
} from './gradient-operands.ts';

/** Computations for checking the gradient rule of each operator, by one of its names or a use of it. */
export const gradientCases: Readonly<Record<string, fc.Arbitrary<Case>>> = {
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
  'sign, floor and round': unary((x) => op.add(op.mul(op.sign(x), x), op.add(op.floor(x), op.round(x))), {
    low: 0.1,
    high: 0.9,
    away: [0.5],
  }),
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
  reduceProduct: reducing(op.reduceProduct),
  'reduceProduct over a row with no, one and two zeros': array([3, 4], positive).map((x) => {
    const data = Float32Array.from(x.data as Float32Array);
    data[5] = data[9] = data[10] = 0;
    return { build: (t) => op.reduceProduct(t, [1]), values: [float32(data, [3, 4])] };
  }),
  cumulativeSum: atLeast1d
    .chain((shape) =>
      fc.tuple(array(shape), fc.integer({ min: 0, max: shape.length - 1 }), fc.boolean(), fc.boolean()),
    )
    .map(([x, axis, exclusive, reverse]) => ({
      build: (t) => op.cumulativeSum(t, axis, { exclusive, reverse }),
      values: [x],
    })),
  'upper and lower triangle': fc.tuple(array([2, 3, 4]), fc.integer({ min: -3, max: 4 })).map(([x, k]) => ({
    build: (t) => [op.upperTriangle(t, k), op.lowerTriangle(t, k)],
    values: [x],
  })),
  topK: atLeast1d
    .chain((shape) => fc.tuple(distinct(shape), fc.integer({ min: 0, max: shape.length - 1 })))
    .map(([x, axis]) => ({
      build: (t) => op.topK(t, Math.ceil(t.dimension(axis) / 2), axis)[0],
      values: [x],
    })),
  gatherND: fc
    .tuple(array([3, 2, 4]), indicesBelow(2, [5, 2]), indicesBelow(3, [4, 1]))
    .map(([x, places, rows]) => ({
      build: (t, i, j) => [op.gatherND(t, i), op.gatherND(t, j)],
      values: [x, places, rows],
    })),
  'scatterND and scatterElements': fc.tuple(array([3, 4]), array([2, 4]), array([2, 2])).map((values) => ({
    build: (x, rows, elements) => {
      const replaced = op.scatterND(x, constant(int64([2, 0], [2, 1])), rows);
      return [
        replaced,
        op.scatterElements(replaced, constant(int64([1, 3, 0, 2], [2, 2])), elements, 1),
        op.scatterND(
          x,
          constant(int64([0, 3, 0, 3], [2, 2])),
          op.reshape(op.slice(elements, [0], [1]), [2]),
          'add',
        ),
      ];
    },
    values,
  })),
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
  'conv2d with few output channels': fc
    .tuple(
      array([2, 8, 4, 5]),
      array([1, 8, 3, 2]),
      array([1]),
      fc.constantFrom<op.Padding>('same', 'valid', 3),
    )
    .map(([x, w, b, padding]) => ({
      build: (a, k, bias) => op.conv2d(a, k, { padding, bias }),
      values: [x, w, b],
    })),
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
  'resize before a slice, whose gradient is padded with more than a pool may have': array([1, 2, 4, 5]).map(
    (x) => ({
      build: (t) => op.slice(op.resize(t, [8, 10], 'nearest'), [2, 3], [5, 8], [2, 3]),
      values: [x],
    }),
  ),
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
