import type { Tensor } from '../graph/tensor.ts';
import { add, div, sqrt, square } from '../ops/arithmetic.ts';
import { stopGradient } from '../ops/identity.ts';
import { matmul } from '../ops/matmul.ts';
import { reduceSum } from '../ops/reduction.ts';
import { reshape, transpose } from '../ops/shape.ts';
import type { Initializer } from './initializers.ts';
import type { Parameters } from './parameters.ts';

/** Options of spectral normalisation. */
export interface SpectralNormOptions {
  /** Whether the power iteration makes a step each time, as in training. If not, its last vector is used. */
  readonly training: boolean;
}

/**
 * A kernel divided by its largest singular value: K / σ(K), with K as a matrix `[out, rest]` (Miyato et al. 2018, *Spectral Normalization
 * for Generative Adversarial Networks*). One step of the power iteration for each training step: v = Kᵀu / |Kᵀu|, u' = Kv / |Kv|,
 * σ = u'ᵀ K v; u and v are constants for the gradient.
 * @param parameters weight `u` [1, out] (a random unit vector), not trained; its new value is stored with `parameters.update`
 * @param outputAxis axis of the output channels: 0 of a convolution's kernel, 1 of a dense one
 */
export function spectralNorm(
  parameters: Parameters,
  kernel: Tensor,
  outputAxis: 0 | 1,
  { training }: SpectralNormOptions,
): Tensor {
  const out = kernel.dimension(outputAxis);
  const matrix = outputAxis === 0 ? reshape(kernel, [out, -1]) : transpose(kernel, [1, 0]); // [out, rest]
  const frozen = stopGradient(matrix);
  const u = parameters.get('u', [1, out], unitVector, { trainable: false });
  const v = unit(matmul(u, frozen)); // [1, rest]
  const next = training ? unit(matmul(v, transpose(frozen, [1, 0]))) : u; // [1, out]
  if (training) parameters.update('u', next);
  const sigma = reduceSum(matmul(matmul(stopGradient(next), matrix), transpose(stopGradient(v), [1, 0])));
  return div(kernel, sigma);
}

function unit(x: Tensor): Tensor {
  return div(x, add(sqrt(reduceSum(square(x))), 1e-12));
}

const unitVector: Initializer = ([, size = 1], random) => {
  const values = new Float32Array(size);
  random.fillNormal(values);
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
};
