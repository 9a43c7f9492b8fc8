import { ShapeError } from '../errors.ts';
import { formatShape, sameShape } from '../graph/dtype.ts';
import type { Tensor } from '../graph/tensor.ts';
import { abs, add, clip, log, mul, neg, square, sub } from './arithmetic.ts';
import { logSoftmax, softplus } from './activation.ts';
import { oneHot } from './indexing.ts';
import { reduceMean, reduceSum } from './reduction.ts';

/**
 * Cross-entropy of class labels under softmax(logits), in nats, mean over all positions:
 * mean of -log softmax(logits)[label]. Computed by log-softmax, so it is finite for any logits.
 * @param logits `[..., classes]`
 * @param labels `[...]` int64 class indices
 */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return reduceMean(crossEntropyOfEach(logits, labels));
}

/** {@link crossEntropy} of each position, not averaged: `[...]`. */
export function crossEntropyOfEach(logits: Tensor, labels: Tensor): Tensor {
  if (!sameShape(logits.shape.slice(0, -1), labels.shape)) {
    throw new ShapeError(
      `crossEntropy: logits ${formatShape(logits.shape)} and labels ${formatShape(labels.shape)} do not fit`,
    );
  }
  const target = oneHot(labels, logits.dimension(-1));
  return neg(reduceSum(mul(target, logSoftmax(logits)), [-1]));
}

// Keras' backend epsilon: probabilities are kept this far from 0 and 1 before the logarithm.
const EPSILON = 1e-7;

/** -(y log p + (1 - y) log(1 - p)) of each element, with p clipped to [1e-7, 1 - 1e-7] as in Keras. */
export function binaryCrossentropy(probabilities: Tensor, targets: Tensor): Tensor {
  const p = clip(probabilities, EPSILON, 1 - EPSILON);
  return neg(add(mul(targets, log(p)), mul(sub(1, targets), log(sub(1, p)))));
}

/** {@link binaryCrossentropy} of sigmoid(logits), stable for any logits: softplus(x) - x · y of each element. */
export function sigmoidCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return sub(softplus(logits), mul(logits, targets));
}

/** Mean of (a - b)². */
export function meanSquaredError(a: Tensor, b: Tensor): Tensor {
  return reduceMean(square(sub(a, b)));
}

/** Mean of |a - b|. */
export function meanAbsoluteError(a: Tensor, b: Tensor): Tensor {
  return reduceMean(abs(sub(a, b)));
}
