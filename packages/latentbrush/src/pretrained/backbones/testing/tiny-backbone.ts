import { float32, Random, type NDArray } from '@latentbrush/engine';
import type { WeightTable } from '../../weights/weight-table.ts';
import { INPUT, inputsOf, type Architecture } from '../keras/architecture.ts';
import type { Backbone } from '../backbone.ts';
import { kerasBackbone } from '../keras/keras-backbone.ts';
import { preprocessings, type Preprocessing } from '../preprocessing.ts';

/**
 * A small network with all features of InceptionV3: strides, both paddings, kernels that are not square, branches, both pools, batch
 * normalisations, and one convolution without.
 */
export const tinyArchitecture: Architecture = [
  convolution(1, INPUT, 6, [3, 3], 2, 'valid'),
  convolution(2, 'conv2d_1', 5, [1, 1]),
  convolution(3, 'conv2d_1', 4, [1, 3]),
  {
    kind: 'average pooling',
    name: 'average_pooling2d_1',
    input: 'conv2d_1',
    poolSize: 3,
    strides: 1,
    padding: 'same',
  },
  convolution(4, 'average_pooling2d_1', 3, [1, 1]),
  { kind: 'concatenation', name: 'mixed0', inputs: ['conv2d_2', 'conv2d_3', 'conv2d_4'] },
  {
    kind: 'max pooling',
    name: 'max_pooling2d_1',
    input: 'mixed0',
    poolSize: 3,
    strides: 2,
    padding: 'valid',
  },
  {
    kind: 'convolution',
    name: 'plain',
    input: 'max_pooling2d_1',
    filters: 8,
    kernelSize: [3, 3],
    strides: 1,
    padding: 'same',
  },
  { kind: 'concatenation', name: 'mixed1', inputs: ['plain', 'max_pooling2d_1'] },
];

function convolution(
  index: number,
  input: string,
  filters: number,
  kernelSize: readonly [number, number],
  strides = 1,
  padding: 'same' | 'valid' = 'same',
): Architecture[number] {
  const [name, batchNormalization] = [`conv2d_${index}`, `batch_normalization_${index}`];
  return { kind: 'convolution', name, input, filters, kernelSize, strides, padding, batchNormalization };
}

/** Random weights for an architecture: kernels by He, batch normalisations (without gamma, as InceptionV3's) and biases near 0 and 1. */
export function randomWeights(architecture: Architecture, seed = 1): WeightTable {
  const weights = new Map<string, NDArray<'float32'>>();
  const channels = new Map([[INPUT, 3]]);
  const random = new Random(seed);
  for (const layer of architecture) {
    const inputs = inputsOf(layer).reduce((sum, name) => sum + channels.get(name)!, 0);
    channels.set(layer.name, layer.kind === 'convolution' ? layer.filters : inputs);
    if (layer.kind !== 'convolution') continue;
    const { name, filters, kernelSize, batchNormalization } = layer;
    const [height, width] = kernelSize;
    const fan = height * width * inputs;
    const draw = (count: number, mean: number, deviation: number): Float32Array =>
      Float32Array.from({ length: count }, () => random.normal(mean, deviation));
    weights.set(
      `${name}/kernel`,
      float32(draw(fan * filters, 0, Math.sqrt(2 / fan)), [height, width, inputs, filters]),
    );
    if (batchNormalization === undefined) {
      weights.set(`${name}/bias`, float32(draw(filters, 0, 0.1)));
      continue;
    }
    weights.set(`${batchNormalization}/beta`, float32(draw(filters, 0.1, 0.1)));
    weights.set(`${batchNormalization}/moving_mean`, float32(draw(filters, 0, 0.1)));
    const variance = draw(filters, 0, 1).map((value) => 0.5 + value ** 2);
    weights.set(`${batchNormalization}/moving_variance`, float32(variance));
  }
  return weights;
}

/** A backbone that runs in a millisecond: `mixed0` (12 channels, stride 2) and `mixed1` (20 channels, stride 4). */
export function tinyBackbone(preprocessing: Preprocessing = preprocessings.inception): Backbone {
  return kerasBackbone({
    name: 'tiny',
    origin: 'random weights',
    architecture: tinyArchitecture,
    weights: randomWeights(tinyArchitecture),
    preprocessing,
  });
}
