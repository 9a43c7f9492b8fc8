import type { Tensor } from '../graph/tensor.ts';
import * as ops from '../ops/convolution.ts';
import type { Padding } from '../ops/padding.ts';
import { activate, type Activation } from './activations.ts';
import { glorotUniform, zerosInitializer, type Initializer } from './initializers.ts';
import type { Parameters } from './parameters.ts';
import { spectralNorm, type SpectralNormOptions } from './spectral-norm.ts';

export interface ConvLayerOptions {
  /** Number of output channels. */
  readonly filters: number;
  readonly kernelSize: number | readonly number[];
  readonly strides?: number | readonly number[];
  readonly dilations?: number | readonly number[];
  readonly groups?: number;
  /** Default 'valid', as in Keras. */
  readonly padding?: Padding;
  readonly activation?: Activation;
  readonly useBias?: boolean;
  readonly kernelInitializer?: Initializer;
  /** Divide the kernel by its largest singular value; see {@link spectralNorm}. */
  readonly spectralNormalization?: SpectralNormOptions | undefined;
}

function each(size: number | readonly number[], dims: number): readonly number[] {
  return typeof size === 'number' ? Array.from({ length: dims }, () => size) : size;
}

function convolution(dims: 1 | 2, parameters: Parameters, x: Tensor, options: ConvLayerOptions): Tensor {
  const {
    filters,
    kernelSize,
    activation,
    useBias = true,
    kernelInitializer = glorotUniform,
    spectralNormalization,
    ...window
  } = options;
  const channels = x.dimension(1) / (options.groups ?? 1);
  const raw = parameters.get('kernel', [filters, channels, ...each(kernelSize, dims)], kernelInitializer);
  const kernel = spectralNormalization ? spectralNorm(parameters, raw, 0, spectralNormalization) : raw;
  const bias = useBias ? parameters.get('bias', [filters], zerosInitializer) : undefined;
  const convolve = dims === 1 ? ops.conv1d : ops.conv2d;
  return activate(convolve(x, kernel, { ...window, bias }), activation);
}

/**
 * 2-D convolution layer: Keras' Conv2D with channels first.
 * @param parameters weights `kernel` [filters, channels / groups, height, width] (glorotUniform), `bias` [filters] (zeros)
 * @param x `[batch, channels, height, width]`
 */
export function conv2d(parameters: Parameters, x: Tensor, options: ConvLayerOptions): Tensor {
  return convolution(2, parameters, x, options);
}

/**
 * 1-D convolution layer: Keras' Conv1D with channels first; padding 'causal' never looks ahead.
 * @param parameters weights `kernel` [filters, channels / groups, length] (glorotUniform), `bias` [filters] (zeros)
 * @param x `[batch, channels, length]`
 */
export function conv1d(parameters: Parameters, x: Tensor, options: ConvLayerOptions): Tensor {
  return convolution(1, parameters, x, options);
}

/**
 * 2-D transposed convolution layer: Keras' Conv2DTranspose with channels first.
 * @param parameters weights `kernel` [channels, filters, height, width] (glorotUniform), `bias` [filters] (zeros)
 * @param x `[batch, channels, height, width]`
 */
export function conv2dTranspose(
  parameters: Parameters,
  x: Tensor,
  options: Omit<ConvLayerOptions, 'dilations' | 'groups' | 'padding' | 'spectralNormalization'> & {
    readonly padding?: 'valid' | 'same';
  },
): Tensor {
  const {
    filters,
    kernelSize,
    activation,
    useBias = true,
    kernelInitializer = glorotUniform,
    ...window
  } = options;
  const kernel = parameters.get(
    'kernel',
    [x.dimension(1), filters, ...each(kernelSize, 2)],
    kernelInitializer,
  );
  const bias = useBias ? parameters.get('bias', [filters], zerosInitializer) : undefined;
  return activate(ops.conv2dTranspose(x, kernel, { ...window, bias }), activation);
}

/**
 * 2-D convolution of each channel separately: Keras' DepthwiseConv2D with channels first.
 * @param parameters weights `kernel` [channels, multiplier, height, width] (glorotUniform), `bias` (zeros)
 * @param x `[batch, channels, height, width]`
 */
export function depthwiseConv2d(
  parameters: Parameters,
  x: Tensor,
  options: Omit<ConvLayerOptions, 'filters' | 'groups' | 'spectralNormalization'> & {
    readonly depthMultiplier?: number;
  },
): Tensor {
  const {
    kernelSize,
    activation,
    useBias = true,
    depthMultiplier = 1,
    kernelInitializer = glorotUniform,
    ...window
  } = options;
  const channels = x.dimension(1);
  const kernel = parameters.get(
    'kernel',
    [channels, depthMultiplier, ...each(kernelSize, 2)],
    kernelInitializer,
  );
  const bias = useBias ? parameters.get('bias', [channels * depthMultiplier], zerosInitializer) : undefined;
  return activate(ops.depthwiseConv2d(x, kernel, { ...window, bias }), activation);
}
