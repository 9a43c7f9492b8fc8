import { sizeOf } from '../../../graph/dtype.ts';
import { normalizeAxis } from '../../../graph/shapes.ts';
import { float32 } from '../../../graph/ndarray.ts';
import { constant, type Tensor } from '../../../graph/tensor.ts';
import {
  abs,
  add,
  batchNormInference,
  div,
  equal,
  instanceNorm,
  mul,
  pow,
  reduceMean,
  reduceSum,
  reshape,
  sqrt,
  square,
  sub,
  where,
} from '../../../ops/index.ts';
import { Conv } from '../../../ops/convolution.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import type { Translators } from '../node/translator.ts';

/** Normalisations, in inference. */
export const normalizations: Translators = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: (node) =>
    instanceNorm(node.input(0), {
      gamma: node.input(1),
      beta: node.input(2),
      epsilon: node.float('epsilon', 1e-5),
    }),
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rootMeanSquareNormalization,
  // x / sqrt(variance) over batch and positions; ONNX adds 1e-9 to the deviation
  MeanVarianceNormalization: (node) => {
    const x = node.input(0);
    const axes = node.ints('axes') ?? [0, 2, 3];
    const centred = sub(x, reduceMean(x, axes, { keepDims: true }));
    return div(centred, add(sqrt(reduceMean(square(centred), axes, { keepDims: true })), 1e-9));
  },
  LpNormalization: (node) => {
    const x = node.input(0);
    const axes = [node.int('axis', -1)];
    const size = node.int('p', 2) === 1 ? abs(x) : square(x);
    const sums = reduceSum(size, axes, { keepDims: true });
    const length = node.int('p', 2) === 1 ? sums : sqrt(sums);
    return div(x, where(equal(length, 0), 1, length)); // a vector of length 0 does not change
  },
  LRN: localResponseNormalization,
};

function batchNormalization(node: ImportedNode): Tensor {
  node.ignore('momentum'); // how training updates the moving averages
  node.requireInt('training_mode', 0, 'export the model for inference');
  if (node.opset < 7) node.requireTestMode();
  if (node.opset < 9) node.requireInt('spatial', 1, 'one mean for each channel');
  const x = node.input(0);
  const epsilon = node.float('epsilon', 1e-5);
  return batchNormInference(x, node.input(3), node.input(4), {
    gamma: node.input(1),
    beta: node.input(2),
    epsilon,
  });
}

// Each group of channels of each picture by its own mean and variance (Wu & He 2018). The scale was one number for each
// group in opset 18 and is one for each channel since 21.
function groupNormalization(node: ImportedNode): Tensor {
  node.ignore('stash_type');
  const x = node.input(0);
  const [batch, channels] = [x.dimension(0), x.dimension(1)];
  const groups = node.int('num_groups', 1);
  if (groups < 1 || channels % groups !== 0)
    node.fail(`cannot form ${groups} groups of ${channels} channels`);
  const grouped = reshape(x, [batch, groups, channels / groups, ...x.shape.slice(2)]);
  const axes = grouped.shape.map((_, axis) => axis).slice(2);
  const centred = sub(grouped, reduceMean(grouped, axes, { keepDims: true }));
  const variance = reduceMean(square(centred), axes, { keepDims: true });
  const normal = div(centred, sqrt(add(variance, node.float('epsilon', 1e-5))));
  const [scale, shift] = [node.input(1), node.input(2)];
  const perChannel = (vector: Tensor): Tensor => reshape(vector, [-1, ...x.shape.slice(2).map(() => 1)]);
  if (sizeOf(scale.shape) === channels && sizeOf(shift.shape) === channels)
    return add(mul(reshape(normal, x.shape), perChannel(scale)), perChannel(shift));
  const perGroup = (vector: Tensor): Tensor => reshape(vector, [groups, ...axes.map(() => 1)]);
  const scaled = add(mul(normal, perGroup(scale)), perGroup(shift));
  return reshape(scaled, x.shape);
}

// Zhang & Sennrich 2019
function rootMeanSquareNormalization(node: ImportedNode): Tensor {
  node.ignore('stash_type');
  const x = node.input(0);
  const meanSquare = reduceMean(square(x), lastAxes(node, x), { keepDims: true });
  return mul(div(x, sqrt(add(meanSquare, node.float('epsilon', 1e-5)))), node.input(1));
}

/** The axes from the attribute `axis` on. */
function lastAxes(node: ImportedNode, x: Tensor): readonly number[] {
  const from = normalizeAxis(node.type, node.int('axis', -1), x.rank);
  return x.shape.flatMap((_, axis) => (axis >= from ? [axis] : []));
}

function layerNormalization(node: ImportedNode): readonly Tensor[] {
  node.ignore('stash_type');
  const x = node.input(0);
  const axes = lastAxes(node, x);
  const mean = reduceMean(x, axes, { keepDims: true });
  const centred = sub(x, mean);
  const variance = reduceMean(square(centred), axes, { keepDims: true });
  const deviation = sqrt(add(variance, node.float('epsilon', 1e-5)));
  const scaled = mul(div(centred, deviation), node.input(1));
  const shift = node.optional(2);
  return [shift === undefined ? scaled : add(scaled, shift), mean, div(1, deviation)];
}

const MAX_BAND = 8192; // the matrix has this many rows and columns

// Krizhevsky et al. 2012: x / (bias + alpha / size · Σ x²)^beta, the sum over `size` neighbouring channels. The sum is a
// 1x1 convolution with a band matrix, whose gradient is one as well.
function localResponseNormalization(node: ImportedNode): Tensor {
  const x = node.input(0);
  const size = node.int('size', 0);
  if (size < 1) node.fail(`has size ${size}, expected a whole number from 1`);
  const channels = x.dimension(1);
  if (channels > MAX_BAND) node.fail(`normalises over ${channels} channels, expected at most ${MAX_BAND}`);
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const share = node.float('alpha', 1e-4) / size;
  const band = new Float32Array(channels * channels);
  for (let target = 0; target < channels; target++) {
    const end = Math.min(channels - 1, target + after);
    for (let source = Math.max(0, target - before); source <= end; source++)
      band[target * channels + source] = share;
  }
  const unit = x.shape.slice(2).map(() => 1);
  const bias = new Float32Array(channels).fill(node.float('bias', 1));
  const divisor = Conv.apply(
    [square(x), constant(float32(band, [channels, channels, ...unit])), constant(float32(bias))],
    { strides: unit, dilations: unit, pads: [...unit, ...unit].map(() => 0), group: 1 },
  );
  return mul(x, pow(divisor, -node.float('beta', 0.75)));
}
