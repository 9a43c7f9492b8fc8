import { nn, relu, reshape, type Tensor } from '@latentbrush/engine';
import type { Architecture, Posterior } from './network.ts';

/** Units of the encoder's dense layer. */
const HIDDEN = 32;

/**
 * The book's encoder: Conv 32-3, 64-3 of stride 2, 64-3, 64-3, Dense 32, each with ReLU; Dense to mean and log variance. Parameters on
 * 28x28x1: 320, 18,496, 36,928, 36,928, 401,440, and 66 twice for 2 dimensions.
 */
export function bookEncoder(
  parameters: nn.Parameters,
  pictures: Tensor,
  { latent, filters }: Architecture,
): Posterior {
  const convolution = (name: string, x: Tensor, width: number, strides = 1): Tensor =>
    relu(nn.conv2d(parameters.scope(name), x, { filters: width, kernelSize: 3, strides, padding: 'same' }));
  let x = convolution('conv_1', pictures, filters);
  x = convolution('conv_2', x, 2 * filters, 2); // [B, 2F, H/2, W/2]
  x = convolution('conv_3', x, 2 * filters);
  x = convolution('conv_4', x, 2 * filters);
  x = reshape(x, [x.dimension(0), -1]);
  x = relu(nn.dense(parameters.scope('dense'), x, { units: HIDDEN })); // [B, 32]
  return {
    mean: nn.dense(parameters.scope('z_mean'), x, { units: latent }),
    logVar: nn.dense(parameters.scope('z_log_var'), x, { units: latent }),
  };
}

/**
 * The book's decoder: Dense with ReLU to maps of half size, Conv2DTranspose 32-3 of stride 2 with ReLU, Conv 1-3. The sigmoid that follows
 * in the book is left to the caller. 56,385 parameters on 28x28x1 with 2 dimensions.
 */
export function bookDecoder(
  parameters: nn.Parameters,
  z: Tensor,
  { size, channels, filters }: Architecture,
): Tensor {
  const side = size / 2;
  let x = relu(nn.dense(parameters.scope('dense'), z, { units: 2 * filters * side ** 2 }));
  x = reshape(x, [-1, 2 * filters, side, side]);
  x = relu(
    nn.conv2dTranspose(parameters.scope('conv_transpose'), x, {
      filters,
      kernelSize: 3,
      strides: 2,
      padding: 'same',
    }),
  ); // [B, F, H, W]
  return nn.conv2d(parameters.scope('conv'), x, { filters: channels, kernelSize: 3, padding: 'same' });
}
