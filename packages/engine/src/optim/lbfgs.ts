import { strongWolfe, type LinePoint } from './line-search.ts';
import { addScaledAndDot, dot, largest, multiply, negative, setSum, sumOfMagnitudes } from './vectors.ts';

/** Value and gradient at a point. Each gradient has its own buffer, which is kept and overwritten. */
export type LbfgsObjective = (
  x: Float32Array,
) => Promise<{ readonly value: number; readonly gradient: Float32Array }>;

export interface LbfgsOptions {
  /** Maximum number of iterations (default 20). */
  readonly maxIterations?: number | undefined;
  /** Maximum number of evaluations of the objective in this call (default 1.25 · iterations, as in PyTorch). */
  readonly maxEvaluations?: number | undefined;
  /** Number of steps to remember (default 10, as scipy's m). */
  readonly history?: number | undefined;
  /** Ends when no element of the gradient is larger (default 1e-5, scipy's pgtol). */
  readonly gradientTolerance?: number | undefined;
  /** Ends when the value falls by less than this share of it (default 2.2e-9, scipy's factr 1e7 times 2.2e-16). */
  readonly functionTolerance?: number | undefined;
  /**
   * Length of the first step, as a sum of magnitudes, when the curvature is not yet known. It is less if that of the gradient is below 1.
   * Default 1; `lr` has this role in PyTorch's first step.
   */
  readonly firstStep?: number | undefined;
  /** Sufficient decrease of the line search (default 1e-4). */
  readonly c1?: number | undefined;
  /** Curvature condition of the line search (default 0.9). */
  readonly c2?: number | undefined;
  /** The curvature learned in earlier calls with the same objective. It is used and extended. */
  readonly memory?: LbfgsMemory | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One accepted step. */
export interface LbfgsIteration {
  /** From 1. */
  readonly iteration: number;
  /** Evaluations of the objective so far. */
  readonly evaluations: number;
  readonly value: number;
  /** Largest element of the gradient. */
  readonly gradientNorm: number;
  /** The current point: a buffer that the next iteration changes. */
  readonly x: Float32Array;
}

/** Why the minimisation ended. */
export type LbfgsReason =
  | 'gradient-tolerance'
  | 'function-tolerance'
  | 'max-iterations'
  | 'max-evaluations'
  | 'line-search'
  | 'aborted';

export interface LbfgsResult extends Omit<LbfgsIteration, 'iteration'> {
  readonly iterations: number;
  readonly reason: LbfgsReason;
}

/** The last steps s = Δx and changes of the gradient y = Δ∇f, from which the curvature is estimated. */
export class LbfgsMemory {
  // rho = 1 / sᵀy; scale = sᵀy / yᵀy
  readonly #pairs: { s: Float32Array; y: Float32Array; rho: number; scale: number }[] = [];

  /** Forgets everything. */
  clear(): void {
    this.#pairs.length = 0;
  }

