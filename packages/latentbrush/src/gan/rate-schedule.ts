import { halfLife, product, warmUp, type Schedule } from '../training/index.ts';
import type { TrainOptions } from './options.ts';

/** Default number of iterations in which learning rates grow. */
const WARMUP = 100;

/**
 * Share of the learning rates used in an iteration, counted from 0: a warm-up, then a half-life. Keras' time-based decay is applied in addition.
 */
export function rateSchedule({
  warmup,
  compat,
  rateHalfLife,
}: Pick<TrainOptions, 'warmup' | 'compat' | 'rateHalfLife'>): Schedule {
  const growing = warmUp(warmup ?? (compat === 'book' ? 0 : WARMUP));
  return rateHalfLife === undefined ? growing : product(growing, halfLife(rateHalfLife));
}
