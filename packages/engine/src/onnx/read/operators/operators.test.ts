import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { bool, float32, int64, type NDArray } from '../../../graph/ndarray.ts';
import type { Shape } from '../../../graph/dtype.ts';
import { constant, type Tensor } from '../../../graph/tensor.ts';
import { grad } from '../../../autodiff.ts';
import { add, mul, reduceSum } from '../../../ops/index.ts';
import { compile } from '../../../session.ts';
import { decodeOnnx } from '../decode.ts';
import { branch, int, ints, modelBytes, node, type Attribute, type TestModel } from '../testing/models.ts';

function wave(...shape: number[]): NDArray<'float32'> {
  const size = shape.reduce((a, b) => a * b, 1);
  return float32(
    Float32Array.from({ length: size }, (_, i) => 2 * Math.sin(i * 1.3 + 0.4)),
    shape,
  );
}

interface Case extends Omit<TestModel, 'inputs' | 'opset'> {
  readonly opsets: readonly number[];
  readonly feeds: Readonly<Record<string, NDArray>>;
  /** Whether x lies where the result jumps, so that it has no slope there. */
  readonly steps?: boolean;
}

/** One node with input x and output y; further inputs are stored in the model. */
function single(
  type: string,
  opsets: readonly number[],
  x: NDArray,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...stored: readonly (NDArray | undefined)[]
): Case {
  const names = stored.map((value, i) => (value === undefined ? '' : `w${i}`));
  const initializers: Record<string, NDArray> = {};
  stored.forEach((value, i) => {
    if (value !== undefined) initializers[`w${i}`] = value;
  });
  return { opsets, feeds: { x }, initializers, nodes: [node(type, ['x', ...names], ['y'], attributes)] };
}

const picture = wave(2, 3, 7, 6);
const kernel = wave(4, 3, 3, 2);
const channel = (...values: number[]) => float32(values);

