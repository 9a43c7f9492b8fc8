import { OptionError, words, type Words } from '../../words.ts';

/** Most values of the pictures that a job makes: 1 GiB of float32. */
const MOST_VALUES = 2 ** 28;

/**
 * Refuses, before any is made, more pictures than memory should hold.
 * @param options what asks for them, for the message
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
    words`${options}: ${count} pictures of ${size}x${size} were asked for; at most ${most} can be made at once`,
  );
}
