import { z } from 'zod';
import { storedOptions } from '../renamed-options.ts';
import { datasetRecord } from '../runs/dataset-record.ts';
import type { RunKind } from '../runs/training-run.ts';
import { progressSchema, type Progress } from '../training/index.ts';
import { storedTrainOptions, type TrainOptions } from './options.ts';

const extraSchema = z.object({
  dataset: datasetRecord,
  architecture: z.object({
    kind: z.enum(['book', 'residual']),
    size: z.int().min(2).max(4096),
    channels: z.literal([1, 3]),
    latent: z.int().min(1).max(65_536),
    filters: z.int().min(1).max(4096),
    boundedVariance: z.boolean().default(false), // version 0.1 had none
  }),
});

/** The records of a run besides its options. */
export type VaeExtra = z.output<typeof extraSchema>;

const storedSums = z.object({
  lossSum: z.number(),
  reconstructionSum: z.number(),
  klSum: z.number(),
  steps: z.int(),
  epochsEnded: z.int(),
});

// The format of versions up to 0.1, which stored no best epoch.
function migrate(stored: unknown): unknown {
  const old = storedSums.safeParse(stored);
  if (!old.success) return stored;
  const {
    lossSum: loss,
    reconstructionSum: reconstruction,
    klSum: kl,
    steps: weight,
    epochsEnded,
  } = old.data;
  const sums = { loss, reconstruction, kl };
  return { epochsEnded, bestLoss: null, epochsWithoutBest: 0, sums, weight, counts: {} };
}

/** Runs of VAEs. */
export const vaeRuns: RunKind<TrainOptions, VaeExtra, Progress> = {
  system: 'vae',
  options: storedOptions(storedTrainOptions),
  extra: extraSchema,
  progress: progressSchema(z.object({}), migrate),
  identity: ({ dataset }) => dataset.sha256,
};
