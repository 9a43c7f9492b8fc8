import { float32, InputError, type NDArray } from '@latentbrush/engine';
import type { WeightTable } from '../../weights/weight-table.ts';
import type { ConvolutionLayer, SeparableConvolutionLayer } from './architecture.ts';

/** default epsilon of Keras' BatchNormalization */
const EPSILON = 1e-3;

/** Filters that are turned together: their places in memory stay in the processor's cache. A kernel of VGG19 takes a fifth of the time. */
const BLOCK = 32;

/** Kernel and bias of a convolution with its batch normalisation folded in. */
export interface FoldedConvolution {
  /** `[out, in, height, width]` */
  readonly kernel: NDArray<'float32'>;
  /** `[out]` */
  readonly bias: NDArray<'float32'>;
}

/**
 * Reads a convolution from a table of Keras weights, as one convolution with bias:
 * k' = k gamma / sqrt(variance + epsilon), b' = beta + (b - mean) gamma / sqrt(variance + epsilon).
 * @param channels of the layer's input
 * @param bgr whether the kernel reads blue, green, red; it is reversed to read red, green, blue
 * @param kernelName name of the kernel's variable: `kernel`, or `pointwise_kernel` of a separable convolution
 * @throws InputError when a weight is missing or has another shape
 */
export function foldConvolution(
  layer: Pick<
    ConvolutionLayer,
    'name' | 'kernelOf' | 'filters' | 'kernelSize' | 'batchNormalization' | 'epsilon'
  >,
  channels: number,
  weights: WeightTable,
  bgr = false,
  kernelName = 'kernel',
): FoldedConvolution {
  const { filters, kernelSize, batchNormalization, epsilon = EPSILON } = layer;
  const name = layer.kernelOf ?? layer.name;
  const [height, width] = kernelSize;
  const kernel = weightOf(weights, `${name}/${kernelName}`, [height, width, channels, filters]);
  const optional = (weight: string, fallback: number): Float32Array =>
    weights.has(weight) ? weightOf(weights, weight, [filters]) : new Float32Array(filters).fill(fallback);
  const bias =
    batchNormalization === undefined
      ? weightOf(weights, `${name}/bias`, [filters])
      : optional(`${name}/bias`, 0);

  const factor = new Float64Array(filters).fill(1);
  const shift = Float64Array.from(bias);
  if (batchNormalization !== undefined) {
    const beta = weightOf(weights, `${batchNormalization}/beta`, [filters]);
    const mean = weightOf(weights, `${batchNormalization}/moving_mean`, [filters]);
    const variance = weightOf(weights, `${batchNormalization}/moving_variance`, [filters]);
    const gamma = optional(`${batchNormalization}/gamma`, 1);
    for (let out = 0; out < filters; out++) {
      factor[out] = gamma[out]! / Math.sqrt(variance[out]! + epsilon);
      shift[out] = beta[out]! + (bias[out]! - mean[out]!) * factor[out]!;
    }
  }

  const folded = new Float32Array(kernel.length);
  const taps = height * width;
  for (let first = 0; first < filters; first += BLOCK) {
    const end = Math.min(first + BLOCK, filters);
    for (let channel = 0; channel < channels; channel++) {
      const from = bgr ? channels - 1 - channel : channel;
      for (let tap = 0; tap < taps; tap++) {
        const row = (tap * channels + from) * filters;
        for (let out = first; out < end; out++) {
          folded[(out * channels + channel) * taps + tap] = kernel[row + out]! * factor[out]!;
        }
      }
    }
  }
  return {
    kernel: float32(folded, [filters, channels, height, width]),
    bias: float32(Float32Array.from(shift), [filters]),
  };
}

/**
 * The kernel of a depthwise convolution, as {@link depthwiseConv2d} takes it.
 * @returns `[in, 1, height, width]`
 * @throws InputError when it is missing or has another shape
 */
export function depthwiseKernel(
  { kernelOf, kernelSize: [height, width] }: SeparableConvolutionLayer,
  channels: number,
  weights: WeightTable,
): NDArray<'float32'> {
  const kernel = weightOf(weights, `${kernelOf}/depthwise_kernel`, [height, width, channels, 1]);
  const taps = height * width;
  const turned = new Float32Array(kernel.length);
  for (let tap = 0; tap < taps; tap++)
    for (let channel = 0; channel < channels; channel++)
      turned[channel * taps + tap] = kernel[tap * channels + channel]!;
  return float32(turned, [channels, 1, height, width]);
}

function weightOf(weights: WeightTable, name: string, shape: readonly number[]): Float32Array {
  const array = weights.get(name);
  const wanted = `[${shape.join(', ')}]`;
  if (array === undefined) {
    throw new InputError(
      `weights: "${name}" of shape ${wanted} is missing; these are weights of another network`,
    );
  }
  if (array.shape.join() !== shape.join()) {
    throw new InputError(
      `weights: "${name}" has shape [${array.shape.join(', ')}], expected ${wanted}; these are weights of another network`,
    );
  }
  return array.data;
}
