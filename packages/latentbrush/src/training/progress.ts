import { z } from 'zod';
import type { Metrics } from './task.ts';

/** What the training loop counts across checkpoints. */
export interface Progress<Counts extends object = object> {
  /** Epochs after which everything was measured, shown and saved. */
  readonly epochsEnded: number;
  /** The lowest loss of an epoch so far; null before the first. */
  readonly bestLoss: number | null;
  readonly epochsWithoutBest: number;
  /** Of the epoch so far: the weighted sums of its metrics, and the weights together. */
  readonly sums: Metrics;
  readonly weight: number;
  /** What the system counts. */
  readonly counts: Counts;
}

/**
 * The schema of a system's progress, by which checkpoints are read.
 * @param counts of what the system counts
 * @param migrate turns what earlier versions stored into what this one stores, and leaves all else as it is (default: nothing)
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

/** The progress of a training that begins. */
export const beginningProgress: Omit<Progress, 'counts'> = {
  epochsEnded: 0,
  bestLoss: null,
  epochsWithoutBest: 0,
  sums: {},
  weight: 0,
};

/** Weighted sums of an epoch's metrics with one more step. */
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
