import { add, div, mul, sqrt, square, sub } from '../ops/arithmetic.ts';
import { decayed, type Clipping, type LearningRateOptions, type Optimizer } from './optimizer.ts';

export interface RmspropOptions extends LearningRateOptions, Clipping {
  /** Weight of the old average (default 0.9). */
  readonly rho?: number | undefined;
  /** Added to the root, against division by 0 (default 1e-7). */
  readonly epsilon?: number | undefined;
}

/**
 * RMSprop (Tieleman & Hinton 2012) by Keras 2's formulas: a = rho · a + (1 - rho) · g²; p = p - rate · g / (√a + epsilon).
 * @param options.learningRate default 0.001, as in Keras
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { learningRate = 0.001, decay = 0, rho = 0.9, epsilon = 1e-7 } = options;
  return {
    slots: ['rmsprop/mean_square'],
    clipping: options,
    learningRate,
    rate(step) {
      return decayed(this.learningRate, decay, step);
    },
    update(parameter, gradient, rate, [meanSquare]) {
      const next = add(mul(meanSquare ?? 0, rho), mul(square(gradient), 1 - rho));
      return [sub(parameter, div(mul(gradient, rate), add(sqrt(next), epsilon))), next];
    },
  };
}
