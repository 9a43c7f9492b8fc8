import type { TrainOptions } from './options.ts';

/** Iterations in which learning rates grow, unless options say otherwise. */
const WARMUP = 100;

/**
 * Which share of their learning rates the optimisers use in an iteration: min(1, (iteration + 1) / warmup) · 2^(-iteration / rateHalfLife).
 * Keras' time-based decay comes on top of it.
 * @param iteration from 0
 */
export function shareOfRates(
  { warmup, compat, rateHalfLife }: Pick<TrainOptions, 'warmup' | 'compat' | 'rateHalfLife'>,
  iteration: number,
): number {
  const length = warmup ?? (compat === 'book' ? 0 : WARMUP);
  const warmth = length === 0 ? 1 : Math.min(1, (iteration + 1) / length);
  return rateHalfLife === undefined ? warmth : warmth * 2 ** (-iteration / rateHalfLife);
}
