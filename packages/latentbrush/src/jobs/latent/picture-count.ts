import { OptionError, words, type Words } from '../../words.ts';

/** Largest number of values in the pictures of a job: 1 GiB of float32. */
const MOST_VALUES = 2 ** 28;

/**
 * Refuses more pictures than fit in memory, before any work.
 * @param options the options that request them, for the message
 * @throws OptionError when there are too many
 */
export function checkPictureCount(
  count: number,
  { size, channels }: { readonly size: number; readonly channels: number },
  options: Words,
): void {
  const most = Math.floor(MOST_VALUES / (channels * size ** 2));
  if (count <= most) return;
  throw new OptionError(
    words`${options}: ${count} pictures of ${size}x${size} were requested; at most ${most} can be made at once`,
  );
}
