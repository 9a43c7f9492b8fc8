/*
 * The feed-forward network of fast style transfer: Johnson, Alahi & Fei-Fei 2016 (*Perceptual Losses for Real-Time Style Transfer*,
 * arXiv:1603.08155) with instance normalisation (Ulyanov et al. 2016, arXiv:1607.08022), resize-convolutions in place of transposed
 * ones (Odena et al., Distill 2016) and reflection at every border, so that no frame shows. It differs from the paper in this: the
 * network paints the change of the picture, not the picture, so that the content is there from the first step and an hour of training
 * is enough; and the change is smooth, enlarged by bilinear interpolation and blurred by a binomial window, because a small network
 * would otherwise write a fine grid that a backbone takes for strokes.
 */
import * as op from '@latentbrush/engine';
import { nn, type Tensor } from '@latentbrush/engine';

/** What defines the network. */
export interface TransformerArchitecture {
  /** Channels of the first layer; twice and four times as many follow. Johnson et al. have 32. */
  readonly filters: number;
  /** Johnson et al. have 5. */
  readonly residualBlocks: number;
}

/** Both sides of a picture must be multiples of this: two layers of stride 2. */
export const TRANSFORMER_STRIDE = 4;

/**
 * Paints pictures.
 * @param pictures `[batch, 3, height, width]`, RGB, 0 to 255, sides multiples of {@link TRANSFORMER_STRIDE}
 * @returns the same shape, -22.5 to 277.5, to be clipped to 0..255: 127.5 + 150 tanh(artanh((pictures - 127.5) / 150) + change), with
 *   the range of Johnson et al.
 */
export function transformer(
  parameters: nn.Parameters,
  pictures: Tensor,
  { filters, residualBlocks }: TransformerArchitecture,
): Tensor {
  let x = op.sub(op.div(pictures, 127.5), 1); // [B, 3, H, W]
  x = block(parameters.scope('conv_1'), x, filters, 9);
  x = block(parameters.scope('conv_2'), x, 2 * filters, 3, 2); // [B, 2F, H/2, W/2]
  x = block(parameters.scope('conv_3'), x, 4 * filters, 3, 2); // [B, 4F, H/4, W/4]
  for (let index = 1; index <= residualBlocks; index++) {
    const scope = parameters.scope(`residual_${index}`);
    const inner = block(scope.scope('conv_1'), x, 4 * filters, 3);
    x = op.add(x, normalized(scope.scope('conv_2'), inner, 4 * filters, 3));
  }
  x = block(parameters.scope('conv_4'), doubled(x), 2 * filters, 3); // [B, 2F, H/2, W/2]
  x = block(parameters.scope('conv_5'), doubled(x), filters, 3); // [B, F, H, W]
  const change = blurred(convolution(parameters.scope('conv_6'), x, 3, 9, 1, faint)); // [B, 3, H, W]
  const colors = op.div(op.sub(op.clip(pictures, 0, 255), 127.5), RANGE); // resizing goes a little beyond 0..255
  return op.add(op.mul(op.tanh(op.add(artanh(colors), change)), RANGE), 127.5);
}

/** Colours reach this far to each side of the middle. */
const RANGE = 150;

function artanh(x: Tensor): Tensor {
  return op.div(op.log(op.div(op.add(x, 1), op.sub(1, x))), 2);
}

const BINOMIAL = [1, 4, 6, 4, 1];

// Each channel convolved with the binomial window of 5 pixels in both directions.
function blurred(x: Tensor): Tensor {
  const channels = x.dimension(1);
  const window = BINOMIAL.flatMap((row) => BINOMIAL.map((column) => (row * column) / 256));
  const kernel = Float32Array.from({ length: channels * 25 }, (_, i) => window[i % 25]!);
  const padded = op.padReflect(x, [0, 0, 2, 2], [0, 0, 2, 2]);
  return op.depthwiseConv2d(padded, op.constant(op.float32(kernel, [channels, 1, 5, 5])));
}

function block(
  parameters: nn.Parameters,
  x: Tensor,
  filters: number,
  kernelSize: number,
  strides = 1,
): Tensor {
  return op.relu(normalized(parameters, x, filters, kernelSize, strides));
}

function normalized(
  parameters: nn.Parameters,
  x: Tensor,
  filters: number,
  kernelSize: number,
  strides = 1,
): Tensor {
  return nn.instanceNormalization(parameters, convolution(parameters, x, filters, kernelSize, strides));
}

function convolution(
  parameters: nn.Parameters,
  x: Tensor,
  filters: number,
  kernelSize: number,
  strides = 1,
  kernelInitializer?: nn.Initializer,
): Tensor {
  const border = Math.floor(kernelSize / 2);
  const padded = op.padReflect(x, [0, 0, border, border], [0, 0, border, border]);
  return nn.conv2d(parameters, padded, {
    filters,
    kernelSize,
    strides,
    ...(kernelInitializer && { kernelInitializer }),
  });
}

function doubled(x: Tensor): Tensor {
  return op.resize(x, [2 * x.dimension(2), 2 * x.dimension(3)], 'bilinear');
}

// Painting begins with almost no change, where tanh has its full slope.
const faint: nn.Initializer = (shape, random) => nn.glorotUniform(shape, random).map((value) => value / 10);
