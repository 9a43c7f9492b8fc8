import { z } from 'zod';
import type { Metrics } from './task.ts';

/** State of the training loop that checkpoints store. */
export interface Progress<Counts extends object = object> {
  /** Number of complete epochs: measured, shown and saved. */
  readonly epochsEnded: number;
  /** The lowest loss of an epoch so far; null before the first. */
  readonly bestLoss: number | null;
  readonly epochsWithoutBest: number;
  /** Weighted sums of the current epoch's metrics, and the sum of the weights. */
  readonly sums: Metrics;
  readonly weight: number;
  /** Counts of the system. */
  readonly counts: Counts;
}

/**
 * The schema of a system's progress, for reading checkpoints. @param counts schema of the system's counts @param migrate converts the
 * format of earlier versions to this one, and leaves everything else unchanged (default: no change)
 */
export function progressSchema<Counts extends object>(
  counts: z.ZodType<Counts>,
  migrate: (stored: unknown) => unknown = (stored) => stored,
): z.ZodType<Progress<Counts>> {
  const schema = z.object({
    epochsEnded: z.int().min(0),
    bestLoss: z.number().nullable(),
    epochsWithoutBest: z.int().min(0),
    sums: z.record(z.string(), z.number()),
    weight: z.number(),
    counts,
  });
  return z.preprocess(migrate, schema);
}

/** The progress of a new training. */
export const beginningProgress: Omit<Progress, 'counts'> = {
  epochsEnded: 0,
  bestLoss: null,
  epochsWithoutBest: 0,
  sums: {},
  weight: 0,
};

/** Weighted sums of an epoch's metrics after one more step. */
export function summed(
  { sums, weight }: Pick<Progress, 'sums' | 'weight'>,
  metrics: Metrics,
  share: number,
): Pick<Progress, 'sums' | 'weight'> {
  const added = Object.entries(metrics).map(([name, value]) => [name, (sums[name] ?? 0) + value * share]);
  return { sums: Object.fromEntries(added) as Metrics, weight: weight + share };
}

/** The means of an epoch's metrics. */
export function means({ sums, weight }: Pick<Progress, 'sums' | 'weight'>): Metrics {
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / weight]));
}
