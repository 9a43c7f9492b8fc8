import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { option, OptionError, words } from '../words.ts';

/** In how many parts each batch is computed. */
export const shardsOption = z
  .int()
  .min(1)
  .max(64)
  .optional()
  .describe(
    'parts of each batch that are computed at the same time; the same number gives the same results (default: by batch and processors)',
  );

/** The options that determine the shards of a batch. */
interface Batch {
  readonly batchSize: number;
  readonly shards?: number | undefined;
  readonly threads?: number | undefined;
}

/**
 * The number of shards of a new training.
 * @param smallest a shard of fewer examples is not worth a thread
 * @param whole why the batch cannot be divided; undefined if it can
 * @throws OptionError when the given number does not divide the batch
 */
export function chosenShards(
  { batchSize, shards: given, threads = availableParallelism() }: Batch,
  { smallest, whole }: { readonly smallest: number; readonly whole?: string | undefined },
): number {
  if (given === 1) return 1;
  if (given === undefined) {
    let count = whole === undefined ? Math.max(1, Math.min(threads, Math.floor(batchSize / smallest))) : 1;
    while (batchSize % count !== 0) count -= 1;
    return count;
  }
  if (whole !== undefined) throw new OptionError(words`${option('shards')} ${given}: ${whole}; set it to 1`);
  if (batchSize % given !== 0)
    throw new OptionError(
      words`${option('shards')} ${given}: does not divide a batch of ${batchSize}; choose a number that does`,
    );
  return given;
}
