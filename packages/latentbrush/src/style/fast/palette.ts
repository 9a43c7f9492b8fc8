import * as op from '@latentbrush/engine';
import { constant, float32, nn, type NDArray, type Tensor } from '@latentbrush/engine';
import { colorStatistics, multiply, squareRoot, type Matrix3, type Picture } from '../../image/index.ts';

/**
 * Brightness, red against blue, and green against both, as orthonormal vectors: in these the colours of photographs are nearly uncorrelated
 * (Buchsbaum & Gottschalk 1983; Ruderman et al. 1998).
 */
const OPPONENT: Matrix3 = [
  [1 / Math.sqrt(3), 1 / Math.sqrt(3), 1 / Math.sqrt(3)],
  [1 / Math.sqrt(2), 0, -1 / Math.sqrt(2)],
  [1 / Math.sqrt(6), -2 / Math.sqrt(6), 1 / Math.sqrt(6)],
];

/** Variance, in levels of 0 to 255, added to those of a picture, so that noise of a grey picture does not become colour. */
const LEAST_VARIANCE = 16;

/**
 * Pictures in the colours of the style: each opponent colour is normalised to mean 0 and variance 1 over the picture, and then transformed
 * to the style's mean μ and covariance C,
 *
 *     x' = μ + C^1/2 Oᵀ normalised(O x),   O the opponent colours,
 *
 * as in Reinhard et al. 2001 (*Color Transfer between Images*). It is a part of the network: two convolutions of 1x1 and an instance
 * normalisation. μ and C^1/2 Oᵀ are weights that are not trained, see {@link paletteWeights}.
 * @param pictures `[batch, 3, height, width]`, RGB, 0 to 255
 * @param share of the new colours, 0 to 1
 * @returns the same shape, 0 to 255
 */
export function inPalette(parameters: nn.Parameters, pictures: Tensor, share: number): Tensor {
  const opponent = op.conv2d(pictures, constant(pointwiseKernel(OPPONENT)));
  const normalized = op.instanceNorm(opponent, { epsilon: LEAST_VARIANCE });
  const kernel = parameters.get('kernel', [3, 3, 1, 1], nn.zerosInitializer, { trainable: false });
  const bias = parameters.get('bias', [3], nn.zerosInitializer, { trainable: false });
  const recolored = op.clip(op.conv2d(normalized, kernel, { bias }), 0, 255);
  return share === 1 ? recolored : op.add(op.mul(pictures, 1 - share), op.mul(recolored, share));
}

/** The weights of {@link inPalette} for a style picture. */
export function paletteWeights(style: Picture): { readonly kernel: NDArray; readonly bias: NDArray } {
  const { mean, covariance } = colorStatistics(style);
  return {
    kernel: pointwiseKernel(multiply(squareRoot(covariance), transposed(OPPONENT))),
    bias: float32(mean, [3]),
  };
}

function pointwiseKernel(matrix: Matrix3): NDArray {
  return float32(matrix.flat(), [3, 3, 1, 1]);
}

function transposed([[a, b, c], [d, e, f], [g, h, i]]: Matrix3): Matrix3 {
  return [
    [a, d, g],
    [b, e, h],
    [c, f, i],
  ];
}
