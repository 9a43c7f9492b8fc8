import { z } from 'zod';
import { datasetRecord } from '../runs/dataset-record.ts';
import type { RunKind } from '../runs/training-run.ts';
import { trainOptions, type TrainOptions } from './options.ts';

const extraSchema = z.object({
  dataset: datasetRecord,
  architecture: z.object({
    kind: z.enum(['book', 'residual']),
    size: z.int().min(2).max(4096),
    channels: z.literal([1, 3]),
    latent: z.int().min(1).max(65_536),
    filters: z.int().min(1).max(4096),
  }),
});

/** What a run remembers besides its options. */
export type VaeExtra = z.output<typeof extraSchema>;

const progressSchema = z.object({
  lossSum: z.number(),
  reconstructionSum: z.number(),
  klSum: z.number(),
  steps: z.int(),
  epochsEnded: z.int(),
});

/** What training counts across checkpoints: sums over the epoch's steps, and the epochs after which everything was measured and shown. */
export type VaeProgress = z.output<typeof progressSchema>;

/** Runs of VAEs. */
export const vaeRuns: RunKind<TrainOptions, VaeExtra, VaeProgress> = {
  system: 'vae',
  options: trainOptions,
  extra: extraSchema,
  progress: progressSchema,
};
