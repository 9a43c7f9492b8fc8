import { animationFormatOf, createAnimation, montage, type Picture } from '../image/index.ts';
import { conclude, countOf } from './conclude.ts';
import type { Output } from './output.ts';
import { willWrite } from '../jobs/files-in-use.ts';

/** Whether a path is that of an animation. */
export function isAnimation(path: string): boolean {
  try {
    animationFormatOf(path);
    return true;
  } catch {
    return false;
  }
}

/** A film of pictures that a model makes. */
export interface LatentFilm {
  /** Its pictures, one after the other. */
  readonly pictures: AsyncIterable<Picture> | Iterable<Picture>;
  /** How many there are. */
  readonly total: number;
  /** After them come those before the last again, back to the second. */
  readonly back?: boolean;
  /** How many times each pixel is enlarged. */
  readonly scale: number;
  readonly framesPerSecond: number;
}

/**
 * Writes pictures as an animation and says so; interrupted, the film ends with the pictures it has.
 * @throws the signal's reason when it aborts before the first picture
 */
export async function animated(
  path: string,
  { pictures, total, back = false, scale, framesPerSecond }: LatentFilm,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
): Promise<void> {
  await willWrite(path);
  const frames: Picture[] = [];
  for await (const picture of pictures) {
    if (signal.aborted) break;
    frames.push(montage([picture], { gap: 0, scale }));
    output.progress(frames.length, total, 'frames');
  }
  const [first] = frames;
  if (first === undefined) {
    signal.throwIfAborted();
    return;
  }
  const done = frames.length;
  if (back && done === total) frames.push(...frames.slice(1, -1).reverse());
  const { height, width } = first;
  const file = await createAnimation(path, { height, width, framesPerSecond, frames: frames.length });
  try {
    for (const frame of frames) await file.add(frame);
    await file.finish();
  } finally {
    await file.discard();
  }
  const { interrupted } = countOf(done, total, 'frame');
  conclude(output, path, { interrupted, figures: { frames: frames.length } });
}
