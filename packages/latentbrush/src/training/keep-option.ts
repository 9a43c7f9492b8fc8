import { z } from 'zod';

/** The number of checkpoints to keep: an option of every training. */
export const keepOption = z
  .int()
  .min(1)
  .max(1_000_000)
  .default(2)
  .describe('number of newest checkpoints to keep, in addition to the best one');
