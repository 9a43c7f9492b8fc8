import { InputError } from '@latentbrush/engine';
import { counted } from '../../counted.ts';
import {
  animationFormatOf,
  createAnimation,
  montage,
  withRecipeOptions,
  type Picture,
  type Recipe,
} from '../../image/index.ts';
import { willWrite } from '../files-in-use.ts';
import type { JobWork } from '../job.ts';
import { storable } from './storable-recipe.ts';

/** Speed of an animation from a model. */
export const FRAMES_PER_SECOND = 20;

/** An animation of generated pictures. */
export interface LatentAnimation {
  /** Its pictures, in order. */
  readonly pictures: AsyncIterable<Picture> | Iterable<Picture>;
  /** Number of pictures. */
  readonly total: number;
  /** Whether it then plays backwards, from the second last to the second frame. */
  readonly back?: boolean;
  /** Factor by which each pixel is enlarged. */
  readonly scale: number;
  readonly framesPerSecond: number;
  /** Number of pictures after which it ends, because the original was interrupted there. */
  readonly until?: number | undefined;
  readonly recipe: Recipe;
}

/** Whether a path names an animation. */
export function isAnimation(path: string): boolean {
  try {
    animationFormatOf(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Writes pictures as an animation and reports it. When aborted, the animation ends with the pictures it has.
 * @throws InputError when the path does not name an animation
 * @throws the signal's reason when it aborts before the first picture
 */
export async function writeLatentAnimation(
  path: string,
  { pictures, total, back = false, scale, framesPerSecond, until = total, recipe: made }: LatentAnimation,
  work: JobWork,
): Promise<void> {
  const { report, signal } = work;
  animationFormatOf(path);
  await willWrite(path);
  const frames: Picture[] = [];
  for await (const picture of pictures) {
    if (signal.aborted) break;
    frames.push(montage([picture], { gap: 0, scale }));
    await report.progress(frames.length, total, 'frames');
    await work.preview(() => picture);
    if (frames.length === until) break;
  }
  const [first] = frames;
  if (first === undefined) {
    signal.throwIfAborted();
    throw new InputError(`${path}: the animation has no frames`);
  }
  const done = frames.length;
  const recipe = done < total ? withRecipeOptions(made, { stoppedAt: { frame: done } }) : made;
  if (back && done === total) frames.push(...frames.slice(1, -1).reverse());
  const { height, width } = first;
  const size = { height, width, framesPerSecond, frames: frames.length };
  const file = await createAnimation(path, { ...size, ...(await storable(recipe, work)) });
  try {
    for (const frame of frames) await file.add(frame);
    await file.finish();
  } finally {
    await file.discard();
  }
  const reached = done < Math.min(until, total) ? `${done} of ${counted(total, 'frame')}` : undefined;
  await report.done({ path, reached, figures: { frames: frames.length } });
}
