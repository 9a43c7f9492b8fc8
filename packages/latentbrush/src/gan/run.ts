import { z } from 'zod';
import { storedOptions } from '../renamed-options.ts';
import { datasetRecord } from '../runs/dataset-record.ts';
import type { RunKind } from '../runs/training-run.ts';
import { beginningProgress, progressSchema, type Progress } from '../training/index.ts';
import { SIZES, trainOptions, type TrainOptions } from './options.ts';

/** The records of a run besides its options. */
const extraSchema = z.object({
  dataset: datasetRecord,
  architecture: z.object({
    kind: z.enum(['book', 'dcgan']),
    size: z.literal(SIZES),
    channels: z.literal([1, 3]),
    latent: z.int().min(1).max(1024),
    filters: z.int().min(4).max(512),
    spectralNorm: z.boolean(),
    discriminatorBatchNorm: z.boolean(),
    classes: z.int().min(0).max(100_000),
  }),
  /** Names of the classes; empty for a model without classes. */
  classes: z.array(z.string()),
});

/** The records of a run besides its options. */
export type GanExtra = z.output<typeof extraSchema>;

const countsSchema = z.object({
  realAccuracy: z.number(),
  generatedAccuracy: z.number(),
  diversity: z.number(),
  warnedAt: z.number(),
});

/** State of a GAN in checkpoints: running means of its measurements, and the step of the last warning. */
export type GanCounts = z.output<typeof countsSchema>;

// Versions up to 0.1 stored only the counts.
function migrate(stored: unknown): unknown {
  const counts = countsSchema.safeParse(stored);
  return counts.success ? { ...beginningProgress, counts: counts.data } : stored;
}

/** Runs of GANs. */
export const ganRuns: RunKind<TrainOptions, GanExtra, Progress<GanCounts>> = {
  system: 'gan',
  options: storedOptions(trainOptions),
  extra: extraSchema,
  progress: progressSchema(countsSchema, migrate),
  identity: ({ dataset }) => dataset.sha256,
};
