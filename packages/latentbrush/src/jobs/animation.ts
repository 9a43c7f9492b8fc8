import { InputError } from '@latentbrush/engine';
import { counted } from '../counted.ts';
import { withRecipeOptions, writePicture, type Picture, type Recipe } from '../image/index.ts';
import { checkFrameTarget, openFrames, type FrameTargetOptions, type FrameTarget } from './frame-target.ts';
import type { JobWork } from './job.ts';
import { checkTarget } from './target-file.ts';

/** A frame of an animation. */
export interface MadeFrame {
  /** From 1. */
  readonly frame: number;
  readonly picture: Picture;
  /** Whether it was interrupted before it was complete. */
  readonly isAborted: boolean;
}

/** An animation before its first frame is made. */
export interface Animation {
  /** Its speed. */
  readonly speed: Pick<FrameTargetOptions, 'framesPerSecond' | 'delays' | 'loop'>;
  /** Its number of frames, if known before reading. */
  readonly total: number;
  readonly recipe: Recipe;
  /**
   * Size of its frames in pixels, if known in advance: then the target is opened before any work.
   */
  readonly size?: { readonly height: number; readonly width: number } | undefined;
  /** Its frames, in order. All have the same size. */
  readonly frames: () => AsyncIterable<MadeFrame>;
  /** What to report about all frames before the end. */
  readonly conclude?: (() => Promise<void>) | undefined;
}

/** The part of an animation to write. */
export interface AnimationPart {
  /** Only this frame, as a picture. */
  readonly frame?: number | undefined;
  /** The frames up to this one. */
  readonly stoppedAt?: { readonly frame: number } | undefined;
}

/**
 * Writes an animation into a file or a folder, or one frame of it. When aborted, the animation ends with the
 * frames it has.
 */
export function writeAnimation(
  animation: Animation,
  target: string,
  { frame, stoppedAt }: AnimationPart,
  work: JobWork,
): Promise<void> {
  return frame === undefined
    ? writeFrames(animation, target, stoppedAt?.frame ?? animation.total, work)
    : writeFrame(animation, target, frame, work);
}

async function writeFrames(
  { speed, total, recipe, size, frames, conclude }: Animation,
  target: string,
  until: number,
  { report, signal }: JobWork,
): Promise<void> {
  const open = (of: { readonly height: number; readonly width: number }): Promise<FrameTarget> =>
    openFrames(target, of, { ...speed, frames: total, recipe });
  if (size === undefined) await checkFrameTarget(target);
  let file = size && (await open(size));
  const before = report.leftOutCount;
  // Damaged frames do not count.
  const all = (): number => total - (report.leftOutCount - before);
  let count = 0;
  let aborted = false;
  try {
    for await (const { frame, picture, isAborted } of frames()) {
      file ??= await open(picture);
      aborted = isAborted;
      await file.add(picture, aborted);
      count = frame;
      await report.progress(frame, total, 'frames', { type: 'frame', frame, total });
      if (count === until) break;
    }
    if (count === 0) signal.throwIfAborted();
    if (file === undefined) throw new InputError(`${target}: the animation has no frames`);
    const stoppedAt = { frame: count, ...(aborted && { unfinished: true }) };
    await file.finish(aborted || count < all() ? withRecipeOptions(recipe, { stoppedAt }) : recipe);
  } catch (error) {
    await file?.discard();
    throw error;
  }
  const fewer = count < Math.min(until, all()) ? `${count} of ${counted(all(), 'frame')}` : undefined;
  const reached = aborted ? `the first of ${counted(total, 'frame')}, incomplete` : fewer;
  await conclude?.();
  await report.done({ path: target, reached, figures: { frames: count } });
}

// Each frame may need those before it.
async function writeFrame(
  { recipe, frames, conclude }: Animation,
  target: string,
  wanted: number,
  { report, signal }: JobWork,
): Promise<void> {
  await checkTarget(target);
  for await (const { frame, picture } of frames()) {
    await report.progress(frame, wanted, 'frames', { type: 'frame', frame, total: wanted });
    if (frame < wanted) continue;
    await writePicture(target, picture, { recipe: withRecipeOptions(recipe, { frame }) });
    await conclude?.();
    await report.done({ path: target });
    return;
  }
  signal.throwIfAborted();
  throw new InputError(`frame ${wanted}: the animation ends before it; choose one of its frames`);
}
