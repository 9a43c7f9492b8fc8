import { float32, Random, type NDArray } from '@latentbrush/engine';
import {
  kerasBackbone,
  preprocessings,
  type Architecture,
  type Backbone,
  type Layer,
} from '../../pretrained/index.ts';
import type { Perception } from '../perception.ts';

/** The differences of a tiny network from the usual one. */
export interface TinyOptions {
  /** Names that begin with `vgg` get the book's preset, all others that of InceptionV3. */
  readonly name?: string;
  readonly pooling?: 'max' | 'average';
  readonly seed?: number;
  /** Added to all biases: far above 0 no unit is ever off, and with average pooling the network has no kinks. */
  readonly bias?: number;
}

/** Layers of the tiny network that compare content and style. */
export const tinyLayers = { contentLayer: 'conv_3', styleLayers: ['conv_1', 'conv_2', 'conv_3'] };

/**
 * A network of three convolutions (4, 6 and 8 channels) with a pooling before the last, and random weights: a backbone that does its
 * work in a millisecond.
 */
export function tinyBackbone({
  name = 'tiny',
  pooling = 'max',
  seed = 1,
  bias = 0,
}: TinyOptions = {}): Backbone {
  const architecture: Architecture = [
    convolution('conv_1', 'input', 4),
    convolution('conv_2', 'conv_1', 6),
    { kind: `${pooling} pooling`, name: 'pool', input: 'conv_2', poolSize: 2, strides: 2, padding: 'valid' },
    convolution('conv_3', 'pool', 8),
  ];
  const weights = Object.entries(randomWeights(architecture, seed)).map(
    ([weight, array]) => [weight, weight.endsWith('/bias') ? raised(array, bias) : array] as const,
  );
  return kerasBackbone({
    name,
    origin: 'random weights',
    architecture,
    weights: new Map(weights),
    preprocessing: preprocessings.inception,
  });
}

/** The tiny network with its layers. */
export function tinyPerception(changes: Partial<Perception> = {}): Perception {
  return { backbone: tinyBackbone(), ...tinyLayers, enlargement: 1, smoothing: 0, ...changes };
}

/**
 * Keras weights of a plain chain of convolutions, by name: kernels with a variance that keeps the size of activations from layer to layer
 * (He et al. 2015), small biases.
 */
export function randomWeights(architecture: Architecture, seed: number): Record<string, NDArray<'float32'>> {
  const random = new Random(seed);
  const weights: Record<string, NDArray<'float32'>> = {};
  let channels = 3;
  for (const layer of architecture) {
    if (layer.kind !== 'convolution') continue;
    const shape = [...layer.kernelSize, channels, layer.filters];
    const inputs = layer.kernelSize[0] * layer.kernelSize[1] * channels;
    const kernel = new Float32Array(inputs * layer.filters);
    random.fork(`${layer.name}/kernel`).fillNormal(kernel, 0, Math.sqrt(2 / inputs));
    const bias = new Float32Array(layer.filters);
    random.fork(`${layer.name}/bias`).fillNormal(bias, 0, 0.1);
    weights[`${layer.name}/kernel`] = float32(kernel, shape);
    weights[`${layer.name}/bias`] = float32(bias, [layer.filters]);
    channels = layer.filters;
  }
  return weights;
}

function raised({ data, shape }: NDArray<'float32'>, by: number): NDArray<'float32'> {
  return float32(
    data.map((value) => value + by),
    shape,
  );
}

function convolution(name: string, input: string, filters: number): Layer {
  return {
    kind: 'convolution',
    name,
    input,
    filters,
    kernelSize: [3, 3],
    strides: 1,
    padding: 'same',
  };
}
