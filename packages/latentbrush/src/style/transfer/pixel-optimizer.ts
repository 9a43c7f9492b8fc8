import { optim } from '@latentbrush/engine';
import type { PixelEvaluation } from '../../pretrained/index.ts';

/** A point that an optimiser reached. */
export interface PixelStep extends Pick<PixelEvaluation, 'loss' | 'terms'> {
  /** Evaluations in this call so far. */
  readonly evaluations: number;
  /** Pixels; a buffer that the next step changes. */
  readonly pixels: Float32Array;
}

/** Loss and gradient at given pixels. */
export type Evaluate = (pixels: Float32Array) => Promise<PixelEvaluation>;

/** Minimises a loss of pixels, some evaluations at a time. It keeps its knowledge of the loss between calls. */
export interface PixelOptimizer {
  /**
   * At most this many more evaluations, from these pixels; yields each step. Loss and terms are those at its pixels; for Adam, which does
   * not evaluate its new pixels, those at the old ones. After the signal no evaluation begins.
   */
  minimize(
    evaluate: Evaluate,
    pixels: Float32Array,
    evaluations: number,
    signal?: AbortSignal,
  ): AsyncGenerator<PixelStep, void, undefined>;
}

/**
 * L-BFGS, as in the paper and the book.
 * @param firstStep length of its first step, as a sum over all pixels
 */
export function lbfgsOptimizer(firstStep: number): PixelOptimizer {
  const memory = new optim.LbfgsMemory();
  return {
    async *minimize(evaluate, pixels, evaluations, signal) {
      const tried = new Map<number, PixelEvaluation['terms']>();
      const objective: optim.LbfgsObjective = async (x) => {
        if (signal?.aborted === true) throw STOPPED;
        const { loss, terms, gradient } = await evaluate(x);
        tried.set(loss, terms);
        return { value: loss, gradient };
      };
      const options = {
        memory,
        firstStep,
        maxIterations: evaluations,
        maxEvaluations: evaluations,
        gradientTolerance: 0,
        functionTolerance: 0,
      };
      try {
        for await (const { value, evaluations, x } of optim.lbfgs(objective, pixels, options)) {
          const terms = tried.get(value)!;
          tried.clear();
          yield { evaluations, loss: value, terms, pixels: x };
        }
      } catch (error) {
        if (error !== STOPPED) throw error;
      }
    },
  };
}

// Thrown by the objective to leave a line search early.
const STOPPED = new Error('stopped');

/** Fewest evaluations of a round that let L-BFGS move: one to begin with, one for a step. */
export const LEAST_LBFGS_EVALUATIONS = 2;

/**
 * Adam (Kingma & Ba 2014), β₁ = 0.9, β₂ = 0.999, which style-transfer programs offer when L-BFGS needs too much memory.
 * @param learningRate largest change of a pixel in a step, of 0..255
 */
export function adamOptimizer(learningRate: number): PixelOptimizer {
  let mean = new Float32Array(0);
  let square = new Float32Array(0);
  let steps = 0;
  return {
    async *minimize(evaluate, start, evaluations, signal) {
      const pixels = start.slice();
      if (mean.length !== pixels.length) {
        mean = new Float32Array(pixels.length);
        square = new Float32Array(pixels.length);
        steps = 0;
      }
      for (let done = 1; done <= evaluations && signal?.aborted !== true; done++) {
        const { gradient, loss, terms } = await evaluate(pixels);
        steps += 1;
        const rate = (learningRate * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps);
        for (let i = 0; i < pixels.length; i++) {
          const slope = gradient[i]!;
          mean[i] = 0.9 * mean[i]! + 0.1 * slope;
          square[i] = 0.999 * square[i]! + 0.001 * slope * slope;
          pixels[i] = pixels[i]! - (rate * mean[i]!) / (Math.sqrt(square[i]!) + 1e-12);
        }
        yield { evaluations: done, loss, terms, pixels };
      }
    },
  };
}