  /** Remembers a step if it has positive curvature sᵀy, and forgets the oldest beyond `limit`. */
  remember(s: Float32Array, y: Float32Array, limit: number): void {
    const curvature = dot(s, y);
    const square = dot(y, y);
    if (!(curvature > 1e-10 * square)) return;
    this.#pairs.push({ s, y, rho: 1 / curvature, scale: curvature / square });
    while (this.#pairs.length > limit) this.#pairs.shift();
  }

  get size(): number {
    return this.#pairs.length;
  }

  /**
   * -H ∇f with the estimated inverse Hessian H, and its slope -∇fᵀ H ∇f: the two-loop recursion (Nocedal & Wright, algorithm 7.4). Each sum
   * is computed together with the product after it.
   */
  direction(gradient: Float32Array): { readonly direction: Float32Array; readonly slope: number } {
    const pairs = this.#pairs;
    const direction = negative(gradient);
    const newest = pairs.at(-1);
    if (newest === undefined) return { direction, slope: -dot(gradient, gradient) };
    const alphas = new Float64Array(pairs.length);
    let product = dot(newest.s, direction);
    for (let i = pairs.length - 1; i >= 0; i--) {
      const { y, rho } = pairs[i]!;
      const alpha = rho * product;
      alphas[i] = alpha;
      product = addScaledAndDot(direction, -alpha, y, pairs[i - 1]?.s ?? pairs[0]!.y);
    }
    multiply(direction, newest.scale);
    product *= newest.scale;
    pairs.forEach(({ s, rho }, i) => {
      const beta = rho * product;
      product = addScaledAndDot(direction, alphas[i]! - beta, s, pairs[i + 1]?.y ?? gradient);
    });
    return { direction, slope: product };
  }
}

/**
 * Minimises a function by limited-memory BFGS with a strong-Wolfe line search (Nocedal & Wright, *Numerical
 * Optimization*, 2nd ed., algorithm 7.5). Vectors are float32; sums run in float64. Yields each accepted step.
 *
 * @param objective value and gradient
 * @param start where to begin; it is not changed
 * @throws Error when value or gradient at the start are not finite, or the objective gives one buffer for two gradients
 */
export async function* lbfgs(
  objective: LbfgsObjective,
  start: Float32Array,
  options: LbfgsOptions = {},
): AsyncGenerator<LbfgsIteration, LbfgsResult, undefined> {
  const {
    maxIterations = 20,
    history = 10,
    firstStep = 1,
    gradientTolerance = 1e-5,
    functionTolerance = 1e7 * 2.2e-16,
  } = options;
  const { maxEvaluations = Math.floor(maxIterations * 1.25), c1 = 1e-4, c2 = 0.9, signal } = options;
  const memory = options.memory ?? new LbfgsMemory();
  const x = start.slice();
  const origin = new Float32Array(x.length);
  let evaluations = 1;
  let last: Float32Array | undefined;
  const evaluateHere = async (): ReturnType<LbfgsObjective> => {
    const here = await objective(x);
    if (here.gradient === last)
      throw new Error(
        'lbfgs: the objective returned one buffer for two gradients; return a new one each time',
      );
    last = here.gradient;
    return here;
  };
  let { value, gradient } = await evaluateHere();
  let gradientNorm = largest(gradient);
  if (!Number.isFinite(value) || !Number.isFinite(gradientNorm)) {
    throw new Error(
      `lbfgs: the objective is ${value} at the start, or its gradient is not finite; begin elsewhere`,
    );
  }

  let iterations = 0;
  const result = (reason: LbfgsReason): LbfgsResult => ({
    x,
    value,
    gradientNorm,
    iterations,
    evaluations,
    reason,
  });
  for (;;) {
    if (gradientNorm <= gradientTolerance) return result('gradient-tolerance');
    if (iterations >= maxIterations) return result('max-iterations');
    if (evaluations >= maxEvaluations) return result('max-evaluations');
    if (signal?.aborted === true) return result('aborted');

    let { direction, slope } = memory.direction(gradient);
    if (!(slope < 0)) {
      memory.clear();
      ({ direction, slope } = memory.direction(gradient));
    }
    // While the curvature is not known, the length of the first step is fixed, as in minFunc and PyTorch.
    const trial = memory.size === 0 ? firstStep * Math.min(1, 1 / sumOfMagnitudes(gradient)) : 1;
    origin.set(x);
    let at = 0; // the step of x
    const moveTo = (step: number): void => {
      if (step !== at) setSum(x, origin, step, direction);
      at = step;
    };
    const evaluate = async (step: number): Promise<LinePoint> => {
      moveTo(step);
      evaluations += 1;
      const here = await evaluateHere();
      return { step, value: here.value, gradient: here.gradient, slope: dot(here.gradient, direction) };
    };
    const { point } = await strongWolfe(evaluate, { step: 0, value, slope, gradient }, trial, {
      c1,
      c2,
      maxEvaluations: maxEvaluations - evaluations,
    });
    if (point.step === 0 || !(point.value < value)) {
      x.set(origin);
      return result(evaluations >= maxEvaluations ? 'max-evaluations' : 'line-search');
    }

    moveTo(point.step);
    iterations += 1;
    // Direction and old gradient are no longer needed: their buffers become the step and the change of the gradient.
    setSum(direction, x, -1, origin);
    setSum(gradient, point.gradient, -1, gradient);
    memory.remember(direction, gradient, history);
    const before = value;
    ({ value, gradient } = point);
    gradientNorm = largest(gradient);
    yield { iteration: iterations, evaluations, value, gradientNorm, x };
    const fall = (before - value) / Math.max(Math.abs(before), Math.abs(value), 1);
    if (fall <= functionTolerance) return result('function-tolerance');
  }
}
