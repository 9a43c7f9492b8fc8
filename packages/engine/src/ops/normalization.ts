import type { Tensor } from '../graph/tensor.ts';
import { add, div, mul, sqrt, sub } from './arithmetic.ts';
import { reduceMean } from './reduction.ts';
import { reshape } from './shape.ts';

/** Scale and shift after normalising. Default: 1 and 0. */
export interface Affine {
  readonly gamma?: Tensor | undefined;
  readonly beta?: Tensor | undefined;
}

export interface NormalizationOptions extends Affine {
  /** Added to the variance, against division by 0 (default 1e-3, as in Keras). */
  readonly epsilon?: number;
}

// y = (x - mean) / sqrt(variance + epsilon) · gamma + beta
function normalize(
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  epsilon: number,
  { gamma, beta }: Affine,
): Tensor {
  const scale = div(gamma ?? 1, sqrt(add(variance, epsilon)));
  const scaled = mul(sub(x, mean), scale);
  return beta === undefined ? scaled : add(scaled, beta);
}

function moments(x: Tensor, axes: readonly number[]): { mean: Tensor; variance: Tensor } {
  const mean = reduceMean(x, axes, { keepDims: true });
  const centred = sub(x, mean);
  return { mean, variance: reduceMean(mul(centred, centred), axes, { keepDims: true }) };
}

// A vector over the channels so that it broadcasts against [batch, channels, ...spatial].
function overChannels(vector: Tensor | undefined, x: Tensor): Tensor | undefined {
  return vector && reshape(vector, [-1, ...x.shape.slice(2).map(() => 1)]);
}

/**
 * Batch normalisation in training (Ioffe & Szegedy 2015): each channel by its mean and variance over the batch and all
 * positions.
 * @param x `[batch, channels, ...spatial]`; gamma and beta `[channels]`
 * @returns the normalised tensor and the batch's mean and (biased) variance `[channels]`, for the moving averages
 */
export function batchNormTraining(
  x: Tensor,
  options: NormalizationOptions = {},
): { readonly output: Tensor; readonly mean: Tensor; readonly variance: Tensor } {
  const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const { mean, variance } = moments(x, axes);
  const affine = { gamma: overChannels(options.gamma, x), beta: overChannels(options.beta, x) };
  return {
    output: normalize(x, mean, variance, options.epsilon ?? 1e-3, affine),
    mean: reshape(mean, [-1]),
    variance: reshape(variance, [-1]),
  };
}

/**
 * Batch normalisation in inference, by moving averages.
 * @param x `[batch, channels, ...spatial]`; mean, variance, gamma and beta `[channels]`
 */
export function batchNormInference(
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  options: NormalizationOptions = {},
): Tensor {
  const scale = div(options.gamma ?? 1, sqrt(add(variance, options.epsilon ?? 1e-3)));
  const shift = sub(options.beta ?? 0, mul(mean, scale));
  return add(mul(x, overChannels(scale, x) ?? 1), overChannels(shift, x) ?? 0);
}

/**
 * Instance normalisation (Ulyanov et al. 2016): each channel of each picture by its own mean and variance.
 * @param x `[batch, channels, ...spatial]`; gamma and beta `[channels]`
 * @param options.epsilon default 1e-5, as in the paper's code and PyTorch
 */
export function instanceNorm(x: Tensor, options: NormalizationOptions = {}): Tensor {
  const axes = x.shape.slice(2).map((_, axis) => axis + 2);
  const { mean, variance } = moments(x, axes);
  const affine = { gamma: overChannels(options.gamma, x), beta: overChannels(options.beta, x) };
  return normalize(x, mean, variance, options.epsilon ?? 1e-5, affine);
}

/**
 * Layer normalisation (Ba et al. 2016): each vector along the last axis by its own mean and variance.
 * @param x `[..., features]`; gamma and beta `[features]`
 */
export function layerNorm(x: Tensor, options: NormalizationOptions = {}): Tensor {
  const { mean, variance } = moments(x, [-1]);
  return normalize(x, mean, variance, options.epsilon ?? 1e-3, options);
}
