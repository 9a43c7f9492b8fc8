import { InputError } from '@latentbrush/engine';
import { readPictureSize, sizeWithin } from '../image/index.ts';

/**
 * Looks at the headers of all frames of a film before the first is worked on.
 * @param longest longest side that larger frames are brought to
 * @throws InputError naming the first that is no picture, or of another size than those before it
 * @throws the signal's reason when it aborts
 */
export async function checkFrameSizes(
  paths: readonly string[],
  longest: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  let expected: { readonly height: number; readonly width: number } | undefined;
  for (const path of paths) {
    signal.throwIfAborted();
    const stored = await readPictureSize(path);
    const { height, width } = longest === undefined ? stored : sizeWithin(stored, longest);
    expected ??= { height, width };
    if (height !== expected.height || width !== expected.width) {
      throw new InputError(
        `${path}: the frame is ${width}x${height}, those before it ${expected.width}x${expected.height}; frames must be of one size`,
      );
    }
  }
}
