import { availableParallelism } from 'node:os';

/** How many pictures are processed at the same time: one for each processor, at most 8, so that memory stays bounded. */
export const WORKERS = Math.max(2, Math.min(8, availableParallelism()));

/**
 * Runs a task for each number below `count`, several at the same time. @throws the error of a task, or the signal's reason when it aborts;
 * then no new task starts
 */
export async function inParallel(
  count: number,
  work: (index: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      signal?.throwIfAborted();
      const index = next++;
      try {
        await work(index);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, WORKERS) }, worker));
}
