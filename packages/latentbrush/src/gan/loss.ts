import {
  add,
  clip,
  div,
  grad,
  greater,
  cast,
  mul,
  neg,
  reduceMean,
  reduceSum,
  relu,
  sigmoidCrossEntropy,
  sqrt,
  square,
  sub,
  type Tensor,
} from '@latentbrush/engine';

/** Outputs of the discriminator for generated and for real pictures, `[batch]` each. */
export interface Scores {
  readonly generated: Tensor;
  readonly real: Tensor;
}

/** The loss functions of a GAN. */
export interface GanLoss {
  /**
   * The loss of the discriminator.
   * @param noise of the labels, `[batch]` each, or zeros; only cross-entropy has labels
   */
  readonly discriminator: (scores: Scores, noise: Scores) => Tensor;
  /** The loss of the generator. */
  readonly generator: (generated: Tensor) => Tensor;
  /** Accuracy of the discriminator on real and on generated pictures, a scalar each. */
  readonly accuracy: (scores: Scores) => Scores;
}

// Keras clips probabilities to [1e-7, 1 - 1e-7]; these are their logits.
const LOGIT_LIMIT = Math.log((1 - 1e-7) / 1e-7);

// mean of -(y log p + (1 - y) log(1 - p)), p the clipped sigmoid of the logits; labels beyond 1 cannot diverge.
function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return reduceMean(sigmoidCrossEntropy(clip(logits, -LOGIT_LIMIT, LOGIT_LIMIT), labels));
}

function share(condition: Tensor): Tensor {
  return reduceMean(cast(condition, 'float32'));
}

/**
 * Cross-entropy as in the book: generated pictures are labelled 1 and real ones 0, each plus noise; the mean is over both together.
 * The generator aims at 0.
 */
const bce: GanLoss = {
  discriminator: ({ generated, real }, noise) =>
    div(add(crossEntropy(generated, add(noise.generated, 1)), crossEntropy(real, noise.real)), 2),
  generator: (generated) => crossEntropy(generated, mul(generated, 0)),
  accuracy: ({ generated, real }) => ({
    generated: share(greater(generated, 0)),
    real: share(greater(neg(real), 0)),
  }),
};

/** Hinge: max(0, 1 - D(real)) + max(0, 1 + D(generated)); the generator minimises -D(generated). Lim & Ye 2017, arXiv:1705.02894. */
const hinge: GanLoss = {
  discriminator: ({ generated, real }) =>
    add(reduceMean(relu(sub(1, real))), reduceMean(relu(add(generated, 1)))),
  generator: (generated) => neg(reduceMean(generated)),
  accuracy: ({ generated, real }) => ({
    generated: share(greater(neg(generated), 0)),
    real: share(greater(real, 0)),
  }),
};

/** Wasserstein: D(generated) - D(real); the generator minimises -D(generated). Arjovsky et al. 2017, arXiv:1701.07875. */
const wasserstein: GanLoss = {
  discriminator: ({ generated, real }) => sub(reduceMean(generated), reduceMean(real)),
  generator: hinge.generator,
  accuracy: hinge.accuracy,
};

/** The losses by their names in the options. */
export const ganLosses = { bce, hinge, 'wgan-gp': wasserstein } as const satisfies Readonly<
  Record<string, GanLoss>
>;

/** Name of a loss. */
export type GanLossName = keyof typeof ganLosses;

/**
 * Gradient penalty: mean of (|∇ D(x̂)| - 1)², x̂ = ε real + (1 - ε) generated with one ε for each picture. Gulrajani et al. 2017,
 * *Improved Training of Wasserstein GANs*, arXiv:1704.00028.
 * @param scoreOf the discriminator
 * @param real `[batch, channels, height, width]`
 * @param generated same shape
 * @param epsilon `[batch, 1, 1, 1]`, uniform in 0..1
 * @example
 * import { input, mul, reduceSum } from '@latentbrush/engine';
 * const [real, generated] = [input('real', [8, 3, 16, 16]), input('generated', [8, 3, 16, 16])];
 * const scoreOf = (pictures: typeof real) => reduceSum(mul(pictures, 0.1), [1, 2, 3]);
 * const penalty = gan.gradientPenalty(scoreOf, real, generated, input('epsilon', [8, 1, 1, 1]));
 * console.log(penalty.shape); // []
 */
export function gradientPenalty(
  scoreOf: (pictures: Tensor) => Tensor,
  real: Tensor,
  generated: Tensor,
  epsilon: Tensor,
): Tensor {
  const between = add(mul(real, epsilon), mul(generated, sub(1, epsilon)));
  const [slope] = grad(reduceSum(scoreOf(between)), [between]);
  // The square root has no gradient at 0.
  const norm = sqrt(add(reduceSum(square(slope!), [1, 2, 3]), 1e-12));
  return reduceMean(square(sub(norm, 1)));
}
