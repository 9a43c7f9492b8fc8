import { add, div, mul, sqrt, square, sub } from '../ops/arithmetic.ts';
import { decayed, type Clipping, type LearningRateOptions, type Optimizer } from './optimizer.ts';

export interface AdamOptions extends LearningRateOptions, Clipping {
  /** Weight of the old average of the gradient (default 0.9). */
  readonly beta1?: number | undefined;
  /** Weight of the old average of the squared gradient (default 0.999). */
  readonly beta2?: number | undefined;
  /** Added to the root, against division by 0 (default 1e-7). */
  readonly epsilon?: number | undefined;
}

/**
 * Adam (Kingma & Ba 2014) by Keras' formulas: m = β₁ m + (1 - β₁) g; v = β₂ v + (1 - β₂) g²;
 * p = p - rate · m / (√v + epsilon) with rate = learningRate · √(1 - β₂ᵗ) / (1 - β₁ᵗ), t from 1.
 * @param options.learningRate default 0.001, as in Keras
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { learningRate = 0.001, decay = 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  return {
    slots: ['adam/mean', 'adam/mean_square'],
    clipping: options,
    learningRate,
    rate(step) {
      const correction = Math.sqrt(1 - beta2 ** (step + 1)) / (1 - beta1 ** (step + 1));
      return decayed(this.learningRate, decay, step) * correction;
    },
    update(parameter, gradient, rate, [mean, meanSquare]) {
      const m = add(mul(mean ?? 0, beta1), mul(gradient, 1 - beta1));
      const v = add(mul(meanSquare ?? 0, beta2), mul(square(gradient), 1 - beta2));
      return [sub(parameter, div(mul(m, rate), add(sqrt(v), epsilon))), m, v];
    },
  };
}
