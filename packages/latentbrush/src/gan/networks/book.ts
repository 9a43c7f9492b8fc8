import { leakyRelu, nn, reshape, tanh, type Tensor } from '@latentbrush/engine';
import type { Application, Architecture } from './network.ts';

/**
 * The book's generator: Dense, Conv 5, Conv2DTranspose 4 of stride 2, Conv 5, Conv 5, Conv 7 with tanh; LeakyReLU 0.3 between.
 * 6,264,579 parameters with a latent of 32.
 */
export function bookGenerator(
  parameters: nn.Parameters,
  z: Tensor,
  { channels }: Pick<Architecture, 'channels'>,
): Tensor {
  const p = (name: string): nn.Parameters => parameters.scope(name);
  let x = leakyRelu(nn.dense(p('dense_1'), z, { units: 128 * 16 * 16 }));
  x = reshape(x, [-1, 128, 16, 16]); // [B, 128, 16, 16]
  x = leakyRelu(nn.conv2d(p('conv_1'), x, { filters: 256, kernelSize: 5, padding: 'same' }));
  x = nn.conv2dTranspose(p('conv_transpose_1'), x, {
    filters: 256,
    kernelSize: 4,
    strides: 2,
    padding: 'same',
  });
  x = leakyRelu(x); // [B, 256, 32, 32]
  x = leakyRelu(nn.conv2d(p('conv_2'), x, { filters: 256, kernelSize: 5, padding: 'same' }));
  x = leakyRelu(nn.conv2d(p('conv_3'), x, { filters: 256, kernelSize: 5, padding: 'same' }));
  return tanh(nn.conv2d(p('conv_4'), x, { filters: channels, kernelSize: 7, padding: 'same' })); // [B, C, 32, 32]
}

/**
 * The book's discriminator: Conv 3, three times Conv 4 of stride 2, each with LeakyReLU 0.3; dropout; Dense 1. 790,913 parameters. The
 * sigmoid that follows in the book is part of the loss here.
 */
export function bookDiscriminator(
  parameters: nn.Parameters,
  pictures: Tensor,
  { dropout }: Pick<Application, 'dropout'>,
): Tensor {
  const p = (name: string): nn.Parameters => parameters.scope(name);
  let x = leakyRelu(nn.conv2d(p('conv_1'), pictures, { filters: 128, kernelSize: 3 })); // [B, 128, 30, 30]
  for (const layer of ['conv_2', 'conv_3', 'conv_4'])
    x = leakyRelu(nn.conv2d(p(layer), x, { filters: 128, kernelSize: 4, strides: 2 })); // [B, 128, 2, 2] at last
  x = reshape(x, [x.dimension(0), -1]); // [B, 512]
  if (dropout !== undefined) x = dropout.masks.apply(dropout.name, x, dropout.rate);
  return reshape(nn.dense(p('dense_1'), x, { units: 1 }), [-1]); // [B]
}
