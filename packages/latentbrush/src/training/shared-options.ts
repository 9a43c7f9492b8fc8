import { z } from 'zod';

/** The number of newest checkpoints to keep. */
const keep = z
  .int()
  .min(1)
  .max(1_000_000)
  .default(2)
  .describe('number of newest checkpoints to keep, in addition to the best one');

const seed = z.int().min(0).default(1).describe('seed of all randomness');

const threads = z.int().min(1).max(1024).optional().describe('processor threads (default: all)');

/** Options of every training. */
export const sharedOptions = { keep, seed, threads };

/** The channels of the training pictures. */
export const channelsOption = z
  .literal([1, 3])
  .optional()
  .describe("1 for grey, 3 for colour (default: the data set's own)");
