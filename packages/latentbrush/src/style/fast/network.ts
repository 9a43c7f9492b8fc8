/*
 * The feed-forward network of fast style transfer: Johnson, Alahi & Fei-Fei 2016 (*Perceptual Losses for Real-Time Style Transfer*,
 * arXiv:1603.08155) with instance normalisation (Ulyanov et al. 2016, arXiv:1607.08022), resize-convolutions in place of transposed
 * ones (Odena et al., Distill 2016) and reflection at every border, so that no frame shows. It differs from the paper in three points. A
 * picture first gets the colours of the style (see palette.ts). The network paints the change of that picture, not the picture, so that the
 * content exists from the first step and an hour of training is enough. And it gets noise, so that plain places are painted, too (see
 * stroke-noise.ts).
 */
import * as op from '@latentbrush/engine';
import { nn, type NDArray, type Tensor } from '@latentbrush/engine';
import type { Picture } from '../../image/index.ts';
import { inPalette, paletteWeights } from './palette.ts';
import { fixedNoise, joinNoise } from './stroke-noise.ts';

/** The definition of the network. */
export interface TransformerArchitecture {
  /** Channels of the first layer; the next layers have two and four times as many. Johnson et al. have 32. */
  readonly filters: number;
  /** Johnson et al. have 5. */
  readonly residualBlocks: number;
  /** Channels of each field of noise; 0 for none, as in the paper. */
  readonly noise: number;
  /** Strength of the style's colours in a picture before it is painted, 0 to 1; 0 in the paper. */
  readonly palette: number;
}

/** The architecture part of options. */
export function architectureOf({
  filters,
  residualBlocks,
  noise,
  palette,
}: TransformerArchitecture): TransformerArchitecture {
  return { filters, residualBlocks, noise, palette };
}

/** Both sides of a picture must be multiples of this: two layers of stride 2. */
export const TRANSFORMER_STRIDE = 4;

/**
 * The input of the network: pictures in the colours of the style, by the palette weight.
 * @param pictures `[batch, 3, height, width]`, RGB, 0 to 255
 */
export function recolored(
  parameters: nn.Parameters,
  pictures: Tensor,
  { palette }: TransformerArchitecture,
): Tensor {
  return palette === 0 ? pictures : inPalette(parameters.scope(PALETTE), pictures, palette);
}

/** The weights of `recolored` by name, for a style picture: they are measured, not trained. */
export function recoloringWeights(
  { palette }: TransformerArchitecture,
  style: Picture,
): Readonly<Record<string, NDArray>> {
  if (palette === 0) return {};
  const { kernel, bias } = paletteWeights(style);
  return { [`${PALETTE}/kernel`]: kernel, [`${PALETTE}/bias`]: bias };
}

/** The place of the palette's weights in the tree of layers. */
const PALETTE = 'palette';

/**
 * Paints pictures.
 * @param pictures `[batch, 3, height, width]`, RGB, 0 to 255, sides multiples of {@link TRANSFORMER_STRIDE}
 * @param noise fields with the shapes of `noiseShapes` (default: the same for all pictures of a size)
 * @returns the same shape, `recolored` pictures + 127.5 tanh(change): -127.5 to 382.5, to be clipped to 0..255
 * @example
 * import { input, nn } from '@latentbrush/engine';
 * const architecture = { filters: 16, residualBlocks: 5, noise: 0, palette: 0 };
 * const painted = style.transformer(new nn.Parameters(), input('pictures', [1, 3, 64, 64]), architecture);
 * console.log(painted.shape); // [ 1, 3, 64, 64 ]
 */
export function transformer(
  parameters: nn.Parameters,
  pictures: Tensor,
  architecture: TransformerArchitecture,
  noise: readonly Tensor[] = fixedNoise(architecture.noise, pictures.shape),
): Tensor {
  const { filters, residualBlocks } = architecture;
  const base = recolored(parameters, pictures, architecture);
  let x = op.sub(op.div(base, 127.5), 1); // [B, 3, H, W]
  x = block(parameters.scope('conv_1'), x, filters, 9);
  x = block(parameters.scope('conv_2'), x, 2 * filters, 3, 2); // [B, 2F, H/2, W/2]
  x = block(parameters.scope('conv_3'), x, 4 * filters, 3, 2); // [B, 4F, H/4, W/4]
  if (noise.length > 0) {
    const fields = joinNoise(noise, [x.dimension(2), x.dimension(3)]);
    x = block(parameters.scope('noise'), op.concat([x, fields], 1), 4 * filters, 1);
  }
  for (let index = 1; index <= residualBlocks; index++) {
    const scope = parameters.scope(`residual_${index}`);
    const inner = block(scope.scope('conv_1'), x, 4 * filters, 3);
    x = op.add(x, normalized(scope.scope('conv_2'), inner, 4 * filters, 3));
  }
  x = block(parameters.scope('conv_4'), doubled(x), 2 * filters, 3); // [B, 2F, H/2, W/2]
  x = block(parameters.scope('conv_5'), doubled(x), filters, 3); // [B, F, H, W]
  const change = convolution(parameters.scope('conv_6'), x, 3, 9, 1, faint); // [B, 3, H, W]
  return op.add(base, op.mul(op.tanh(change), 127.5));
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

// Painting begins with almost no change.
const faint: nn.Initializer = (shape, random) => nn.glorotUniform(shape, random).map((value) => value / 10);
