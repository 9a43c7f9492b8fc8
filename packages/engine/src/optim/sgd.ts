import { add, mul, sub } from '../ops/arithmetic.ts';
import { decayed, type Clipping, type LearningRateOptions, type Optimizer } from './optimizer.ts';

export interface SgdOptions extends LearningRateOptions, Clipping {
  /** Fraction of the last step that is kept (default 0). */
  readonly momentum?: number | undefined;
  /** Nesterov momentum (default false). */
  readonly nesterov?: boolean | undefined;
}

/**
 * Stochastic gradient descent with momentum, by Keras' formulas: v = momentum · v - rate · g; p = p + v
 * (Nesterov: p = p + momentum · v - rate · g).
 * @param options.learningRate default 0.01, as in Keras
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate = 0.01, decay = 0, momentum = 0, nesterov = false } = options;
  return {
    slots: momentum === 0 ? [] : ['sgd/velocity'],
    clipping: options,
    learningRate,
    rate(step) {
      return decayed(this.learningRate, decay, step);
    },
    update(parameter, gradient, rate, [velocity]) {
      const descent = mul(gradient, rate);
      if (velocity === undefined) return [sub(parameter, descent)];
      const next = sub(mul(velocity, momentum), descent);
      return [add(parameter, nesterov ? sub(mul(next, momentum), descent) : next), next];
    },
  };
}