const cases: Readonly<Record<string, Case>> = {
  'Squeeze by attribute': single('Squeeze', [7, 11], wave(2, 1, 3, 1), { axes: ints(1) }),
  'Squeeze by input': single('Squeeze', [13, 21], wave(2, 1, 3, 1), {}, int64([-1])),
  'Squeeze of all ones': single('Squeeze', [7, 13], wave(2, 1, 3, 1)),
  'Unsqueeze by attribute': single('Unsqueeze', [7, 11], wave(2, 3), { axes: ints(0, 2) }),
  'Unsqueeze by input': single('Unsqueeze', [13, 21], wave(2, 3), {}, int64([0, -1])),
  'ReduceSum by attribute': single('ReduceSum', [7, 11], wave(2, 3, 4), { axes: ints(1), keepdims: int(0) }),
  'ReduceSum by input': single('ReduceSum', [13, 21], wave(2, 3, 4), { keepdims: int(0) }, int64([-2])),
  'ReduceSum of nothing': single('ReduceSum', [13], wave(2, 3), { noop_with_empty_axes: int(1) }),
  'ReduceMean by attribute': single('ReduceMean', [7, 13, 17], wave(2, 3, 4), { axes: ints(-1) }),
  'ReduceMean by input': single('ReduceMean', [18, 21], wave(2, 3, 4), {}, int64([2, 0])),
  'ReduceMean of all': single('ReduceMean', [7, 18], wave(2, 3, 4), { keepdims: int(0) }),
  ReduceMax: single('ReduceMax', [7, 13], wave(2, 3, 4), { axes: ints(0, 2) }),
  ReduceL1: single('ReduceL1', [7, 13], wave(2, 3), { axes: ints(1) }),
  ReduceL2: single('ReduceL2', [7, 18], wave(2, 3)),
  ReduceSumSquare: single('ReduceSumSquare', [13], wave(2, 3), { axes: ints(1), keepdims: int(0) }),
  ReduceLogSumExp: single('ReduceLogSumExp', [13], wave(2, 3), { axes: ints(1), keepdims: int(0) }),
  ArgMin: single('ArgMin', [7, 13], wave(3, 4), { axis: int(1), keepdims: int(0) }),
  'Slice by attributes': single('Slice', [7, 9], wave(4, 5), { starts: ints(1, -3), ends: ints(3, 1000) }),
  'Slice by attributes along an axis': single('Slice', [7], wave(4, 5), {
    axes: ints(1),
    starts: ints(1),
    ends: ints(-1),
  }),
  'Slice by inputs without axes': single('Slice', [10, 21], wave(4, 5), {}, int64([1]), int64([3])),
  'Slice backwards': single(
    'Slice',
    [11],
    wave(4, 5),
    {},
    int64([-1]),
    int64([-1000]),
    int64([1]),
    int64([-2]),
  ),
  'Clip by attributes': single('Clip', [7, 9], wave(3, 4), { min: -0.5, max: 1.5 }),
  'Clip from below': single('Clip', [7], wave(3, 4), { min: 0 }),
  'Clip by inputs': single('Clip', [11, 13], wave(3, 4), {}, undefined, float32([1], [])),
  'Pad by attributes': single('Pad', [7], picture, { pads: ints(0, 0, 1, 2, 0, 0, 0, 1), value: 0.5 }),
  'Pad by attributes, reflected': single('Pad', [7], picture, {
    mode: 'reflect',
    pads: ints(0, 0, 1, 2, 0, 0, 0, 1),
  }),
  'Pad by inputs': single('Pad', [11, 18], picture, {}, int64([0, 0, 1, 2, 0, 0, 0, 1]), float32([-1], [])),
  'Pad some axes': single('Pad', [18, 21], picture, {}, int64([1, 2, 3, 0]), undefined, int64([2, -1])),
  'Pad with the edge': single('Pad', [7, 9], picture, { mode: 'edge', pads: ints(0, 0, 3, 2, 0, 1, 0, 9) }),
  'Pad around': single('Pad', [19], picture, { mode: 'wrap' }, int64([0, 0, 3, 2, 0, 1, 0, 3])),
  'Dropout in inference': single('Dropout', [7, 10], wave(2, 3), { ratio: 0.5 }),
  'Dropout with a mask': {
    opsets: [12, 13],
    feeds: { x: wave(2, 3) },
    nodes: [node('Dropout', ['x'], ['y', 'mask'])],
    outputs: ['y', 'mask'],
  },
  'Upsample by attribute': single('Upsample', [7], picture, { scales: [1, 1, 2, 3] }),
  'Upsample by input, linear': single('Upsample', [9], picture, { mode: 'linear' }, float32([1, 1, 2, 2])),
  'Resize of opset 10': single('Resize', [10], picture, { mode: 'nearest' }, float32([1, 1, 2, 1.5])),
  'Resize of opset 10, smaller': single(
    'Resize',
    [10],
    picture,
    { mode: 'linear' },
    float32([1, 1, 0.6, 0.5]),
  ),
  'BatchNormalization of opset 7': single(
    'BatchNormalization',
    [7, 8],
    picture,
    { epsilon: 0.1, momentum: 0.9, spatial: int(1) },
    channel(1, 2, 3),
    channel(0, 1, 2),
    channel(0.1, 0.2, 0.3),
    channel(1, 0.5, 2),
  ),
  BatchNormalization: single(
    'BatchNormalization',
    [9, 14, 15],
    picture,
    {},
    channel(1, 2, 3),
    channel(0, 1, 2),
    channel(0.1, 0.2, 0.3),
    channel(1, 0.5, 2),
  ),
  'Softmax of old, from the channels on': single('Softmax', [7, 11, 12], wave(2, 3, 4)),
  'Softmax of old along the last axis': single('Softmax', [11], wave(2, 3, 4), { axis: int(2) }),
  'Softmax of all': single('Softmax', [11], wave(2, 3), { axis: int(0) }),
  'LogSoftmax of old': single('LogSoftmax', [7, 11], wave(2, 3, 4)),
  'Softmax along an axis': single('Softmax', [13, 17], wave(2, 3, 4), { axis: int(1) }),
  'Softmax along the last axis': single('Softmax', [13], wave(2, 3, 4)),
  'Gemm with a row': single(
    'Gemm',
    [7, 9, 11, 13],
    wave(2, 3),
    { transB: int(1), beta: 0.5, alpha: 2 },
    wave(4, 3),
    wave(4),
  ),
  'Gemm with a number': single('Gemm', [9], wave(3, 2), { transA: int(1) }, wave(3, 4), wave(1)),
  'Gemm without a third': single('Gemm', [11, 13], wave(2, 3), {}, wave(3, 4)),
  'MatMul with a vector': single('MatMul', [9, 13], wave(2, 2, 3), {}, wave(3)),
  'Add with broadcasting': single('Add', [7, 13, 14], picture, {}, wave(3, 1, 1)),
  'Split by attribute': {
    opsets: [7, 11],
    feeds: { x: wave(2, 5) },
    nodes: [node('Split', ['x'], ['y', 'z'], { axis: int(1), split: ints(2, 3) })],
    outputs: ['y', 'z'],
  },
  'Split equally': {
    opsets: [7, 13],
    feeds: { x: wave(2, 6) },
    nodes: [node('Split', ['x'], ['y', 'z'], { axis: int(-1) })],
    outputs: ['y', 'z'],
  },
  'Split into a number of parts': {
    opsets: [18],
    feeds: { x: wave(7) },
    nodes: [node('Split', ['x'], ['y', 'z', 'u'], { num_outputs: int(3) })],
    outputs: ['y', 'z', 'u'],
  },
  Flatten: single('Flatten', [7, 9, 13], picture),
  'Flatten of everything': single('Flatten', [9], wave(2, 3), { axis: int(0) }),
  'Flatten from the last': single('Flatten', [11, 13], picture, { axis: int(-1) }),
  'Reshape with copied sizes': single('Reshape', [7, 13, 14], picture, {}, int64([0, -1, 0])),
  'Transpose without perm': single('Transpose', [7, 13], wave(2, 3, 4)),
  'Einsum of attention': {
    opsets: [12],
    feeds: { x: wave(2, 3, 4, 5) },
    initializers: { k: wave(2, 6, 4, 5) },
    nodes: [node('Einsum', ['x', 'k'], ['y'], { equation: 'bihd, bjhd -> bhij' })],
  },
  'Einsum of one tensor': single('Einsum', [12], wave(2, 3, 4), { equation: 'abc->ca' }),
  'Einsum without a result': single('Einsum', [12], wave(2, 3), { equation: 'ab,bc' }, wave(3, 4)),
  OneHot: single('OneHot', [9, 11], int64([1, -1, 3]), { axis: int(0) }, int64([4]), float32([2, 5])),
  'inverse functions': {
    opsets: [9],
    feeds: { x: float32([-0.9, -0.2, 0.5]) },
    nodes: [
      node('Asin', ['x'], ['a']),
      node('Acos', ['x'], ['b']),
      node('Atanh', ['x'], ['c']),
      node('Asinh', ['x'], ['d']),
      node('Cosh', ['x'], ['cosh']),
      node('Acosh', ['cosh'], ['e']),
      node('Sum', ['a', 'b', 'c', 'd', 'e'], ['y']),
    ],
  },
  'Shrink softly': single('Shrink', [9], wave(3, 4), { lambd: 0.7, bias: 0.3 }),
  'Mod as in C': single('Mod', [10, 13], wave(3, 4), { fmod: int(1) }, float32([0.7])),
  'a mask written step by step': {
    opsets: [11, 16],
    feeds: { x: wave(2, 3) },
    initializers: {
      zeros: float32([0, 0, 0, 0, 0, 0], [2, 3]),
      places: int64([1, -1, 0, 1], [2, 2]),
      marks: float32([5, 7]),
      row: int64([1], [1, 1]),
      ones: float32([1, 1, 1], [1, 3]),
    },
    nodes: [
      node('ScatterND', ['zeros', 'row', 'ones'], ['first']),
      node('ScatterND', ['first', 'places', 'marks'], ['mask']),
      node('Add', ['x', 'mask'], ['y']),
    ],
  },
  Tile: single('Tile', [7, 13], wave(2, 3), {}, int64([2, 3])),
  Expand: single('Expand', [8, 13], wave(2, 1), {}, int64([3, 1, 4])),
  DepthToSpace: single('DepthToSpace', [7, 11], wave(1, 8, 2, 3), { blocksize: int(2) }),
  'DepthToSpace, columns first': single('DepthToSpace', [11, 13], wave(1, 8, 2, 3), {
    blocksize: int(2),
    mode: 'CRD',
  }),
  SpaceToDepth: single('SpaceToDepth', [7, 13], wave(1, 2, 4, 6), { blocksize: int(2) }),
  'Gather by a scalar': single('Gather', [7, 13], wave(3, 4), { axis: int(1) }, int64([-1], [])),
  GatherElements: single(
    'GatherElements',
    [11, 13],
    wave(2, 3),
    { axis: int(1) },
    int64([2, 0, 1, 1], [2, 2]),
  ),
  GlobalAveragePool: single('GlobalAveragePool', [7], picture),
  GlobalMaxPool: single('GlobalMaxPool', [7], wave(2, 3, 3, 2)),
  LRN: single('LRN', [7, 13], wave(2, 7, 3, 4), { size: int(3), alpha: 0.7, beta: 0.6, bias: 1.5 }),
  InstanceNormalization: single(
    'InstanceNormalization',
    [7],
    picture,
    { epsilon: 0.01 },
    channel(1, 2, 3),
    channel(0, 1, 2),
  ),
  LpNormalization: single('LpNormalization', [7], picture, { axis: int(1) }),
  'LpNormalization by absolutes': single('LpNormalization', [7], picture, { axis: int(-1), p: int(1) }),
  MeanVarianceNormalization: single('MeanVarianceNormalization', [9, 13], picture),
  LayerNormalization: single(
    'LayerNormalization',
    [17],
    wave(2, 3, 4),
    { axis: int(-2) },
    wave(3, 4),
    wave(3, 4),
  ),
  'GroupNormalization by channels': single(
    'GroupNormalization',
    [21],
    wave(2, 4, 3, 3),
    { num_groups: int(2) },
    channel(1, 2, 3, 4),
    channel(0, 1, 2, 3),
  ),
  'GroupNormalization by groups': single(
    'GroupNormalization',
    [18],
    wave(2, 4, 3, 3),
    { num_groups: int(2) },
    channel(1, 2),
    channel(0, 1),
  ),

  Selu: single('Selu', [7], wave(3, 4)),
  'Selu with its own numbers': single('Selu', [7], wave(3, 4), { alpha: 2, gamma: 3 }),
  Celu: single('Celu', [12], wave(3, 4), { alpha: 0.5 }),
  Elu: single('Elu', [7], wave(3, 4)),
  LeakyRelu: single('LeakyRelu', [7, 16], wave(3, 4)),
  ThresholdedRelu: single('ThresholdedRelu', [10], wave(3, 4), { alpha: 0.5 }),
  'PRelu by channels': single('PRelu', [7, 9, 16], picture, {}, wave(3, 1, 1)),
  HardSigmoid: single('HardSigmoid', [7], wave(3, 4)),
  HardSwish: single('HardSwish', [14], wave(3, 4)),
  Mish: single('Mish', [18], wave(3, 4)),
  Softsign: single('Softsign', [7], wave(3, 4)),
  Gelu: single('Gelu', [20], wave(3, 4)),
  'Gelu by tanh': single('Gelu', [20], wave(3, 4), { approximate: 'tanh' }),
  'Sum of three': {
    opsets: [7, 8, 13],
    feeds: { x: wave(2, 3) },
    initializers: { a: wave(2, 3), b: wave(2, 3) },
    nodes: [node('Sum', ['x', 'a', 'b'], ['y'])],
  },
  'Mean of three': {
    opsets: [8, 13],
    feeds: { x: wave(2, 3) },
    initializers: { a: wave(3), b: wave(2, 1) },
    nodes: [node('Mean', ['x', 'a', 'b'], ['y'])],
  },
  'Max of three': {
    opsets: [8, 13],
    feeds: { x: wave(2, 3) },
    initializers: { a: float32([0.5, 0.3, -1]), b: float32([-0.2, 0.9], [2, 1]) },
    nodes: [node('Max', ['x', 'a', 'b'], ['y'])],
  },
  'Min of one': single('Min', [8, 13], wave(2, 3)),
  Reciprocal: single('Reciprocal', [7, 13], wave(2, 3)),
  Ceil: single('Ceil', [7, 13], wave(2, 3)),
  Round: {
    ...single('Round', [11], float32([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.4, 0.6, -7.3])),
    steps: true,
  },
  'Tan, Sinh and Cosh': {
    opsets: [9],
    feeds: { x: float32([-1.1, -0.3, 0.4, 1.2]) },
    nodes: [
      node('Tan', ['x'], ['a']),
      node('Sinh', ['x'], ['b']),
      node('Cosh', ['x'], ['c']),
      node('Sum', ['a', 'b', 'c'], ['y']),
    ],
  },
  'Pow with a whole exponent': single('Pow', [12, 13], wave(2, 3), {}, int64([3], [])),
  Xor: {
    opsets: [7],
    feeds: { x: bool([true, false, true]) },
    initializers: { a: bool([true, true, false]) },
    nodes: [node('Xor', ['x', 'a'], ['y'])],
  },
  'Cast to whole numbers and back': {
    opsets: [9, 13, 19],
    feeds: { x: wave(5) },
    nodes: [node('Cast', ['x'], ['i'], { to: int(6) }), node('Cast', ['i'], ['y'], { to: int(1) })],
  },
  CastLike: {
    opsets: [15],
    feeds: { x: wave(5) },
    initializers: { a: int64([1]) },
    nodes: [node('CastLike', ['x', 'a'], ['y'])],
  },

  'Conv with nothing given': single('Conv', [7, 11], picture, {}, kernel, wave(4)),
  'Conv in groups': single(
    'Conv',
    [11],
    wave(1, 4, 5, 5),
    {
      group: int(2),
      pads: ints(1, 0, 1, 2),
      strides: ints(2, 1),
      dilations: ints(1, 2),
      kernel_shape: ints(3, 3),
    },
    wave(6, 2, 3, 3),
  ),
  'Conv, auto_pad SAME_UPPER': single(
    'Conv',
    [7],
    picture,
    { auto_pad: 'SAME_UPPER', strides: ints(2, 2) },
    kernel,
  ),
  'Conv, auto_pad SAME_LOWER': single(
    'Conv',
    [11],
    picture,
    { auto_pad: 'SAME_LOWER', strides: ints(2, 1) },
    kernel,
  ),
  'Conv, auto_pad VALID': single('Conv', [11], picture, { auto_pad: 'VALID' }, kernel),
  'Conv of a signal': single('Conv', [11], wave(1, 2, 9), { pads: ints(1, 1) }, wave(3, 2, 3)),
  'ConvTranspose with nothing given': single('ConvTranspose', [7, 11], wave(1, 4, 3, 4), {}, kernel),
  'ConvTranspose with all': single(
    'ConvTranspose',
    [11],
    wave(1, 4, 3, 4),
    { strides: ints(2, 3), pads: ints(1, 0, 0, 1), output_padding: ints(1, 2) },
    kernel,
    wave(3),
  ),
  'ConvTranspose, output_shape': single(
    'ConvTranspose',
    [11],
    wave(1, 4, 3, 4),
    { strides: ints(2, 2), output_shape: ints(6, 7) },
    kernel,
  ),
  'ConvTranspose, SAME_UPPER': single(
    'ConvTranspose',
    [11],
    wave(1, 4, 3, 4),
    { strides: ints(2, 2), auto_pad: 'SAME_UPPER' },
    wave(4, 2, 3, 3),
  ),
  'ConvTranspose, SAME_LOWER': single(
    'ConvTranspose',
    [11],
    wave(1, 4, 3, 4),
    { strides: ints(2, 2), auto_pad: 'SAME_LOWER' },
    wave(4, 2, 3, 3),
  ),
  'MaxPool with nothing given': single('MaxPool', [7, 8, 11], picture, { kernel_shape: ints(2, 3) }),
  'MaxPool, auto_pad': single('MaxPool', [8, 12], picture, {
    kernel_shape: ints(3, 3),
    strides: ints(2, 2),
    auto_pad: 'SAME_UPPER',
  }),
  'MaxPool, auto_pad below': single('MaxPool', [8], picture, {
    kernel_shape: ints(2, 2),
    strides: ints(2, 2),
    auto_pad: 'SAME_LOWER',
  }),
  'MaxPool rounded up': single('MaxPool', [10, 12], wave(1, 2, 8, 9), {
    kernel_shape: ints(3, 2),
    strides: ints(2, 2),
    ceil_mode: int(1),
  }),
  'MaxPool rounded up with pads': single('MaxPool', [11], wave(1, 2, 8, 8), {
    kernel_shape: ints(3, 3),
    strides: ints(2, 3),
    pads: ints(1, 1, 1, 1),
    ceil_mode: int(1),
  }),
  'MaxPool rounded up, the last window outside': single('MaxPool', [11], wave(1, 1, 4, 4), {
    kernel_shape: ints(1, 1),
    strides: ints(2, 3),
    ceil_mode: int(1),
  }),
  'MaxPool with dilation': single('MaxPool', [10, 12], picture, {
    kernel_shape: ints(2, 3),
    dilations: ints(3, 2),
    pads: ints(1, 1, 0, 1),
    strides: ints(1, 2),
    storage_order: int(0),
  }),
  'AveragePool with pads': single('AveragePool', [7, 11], picture, {
    kernel_shape: ints(3, 3),
    pads: ints(1, 1, 1, 1),
    strides: ints(2, 1),
  }),
  'AveragePool that counts pads': single('AveragePool', [7, 11], picture, {
    kernel_shape: ints(3, 3),
    pads: ints(1, 0, 1, 2),
    count_include_pad: int(1),
  }),
  'AveragePool, auto_pad': single('AveragePool', [7], picture, {
    kernel_shape: ints(2, 2),
    auto_pad: 'SAME_UPPER',
  }),
  'AveragePool rounded up': single('AveragePool', [10, 19], wave(1, 2, 8, 9), {
    kernel_shape: ints(3, 2),
    strides: ints(2, 2),
    ceil_mode: int(1),
  }),
  'AveragePool rounded up that counts pads': single('AveragePool', [19], wave(1, 2, 8, 9), {
    kernel_shape: ints(3, 2),
    strides: ints(2, 2),
    pads: ints(1, 1, 1, 1),
    ceil_mode: int(1),
    count_include_pad: int(1),
  }),
  'AveragePool with dilation': single('AveragePool', [19], picture, {
    kernel_shape: ints(2, 3),
    dilations: ints(2, 2),
    pads: ints(1, 1, 1, 1),
  }),

  'a shape computed for Reshape': {
    opsets: [9, 12],
    feeds: { x: picture },
    initializers: { zero: int64([0], []), minus: int64([-1]) },
    nodes: [
      node('Shape', ['x'], ['shape']),
      node('Gather', ['shape', 'zero'], ['batch']),
      node('Unsqueeze', ['batch'], ['first'], { axes: ints(0) }),
      node('Concat', ['first', 'minus'], ['wanted'], { axis: int(0) }),
      node('Reshape', ['x', 'wanted'], ['y']),
    ],
  },
  'sizes computed for Resize': {
    opsets: [13],
    feeds: { x: picture },
    initializers: {
      two: int64([2]),
      starts: int64([2]),
      ends: int64([4]),
      axes: int64([0]),
      zero: int64([0]),
      empty: float32([]),
    },
    nodes: [
      node('Shape', ['x'], ['shape']),
      node('Slice', ['shape', 'starts', 'ends', 'axes'], ['size']),
      node('Mul', ['size', 'two'], ['doubled']),
      node('Cast', ['doubled'], ['floats'], { to: int(1) }),
      node('Floor', ['floats'], ['floored']),
      node('Cast', ['floored'], ['target'], { to: int(7) }),
      node('Slice', ['shape', 'zero', 'two', 'axes'], ['head']),
      node('Concat', ['head', 'target'], ['sizes'], { axis: int(0) }),
      node('Resize', ['x', 'empty', 'empty', 'sizes'], ['y'], {
        mode: 'linear',
        coordinate_transformation_mode: 'pytorch_half_pixel',
      }),
    ],
  },
  'a grid computed by Range': {
    opsets: [11],
    feeds: { x: wave(4) },
    initializers: { start: int64([0], []), step: int64([1], []), shape: int64([2]) },
    nodes: [
      node('Size', ['x'], ['count']),
      node('Range', ['start', 'count', 'step'], ['places']),
      node('Mod', ['places', 'shape'], ['odd']),
      node('Cast', ['odd'], ['oddFloat'], { to: int(1) }),
      node('ConstantOfShape', ['shape'], ['ones'], { value: float32([3], [1]) }),
      node('ReduceProd', ['ones'], ['nine'], { keepdims: int(0) }),
      node('Mul', ['oddFloat', 'nine'], ['scaled']),
      node('Add', ['x', 'scaled'], ['y']),
    ],
  },
  'Constant in every form': {
    opsets: [12, 13],
    feeds: { x: wave(2) },
    nodes: [
      node('Constant', [], ['a'], { value: float32([1, 2]) }),
      node('Constant', [], ['b'], { value_float: 3 }),
      node('Constant', [], ['c'], { value_floats: [4, 5] }),
      node('Constant', [], ['i'], { value_int: int(6) }),
      node('Constant', [], ['j'], { value_ints: ints(7, 8) }),
      node('Add', ['i', 'j'], ['k']),
      node('Cast', ['k'], ['d'], { to: int(1) }),
      node('Sum', ['x', 'a', 'b', 'c', 'd'], ['y']),
    ],
  },
  'an If whose choice depends on a size': {
    opsets: [11, 13],
    feeds: { x: wave(1, 3) },
    initializers: { one: int64([1], []), zero: int64([0], []) },
    nodes: [
      node('Shape', ['x'], ['shape']),
      node('Gather', ['shape', 'zero'], ['size']),
      node('Equal', ['size', 'one'], ['isOne']),
      node('If', ['isOne'], ['y'], {
        then_branch: { graph: branch([node('Neg', ['x'], ['negative'])], ['negative']) },
        else_branch: { graph: branch([node('Abs', ['x'], ['absolute'])], ['absolute']) },
      }),
    ],
  },
};

