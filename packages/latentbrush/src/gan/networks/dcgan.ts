import {
  add,
  concat,
  leakyRelu,
  mul,
  nn,
  reduceSum,
  relu,
  reshape,
  tanh,
  type Tensor,
} from '@latentbrush/engine';
import type { Application, Architecture } from './network.ts';

/** Normal with standard deviation 0.02: all weights of DCGAN. */
const kernelInitializer = nn.randomNormal(0, 0.02);

/** Momentum and epsilon of PyTorch's batch normalisation, with which its DCGAN example was tuned. */
const NORMALIZATION = { momentum: 0.9, epsilon: 1e-5 };

/** Side of the smallest feature maps. */
const SMALLEST = 4;

/** Sizes of the feature maps between the smallest and the picture: 4, 8, 16 for pictures of 32. */
function sizesBelow(size: number): number[] {
  const sizes: number[] = [];
  for (let side = SMALLEST; side < size; side *= 2) sizes.push(side);
  return sizes;
}

/**
 * DCGAN's generator: a dense layer to 4x4, then transposed convolutions of 4x4 and stride 2, batch normalisation and ReLU; tanh at the
 * end. Channels halve as sizes double, down to `filters`. Classes: the one-hot label joins the latent point (Mirza & Osindero 2014).
 */
export function dcganGenerator(
  parameters: nn.Parameters,
  z: Tensor,
  { size, channels, filters }: Architecture,
  { training, labels }: Application,
): Tensor {
  const sizes = sizesBelow(size);
  const widths = sizes.map((side) => (filters * (size / 2)) / side); // channels at each size
  const normalized = (scope: nn.Parameters, x: Tensor): Tensor =>
    relu(nn.batchNormalization(scope, x, { training, ...NORMALIZATION }));
  const input = labels === undefined ? z : concat([z, labels], 1);
  const first = parameters.scope('dense');
  let x = nn.dense(first, input, { units: widths[0]! * SMALLEST ** 2, useBias: false, kernelInitializer });
  x = normalized(first, reshape(x, [-1, widths[0]!, SMALLEST, SMALLEST])); // [B, W, 4, 4]
  for (const [index, width] of widths.slice(1).entries()) {
    const scope = parameters.scope(`conv_transpose_${index + 1}`);
    x = nn.conv2dTranspose(scope, x, {
      filters: width,
      kernelSize: 4,
      strides: 2,
      padding: 'same',
      useBias: false,
      kernelInitializer,
    });
    x = normalized(scope, x); // [B, W / 2, 2 H, 2 H]
  }
  const last = parameters.scope(`conv_transpose_${widths.length}`);
  return tanh(
    nn.conv2dTranspose(last, x, {
      filters: channels,
      kernelSize: 4,
      strides: 2,
      padding: 'same',
      kernelInitializer,
    }),
  );
}

/**
 * DCGAN's discriminator: convolutions of 4x4 and stride 2 with LeakyReLU 0.2, batch normalisation but in the first, down to 4x4; one dense
 * unit. Classes: the inner product of the features with an embedding of the label is added (Miyato & Koyama 2018).
 */
export function dcganDiscriminator(
  parameters: nn.Parameters,
  pictures: Tensor,
  { size, filters, spectralNorm, discriminatorBatchNorm }: Architecture,
  { training, labels, dropout }: Application,
): Tensor {
  const spectralNormalization = spectralNorm ? { training } : undefined;
  let x = pictures;
  for (const [index, side] of sizesBelow(size).toReversed().entries()) {
    const scope = parameters.scope(`conv_${index + 1}`);
    const normalized = discriminatorBatchNorm && index > 0;
    x = nn.conv2d(scope, x, {
      filters: (filters * (size / 2)) / side,
      kernelSize: 4,
      strides: 2,
      padding: 'same',
      useBias: !normalized, // normalisation would remove a bias
      kernelInitializer,
      spectralNormalization,
    });
    if (normalized) x = nn.batchNormalization(scope, x, { training, ...NORMALIZATION });
    x = leakyRelu(x, 0.2);
  }
  x = reshape(x, [x.dimension(0), -1]);
  if (dropout !== undefined) x = dropout.masks.apply(dropout.name, x, dropout.rate);
  const score = nn.dense(parameters.scope('dense'), x, {
    units: 1,
    kernelInitializer,
    spectralNormalization,
  });
  if (labels === undefined) return reshape(score, [-1]);
  const embedded = nn.dense(parameters.scope('classes'), labels, {
    units: x.dimension(1),
    useBias: false,
    kernelInitializer,
    spectralNormalization,
  });
  const agreement = reduceSum(mul(x, embedded), [1], { keepDims: true });
  return reshape(add(score, agreement), [-1]);
}
