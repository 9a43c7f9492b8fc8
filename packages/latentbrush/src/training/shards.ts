import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { option, OptionError, words } from '../words.ts';

/**
 * The option for the number of parts in which each batch is computed.
 * @param otherwise how a system chooses the number if none is given
 */
export function shardsOption(otherwise: string) {
  return z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe(
      `parts of each batch that are computed at the same time; the same number gives the same results (default: ${otherwise})`,
    );
}

/** The options that determine the shards of a batch. */
interface Batch {
  readonly batchSize: number;
  readonly shards?: number | undefined;
  readonly threads?: number | undefined;
}

/** What limits the shards of a batch. */
interface ShardRules {
  /** A shard of fewer examples is not worth a thread. */
  readonly smallest: number;
  /** Why the batch cannot be divided; undefined if it can. */
  readonly whole?: string | undefined;
}

/**
 * The number of shards of a training.
 * @param isNew whether it is new; a run that continues keeps its number, and a run of version 0.1.0, which recorded none, is not divided
 * @throws OptionError when the given number does not divide the batch
 */
export function chosenShards(
  { batchSize, shards: given, threads = availableParallelism() }: Batch,
  { smallest, whole }: ShardRules,
  isNew: boolean,
): number {
  if (given === 1) return 1;
  if (given === undefined) {
    if (!isNew || whole !== undefined) return 1;
    let count = Math.max(1, Math.min(threads, Math.floor(batchSize / smallest)));
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