for (const mode of ['nearest', 'linear', 'cubic']) {
  for (const coordinates of ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric']) {
    const attributes = { mode, coordinate_transformation_mode: coordinates };
    Object.assign(cases, {
      [`Resize ${mode} ${coordinates} by scales`]: single(
        'Resize',
        [11, 13, 18],
        picture,
        attributes,
        float32([]),
        float32([1, 1, 1.7, 2.5]),
      ),
      [`Resize ${mode} ${coordinates} by sizes`]: single(
        'Resize',
        [11, 13],
        picture,
        attributes,
        float32([]),
        float32([]),
        int64([2, 3, 4, 9]),
      ),
    });
  }
}
for (const nearest of ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']) {
  Object.assign(cases, {
    [`Resize nearest, ${nearest}`]: single(
      'Resize',
      [11],
      picture,
      { nearest_mode: nearest },
      float32([]),
      float32([1, 1, 2, 0.5]),
    ),
  });
}
Object.assign(cases, {
  'Resize cubic without the outside': single(
    'Resize',
    [11],
    picture,
    { mode: 'cubic', cubic_coeff_a: -0.5, exclude_outside: int(1) },
    float32([]),
    float32([1, 1, 2, 0.8]),
  ),
  'Resize of some axes': single(
    'Resize',
    [18],
    picture,
    { mode: 'linear', axes: ints(2, 3) },
    undefined,
    float32([2, 3]),
  ),
  'Resize of a signal': single(
    'Resize',
    [11],
    wave(1, 2, 5),
    { mode: 'linear' },
    float32([]),
    float32([1, 1, 2]),
  ),
});

