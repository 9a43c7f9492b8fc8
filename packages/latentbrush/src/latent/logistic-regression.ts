import { optim } from '@latentbrush/engine';
import type { Point } from './interpolation.ts';

/** A linear classifier: the probability of yes is sigmoid(weights · point + bias). */
export interface LinearClassifier {
  readonly weights: Float32Array;
  readonly bias: number;
}

/**
 * Logistic regression: minimises the mean cross-entropy plus |weights|² / (2 n), the penalty of scikit-learn's default (C = 1), by L-BFGS.
 * Dimensions are not standardised: otherwise a dimension in which all points are nearly equal, such as an unused one of a VAE, would get a
 * large weight for its noise.
 * @param points `n` points with the same number of dimensions @param answers for each point, whether the answer is yes
 * @example
 * const points = [-2, -1, 1, 2].map((x) => Float32Array.of(x));
 * const { weights, bias } = await latent.logisticRegression(points, [false, false, true, true]);
 * console.log(latent.score(Float32Array.of(5), weights, bias) > 0); // true
 */
export async function logisticRegression(
  points: readonly Point[],
  answers: readonly boolean[],
): Promise<LinearClassifier> {
  const mean = meanOf(points); // subtracted, so that weights and bias are nearly independent
  const dimensions = mean.length;
  const centred = points.map((point) => point.map((value, i) => value - mean[i]!));
  const objective: optim.LbfgsObjective = (parameters) => {
    const gradient = new Float64Array(dimensions + 1);
    let value = 0;
    centred.forEach((point, row) => {
      const logit = score(point, parameters, parameters[dimensions]!);
      const answer = answers[row] === true ? 1 : 0;
      // log(1 + e^x) - y x, without overflow
      value += Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - answer * logit;
      const error = 1 / (1 + Math.exp(-logit)) - answer;
      for (let i = 0; i < dimensions; i++) gradient[i] = gradient[i]! + error * point[i]!;
      gradient[dimensions] = gradient[dimensions]! + error;
    });
    for (let i = 0; i < dimensions; i++) {
      value += parameters[i]! ** 2 / 2;
      gradient[i] = gradient[i]! + parameters[i]!;
    }
    const n = points.length;
    return Promise.resolve({
      value: value / n,
      gradient: Float32Array.from(gradient, (slope) => slope / n),
    });
  };
  let found = new Float32Array(dimensions + 1);
  for await (const { x } of optim.lbfgs(objective, found.slice(), { maxIterations: 200 })) found = x.slice();
  const weights = found.slice(0, dimensions);
  return { weights, bias: found[dimensions]! - score(mean, weights, 0) };
}

/**
 * weights · point + bias: above 0 the classifier says yes.
 * @example
 * console.log(latent.score([1, 2], Float32Array.of(3, 4), 5)); // 16
 */
export function score(point: ArrayLike<number>, weights: Float32Array, bias: number): number {
  let sum = bias;
  for (let i = 0; i < point.length; i++) sum += weights[i]! * point[i]!;
  return sum;
}

/**
 * Accuracy of a logistic regression in cross-validation with `folds` parts. @param order order of the points; neighbours go into different parts
 * @example
 * const points = [-3, -2, -1, 1, 2, 3].map((x) => Float32Array.of(x));
 * const answers = points.map(([x]) => x! > 0);
 * console.log(await latent.crossValidatedAccuracy(points, answers, [0, 3, 1, 4, 2, 5], 3)); // 1
 */
export async function crossValidatedAccuracy(
  points: readonly Point[],
  answers: readonly boolean[],
  order: ArrayLike<number>,
  folds = 5,
): Promise<number> {
  let right = 0;
  for (let fold = 0; fold < folds; fold++) {
    const held = (place: number): boolean => place % folds === fold;
    const indices = Array.from(order);
    const training = indices.filter((_, place) => !held(place));
    const { weights, bias } = await logisticRegression(
      training.map((index) => points[index]!),
      training.map((index) => answers[index]!),
    );
    for (const index of indices.filter((_, place) => held(place)))
      if (score(points[index]!, weights, bias) > 0 === answers[index]) right += 1;
  }
  return right / points.length;
}

function meanOf(points: readonly Point[]): Float64Array {
  const sum = new Float64Array(points[0]?.length ?? 0);
  for (const point of points) point.forEach((value, i) => (sum[i] = sum[i]! + value));
  return sum.map((value) => value / points.length);
}
