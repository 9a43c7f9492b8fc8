import { availableMemory } from 'node:process';
import { option, words, type Words } from '../../words.ts';

/**
 * A warning when a training needs more memory than is free; undefined when it is enough.
 * @param memory bytes that the training needs
 * @param free bytes that it can use (default: what is free, and what this process has already)
 */
export function memoryWarning(
  memory: number,
  free = availableMemory() + process.memoryUsage.rss(),
): Words | undefined {
  if (memory <= free) return undefined;
  return words`about ${mebibytes(memory)} of memory are needed, and ${mebibytes(free)} are free; lower ${option('batchSize')}, or close other programs`;
}

/** Bytes as people read them in the terminal: `270 MiB`. */
export function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
