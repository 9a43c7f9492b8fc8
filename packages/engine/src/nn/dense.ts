import type { Tensor } from '../graph/tensor.ts';
import { add } from '../ops/arithmetic.ts';
import { gemm, matmul } from '../ops/matmul.ts';
import { activate, type Activation } from './activations.ts';
import { glorotUniform, zerosInitializer, type Initializer } from './initializers.ts';
import type { Parameters } from './parameters.ts';
import { spectralNorm, type SpectralNormOptions } from './spectral-norm.ts';

export interface DenseOptions {
  /** Size of the output. */
  readonly units: number;
  readonly activation?: Activation;
  readonly useBias?: boolean;
  readonly kernelInitializer?: Initializer;
  readonly biasInitializer?: Initializer;
  /** Divide the kernel by its largest singular value; see {@link spectralNorm}. */
  readonly spectralNormalization?: SpectralNormOptions | undefined;
}

/**
 * Fully connected layer: activation(x · kernel + bias). Keras' Dense.
 * @param parameters weights `kernel` [features, units] (glorotUniform) and `bias` [units] (zeros)
 * @param x `[..., features]`
 * @returns `[..., units]`
 */
export function dense(parameters: Parameters, x: Tensor, options: DenseOptions): Tensor {
  const { units, activation, useBias = true, spectralNormalization } = options;
  const raw = parameters.get('kernel', [x.dimension(-1), units], options.kernelInitializer ?? glorotUniform);
  const kernel = spectralNormalization ? spectralNorm(parameters, raw, 1, spectralNormalization) : raw;
  const bias = useBias
    ? parameters.get('bias', [units], options.biasInitializer ?? zerosInitializer)
    : undefined;
  if (x.rank === 2) return activate(gemm(x, kernel, { bias }), activation);
  const product = matmul(x, kernel);
  return activate(bias === undefined ? product : add(product, bias), activation);
}
