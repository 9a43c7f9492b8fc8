import {
  abs,
  add,
  customGradient,
  div,
  exp,
  matmul,
  mul,
  pow,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  slice,
  sqrt,
  square,
  stopGradient,
  sub,
  transpose,
  type Tensor,
} from '@latentbrush/engine';

/**
 * Gram matrices G = F Fᵀ of the channels of each picture, summed over all positions, not divided by their number.
 * Gatys et al. 2015, *A Neural Algorithm of Artistic Style*.
 * @param features `[batch, channels, height, width]`
 * @returns `[batch, channels, channels]`
 */
export function gramMatrix(features: Tensor): Tensor {
  const [batch = 1, channels = 1] = features.shape;
  const flat = reshape(features, [batch, channels, -1]); // [batch, channels, positions]
  const matrix = matmul(flat, transpose(flat, [0, 2, 1]));
  // dF = (dG + dGᵀ) F, one product of large matrices in place of two by the product rule
  const [gram = matrix] = customGradient('gramMatrix', [features], [matrix], ([dG]) => {
    if (dG === undefined) return [];
    return [reshape(matmul(add(dG, transpose(dG, [0, 2, 1])), flat), features.shape)];
  });
  return gram;
}

/** Content loss as the book writes it: Σ (combination - base)². Both are features of a layer, of one shape. */
export function contentLoss(base: Tensor, combination: Tensor): Tensor {
  return reduceSum(square(sub(combination, base)));
}

/**
 * Style loss of a layer as the book writes it: Σ (S - C)² / (4 · 3² · size²). The 3 is the number of the picture's channels, not of the
 * layer's.
 * @param style Gram matrix `[1, channels, channels]`
 * @param combination Gram matrix `[batch, channels, channels]`
 * @param size height · width of the picture
 */
export function styleLoss(style: Tensor, combination: Tensor, size: number): Tensor {
  return div(reduceSum(square(sub(style, combination))), 4 * 3 ** 2 * size ** 2);
}

/** Mean of (combination - target)², divided by a scale: 1 at a distance equal to the scale. */
export function relativeLoss(target: Tensor, combination: Tensor, scale: number): Tensor {
  return div(reduceMean(square(sub(combination, target))), scale);
}

/**
 * Distance of each picture of a batch from a target, √(mean of (combination - target)² / scale), as a mean over the batch: 1 at a distance
 * equal to the scale. Unlike its square it pulls pictures that are far away no harder than those nearby.
 * @param target `[1, ...]`
 * @param combination `[batch, ...]`
 */
export function relativeDistance(target: Tensor, combination: Tensor, scale: number): Tensor {
  const axes = combination.shape.map((_, axis) => axis).slice(1);
  const squares = div(reduceMean(square(sub(combination, target)), axes), scale);
  return reduceMean(sqrt(add(squares, 1e-4))); // the root has no slope at 0
}

/** Distance of colours from the range 0..255, in units of 127.5: the mean of its square. */
export function rangeLoss(picture: Tensor): Tensor {
  const beyond = relu(sub(abs(sub(div(picture, 127.5), 1)), 1));
  return reduceMean(square(beyond));
}

/**
 * Total variation as the book writes it: Σ (Δx² + Δy²)^1.25 over neighbouring pixels; small for smooth pictures.
 * @param picture `[batch, 3, height, width]`
 */
export function totalVariationLoss(picture: Tensor): Tensor {
  const [, , height = 0, width = 0] = picture.shape;
  const shifted = (down: number, right: number): Tensor =>
    slice(picture, [down, right], [height - 1 + down, width - 1 + right], [2, 3]);
  const here = shifted(0, 0);
  const variation = add(square(sub(here, shifted(1, 0))), square(sub(here, shifted(0, 1))));
  return reduceSum(pow(variation, 1.25));
}

/**
 * Activation smoothing of SWAG (Wang, Li & Vasconcelos, *Rethinking and Improving the Robustness of Image Style Transfer*,
 * CVPR 2021): softmax over all elements of a picture's layer, times their number so that sizes compare. It flattens the peaks
 * of residual and Inception networks.
 * @param features `[batch, channels, height, width]`
 * @param temperature divides the activations first; greater is smoother
 */
export function smoothed(features: Tensor, temperature: number): Tensor {
  const [, channels = 1, height = 1, width = 1] = features.shape;
  const axes = [1, 2, 3];
  const scaled = div(features, temperature);
  const powers = exp(sub(scaled, stopGradient(reduceMax(scaled, axes, { keepDims: true }))));
  return mul(div(powers, reduceSum(powers, axes, { keepDims: true })), channels * height * width);
}
