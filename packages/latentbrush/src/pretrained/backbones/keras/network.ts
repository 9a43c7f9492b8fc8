import {
  add,
  averagePool,
  concat,
  constant,
  conv2d,
  depthwiseConv2d,
  maxPool,
  relu,
  type Tensor,
} from '@latentbrush/engine';
import type { WeightTable } from '../../weights/weight-table.ts';
import {
  channelsOf,
  inputsOf,
  INPUT,
  isConvolution,
  neededFor,
  type Architecture,
  type Layer,
} from './architecture.ts';
import { depthwiseKernel, foldConvolution } from './folding.ts';

interface Kernels {
  readonly kernel: Tensor;
  readonly bias: Tensor;
  readonly depthwise: Tensor | undefined;
}

/** A network with its weights, ready for graphs. */
export class Network {
  readonly #architecture: Architecture;
  // Created once, so that a graph that uses the network twice contains its weights once.
  readonly #kernels: ReadonlyMap<string, Kernels>;

  /**
   * @param bgr whether the first kernel reads blue, green, red
   * @throws InputError when a weight is missing or of another shape
   */
  constructor(architecture: Architecture, weights: WeightTable, bgr = false) {
    const channels = new Map([[INPUT, 3]]);
    const kernels = new Map<string, Kernels>();
    for (const layer of architecture) {
      const inputs = inputsOf(layer).map((name) => channels.get(name) ?? 0);
      channels.set(layer.name, channelsOf(layer, inputs));
      if (isConvolution(layer)) kernels.set(layer.name, kernelsOf(layer, inputs[0]!, weights, bgr));
    }
    this.#architecture = architecture;
    this.#kernels = kernels;
  }

  /**
   * The outputs of layers, in a graph that ends at the highest of them. @param x preprocessed picture `[batch, 3, height, width]`
   * @throws ShapeError when the picture is too small for a layer
   */
  activations(x: Tensor, layers: readonly string[]): ReadonlyMap<string, Tensor> {
    const values = new Map([[INPUT, x]]);
    const beforeRelu = new Map<string, Tensor>();
    for (const layer of neededFor(this.#architecture, layers)) {
      const inputs = inputsOf(layer).map((name) => valueOf(values, name));
      values.set(layer.name, this.#apply(layer, inputs, beforeRelu));
    }
    return new Map(layers.map((name) => [name, valueOf(values, name)]));
  }

  /** @param beforeRelu layers without the ReLU in their end, by name */
  #apply(layer: Layer, inputs: readonly Tensor[], beforeRelu: Map<string, Tensor>): Tensor {
    const x = inputs[0]!;
    const afterRelu = (sums: Tensor): Tensor => {
      beforeRelu.set(layer.name, sums);
      return relu(sums);
    };
    switch (layer.kind) {
      case 'convolution': {
        const { kernel, bias } = this.#kernelsOf(layer.name);
        const { strides, padding, linear = false } = layer;
        const y = conv2d(x, kernel, { bias, strides, padding });
        return linear ? y : afterRelu(y);
      }
      case 'separable convolution': {
        const { kernel, bias, depthwise } = this.#kernelsOf(layer.name);
        return conv2d(depthwiseConv2d(x, depthwise!, { padding: 'same' }), kernel, { bias });
      }
      case 'relu':
        return afterRelu(x);
      case 'concatenation':
        return concat(inputs, 1);
      case 'addition':
        return inputs.slice(1).reduce((sum, term) => add(sum, term), x);
      case 'average pooling':
        return averagePool(x, layer);
      case 'max pooling': {
        // The largest of ReLUs is the ReLU of the largest, and has fewer elements.
        const sums = beforeRelu.get(layer.input);
        return sums === undefined ? maxPool(x, layer) : relu(maxPool(sums, layer));
      }
    }
  }

  #kernelsOf(name: string): Kernels {
    const kernels = this.#kernels.get(name);
    if (kernels === undefined) throw new Error(`layer ${name} has no weights`);
    return kernels;
  }
}

function kernelsOf(
  layer: Extract<Layer, { filters: number }>,
  channels: number,
  weights: WeightTable,
  bgr: boolean,
): Kernels {
  if (layer.kind === 'convolution') {
    const { kernel, bias } = foldConvolution(layer, channels, weights, bgr && layer.input === INPUT);
    return { kernel: constant(kernel), bias: constant(bias), depthwise: undefined };
  }
  const pointwise = { ...layer, kernelSize: [1, 1] as const };
  const { kernel, bias } = foldConvolution(pointwise, channels, weights, false, 'pointwise_kernel');
  const depthwise = constant(depthwiseKernel(layer, channels, weights));
  return { kernel: constant(kernel), bias: constant(bias), depthwise };
}

function valueOf(values: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const value = values.get(name);
  if (value === undefined) throw new Error(`layer ${name} is not part of this network`);
  return value;
}
