import type { NDArray } from '@latentbrush/engine';

/**
 * The weights of a network by their Keras names without ":0": `block1_conv1/kernel`, `block1_conv1/bias`,
 * `conv2d_1/kernel`, `batch_normalization_1/beta` (and `gamma`, `moving_mean`, `moving_variance`). Kernels of convolutions
 * have Keras' layout `[height, width, in, out]`.
 */
export type WeightTable = ReadonlyMap<string, NDArray<'float32'>>;
