import { halfLife, product, warmUp, type Schedule } from '../training/index.ts';
import type { TrainOptions } from './options.ts';

/** Iterations in which learning rates grow, unless options say otherwise. */
const WARMUP = 100;

/**
 * Which share of their learning rates the optimisers use in an iteration, from 0: a warm-up, then a half-life. Keras' time-based decay
 * comes on top of it.
 */
export function rateSchedule({
  warmup,
  compat,
  rateHalfLife,
}: Pick<TrainOptions, 'warmup' | 'compat' | 'rateHalfLife'>): Schedule {
  const growing = warmUp(warmup ?? (compat === 'book' ? 0 : WARMUP));
  return rateHalfLife === undefined ? growing : product(growing, halfLife(rateHalfLife));
}
