import { averagePool, concat, constant, conv2d, maxPool, relu, type Tensor } from '@latentbrush/engine';
import type { WeightTable } from '../weights/weight-table.ts';
import {
  inputsOf,
  INPUT,
  neededFor,
  type Architecture,
  type ConvolutionLayer,
  type Layer,
} from './architecture.ts';
import { foldConvolution } from './folding.ts';

/** A network with its weights, ready to be put into graphs. */
export class Network {
  readonly #architecture: Architecture;
  // Made once, so that a graph that uses the network twice holds its weights once.
  readonly #convolutions: ReadonlyMap<string, { readonly kernel: Tensor; readonly bias: Tensor }>;

  /**
   * @param bgr whether the first kernel reads blue, green, red
   * @throws InputError when a weight is missing or of another shape
   */
  constructor(architecture: Architecture, weights: WeightTable, bgr = false) {
    const channels = new Map([[INPUT, 3]]);
    const convolutions = new Map<string, { kernel: Tensor; bias: Tensor }>();
    for (const layer of architecture) {
      const inputs = inputsOf(layer).reduce((sum, name) => sum + (channels.get(name) ?? 0), 0);
      channels.set(layer.name, layer.kind === 'convolution' ? layer.filters : inputs);
      if (layer.kind !== 'convolution') continue;
      const { kernel, bias } = foldConvolution(layer, inputs, weights, bgr && layer.input === INPUT);
      convolutions.set(layer.name, { kernel: constant(kernel), bias: constant(bias) });
    }
    this.#architecture = architecture;
    this.#convolutions = convolutions;
  }

  /**
   * The outputs of layers, in a graph that ends where the highest of them ends.
   * @param x prepared picture `[batch, 3, height, width]`
   * @throws ShapeError when the picture is too small for a layer
   */
  activations(x: Tensor, layers: readonly string[]): ReadonlyMap<string, Tensor> {
    const values = new Map([[INPUT, x]]);
    const beforeRelu = new Map<string, Tensor>();
    for (const layer of neededFor(this.#architecture, layers)) {
      const inputs = inputsOf(layer).map((name) => valueOf(values, name));
      if (layer.kind === 'convolution') beforeRelu.set(layer.name, this.#convolve(layer, inputs[0]!));
      values.set(layer.name, apply(layer, inputs, beforeRelu));
    }
    return new Map(layers.map((name) => [name, valueOf(values, name)]));
  }

  #convolve({ name, strides, padding }: ConvolutionLayer, x: Tensor): Tensor {
    const weights = this.#convolutions.get(name);
    if (weights === undefined) throw new Error(`layer ${name} has no weights`);
    return conv2d(x, weights.kernel, { bias: weights.bias, strides, padding });
  }
}

/** @param beforeRelu convolutions without their ReLU, by layer */
function apply(layer: Layer, inputs: readonly Tensor[], beforeRelu: ReadonlyMap<string, Tensor>): Tensor {
  if (layer.kind === 'concatenation') return concat(inputs, 1);
  const sums = beforeRelu.get(layer.kind === 'convolution' ? layer.name : layer.input);
  if (layer.kind === 'convolution') return relu(sums!);
  const window = { poolSize: layer.poolSize, strides: layer.strides, padding: layer.padding };
  if (layer.kind === 'average pooling') return averagePool(inputs[0]!, window);
  // The largest of ReLUs is the ReLU of the largest, and has fewer elements.
  return sums === undefined ? maxPool(inputs[0]!, window) : relu(maxPool(sums, window));
}

function valueOf(values: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const value = values.get(name);
  if (value === undefined) throw new Error(`layer ${name} is not part of this network`);
  return value;
}
