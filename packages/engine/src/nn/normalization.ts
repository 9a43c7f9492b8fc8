import type { Tensor } from '../graph/tensor.ts';
import { add, mul } from '../ops/arithmetic.ts';
import * as ops from '../ops/normalization.ts';
import { onesInitializer, zerosInitializer } from './initializers.ts';
import type { Parameters } from './parameters.ts';

/**
 * Batch normalisation layer: Keras' BatchNormalization over the channels. In training it uses the batch's moments and
 * stores the new moving averages with `parameters.update`; otherwise it uses the moving averages.
 * @param parameters weights `gamma` (ones), `beta` (zeros), `moving_mean` (zeros), `moving_variance` (ones), each
 *   [channels]; the moving averages are not trained
 * @param x `[batch, channels, ...spatial]`
 * @param options.momentum weight of the old average (default 0.99, as in Keras)
 * @param options.epsilon default 1e-3, as in Keras
 */
export function batchNormalization(
  parameters: Parameters,
  x: Tensor,
  { training, momentum = 0.99, epsilon = 1e-3 }: { training: boolean; momentum?: number; epsilon?: number },
): Tensor {
  const channels = x.dimension(1);
  const gamma = parameters.get('gamma', [channels], onesInitializer);
  const beta = parameters.get('beta', [channels], zerosInitializer);
  const movingMean = parameters.get('moving_mean', [channels], zerosInitializer, { trainable: false });
  const movingVariance = parameters.get('moving_variance', [channels], onesInitializer, { trainable: false });
  if (!training) return ops.batchNormInference(x, movingMean, movingVariance, { gamma, beta, epsilon });
  const { output, mean, variance } = ops.batchNormTraining(x, { gamma, beta, epsilon });
  parameters.update('moving_mean', add(mul(movingMean, momentum), mul(mean, 1 - momentum)));
  parameters.update('moving_variance', add(mul(movingVariance, momentum), mul(variance, 1 - momentum)));
  return output;
}

/**
 * Instance normalisation layer: normalises each channel of each picture separately.
 * @param parameters weights `gamma` (ones) and `beta` (zeros), each [channels]
 * @param x `[batch, channels, ...spatial]`
 */
export function instanceNormalization(parameters: Parameters, x: Tensor, { epsilon = 1e-5 } = {}): Tensor {
  const gamma = parameters.get('gamma', [x.dimension(1)], onesInitializer);
  const beta = parameters.get('beta', [x.dimension(1)], zerosInitializer);
  return ops.instanceNorm(x, { gamma, beta, epsilon });
}

/**
 * Layer normalisation layer: Keras' LayerNormalization over the last axis.
 * @param parameters weights `gamma` (ones) and `beta` (zeros), each [features]
 * @param x `[..., features]`
 */
export function layerNormalization(parameters: Parameters, x: Tensor, { epsilon = 1e-3 } = {}): Tensor {
  const gamma = parameters.get('gamma', [x.dimension(-1)], onesInitializer);
  const beta = parameters.get('beta', [x.dimension(-1)], zerosInitializer);
  return ops.layerNorm(x, { gamma, beta, epsilon });
}