describe('what other tools write means the same here as in ONNX Runtime', () => {
  for (const [name, { opsets, feeds, ...model }] of Object.entries(cases)) {
    it.each(opsets)(`${name}, opset %i`, async (opset) => {
      const bytes = modelBytes({ opset, inputs: feeds, ...model });
      const decoded = decodeOnnx(bytes).outputs;
      const session = await compile(decoded);
      const actual = await session.run(feeds);
      await session.release();
      const expected = await runOriginal(bytes, feeds);
      for (const output of model.outputs ?? ['y']) {
        const tensor = decoded[output]!;
        expect(tensor.shape).toEqual(expected[output]!.dims);
        expectClose(actual[output]!, expected[output]!);
      }
    });
  }
});

describe('and can be differentiated: the slope along a direction agrees with finite differences', () => {
  const EPSILON = 5e-3;
  for (const [name, { opsets, feeds, steps, ...model }] of Object.entries(cases)) {
    const { x } = feeds;
    if (x?.dtype !== 'float32' || steps === true) continue;
    it(name, async () => {
      const { inputs, outputs } = decodeOnnx(modelBytes({ opset: opsets[0]!, inputs: feeds, ...model }));
      const floats = Object.values(outputs).filter(({ dtype }) => dtype === 'float32');
      if (floats.length === 0) return; // ArgMin
      const weighted = floats.map((y) =>
        reduceSum(mul(y, constant(float32(wave(...y.shape).data, y.shape)))),
      );
      const loss = weighted.reduce((sum, term) => add(sum, term));
      const [dx] = grad(loss, [inputs.get('x')!]) as [Tensor];
      const session = await compile({ loss, dx });
      const direction = wave(...x.shape).data.map((value, i) => Math.cos(value * (i + 1)));
      const lossAt = async (step: number): Promise<number> => {
        const moved = (x.data as Float32Array).map((value, i) => value + step * direction[i]!);
        return Number((await session.run({ x: float32(moved, x.shape) }, ['loss'])).loss.data[0]);
      };
      const gradient = (await session.run({ x }, ['dx'])).dx.data as Float32Array;
      const slope = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
      const expected = ((await lossAt(EPSILON)) - (await lossAt(-EPSILON))) / (2 * EPSILON);
      await session.release();
      expect(Math.abs(slope - expected)).toBeLessThan(1e-2 * Math.max(1, Math.abs(expected)));
    });
  }
});

async function runOriginal(bytes: Uint8Array, feeds: Readonly<Record<string, NDArray>>) {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const fed = Object.entries(feeds).map(
    ([name, { dtype, data, shape }]) => [name, new RuntimeTensor(dtype, data, shape)] as const,
  );
  const results = await session.run(Object.fromEntries(fed));
  await session.release();
  return results;
}

function expectClose(actual: NDArray, expected: { readonly dims: Shape; readonly data: unknown }): void {
  const [found, wanted] = [numbers(actual.data), numbers(expected.data)];
  expect(actual.shape).toEqual(expected.dims);
  wanted.forEach((value, i) => {
    if (Math.abs(found[i]! - value) > 1e-5 * Math.max(1, Math.abs(value))) {
      throw new Error(`element ${i}: ${found[i]}, ONNX Runtime gives ${value}`);
    }
  });
}

function numbers(data: unknown): number[] {
  return Array.from(data as ArrayLike<number | bigint>, Number);
}
