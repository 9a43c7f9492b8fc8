import { crc32 } from 'node:zlib';
import { float32, type NDArray } from '@latentbrush/engine';
import type { WeightTable } from '../../weights/weight-table.ts';
import { channelsOf, INPUT, inputsOf, isConvolution, type Architecture } from '../keras/architecture.ts';

/** -1..1, by a hash of the name and the index, like `uniform` of bench/oracles/keras-networks.py. */
export function uniform(name: string, count: number): Float64Array {
  const seed = crc32(name) % 1000;
  const values = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const x = Math.sin(index * 12.9898 + seed) * 43758.5453;
    values[index] = 2 * (x - Math.floor(x)) - 1;
  }
  return values;
}

function values(name: string, shape: readonly number[], scale: number, shift = 0): NDArray<'float32'> {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = uniform(name, count).map((value) => shift + scale * value);
  return float32(new Float32Array(data), [...shape]);
}

/** Weights of an architecture by the formulas of bench/oracles/keras-networks.py. */
export function formulaWeights(architecture: Architecture): WeightTable {
  const weights = new Map<string, NDArray<'float32'>>();
  const add = (name: string, shape: readonly number[], scale: number, shift?: number): void => {
    weights.set(name, values(name, shape, scale, shift));
  };
  const channels = new Map([[INPUT, 3]]);
  for (const layer of architecture) {
    const inputs = inputsOf(layer).map((name) => channels.get(name)!);
    channels.set(layer.name, channelsOf(layer, inputs));
    if (!isConvolution(layer)) continue;
    const { filters, kernelSize, kernelOf = layer.name, batchNormalization } = layer;
    const [height, width] = kernelSize;
    const count = inputs[0]!;
    if (layer.kind === 'separable convolution') {
      add(`${kernelOf}/depthwise_kernel`, [height, width, count, 1], Math.sqrt(6 / (height * width)));
      add(`${kernelOf}/pointwise_kernel`, [1, 1, count, filters], Math.sqrt(6 / count));
    } else {
      add(`${kernelOf}/kernel`, [height, width, count, filters], Math.sqrt(6 / (height * width * count)));
      if (kernelOf.endsWith('_conv')) add(`${kernelOf}/bias`, [filters], 0.1); // ResNet's have one
    }
    if (batchNormalization === undefined) continue;
    add(`${batchNormalization}/gamma`, [filters], 0.1, 0.5);
    add(`${batchNormalization}/beta`, [filters], 0.1);
    add(`${batchNormalization}/moving_mean`, [filters], 0.1);
    add(`${batchNormalization}/moving_variance`, [filters], 0.5, 1);
  }
  return weights;
}
