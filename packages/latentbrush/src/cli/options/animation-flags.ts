import { InputError } from '@latentbrush/engine';
import { extname } from 'node:path';
import { counted } from '../../counted.ts';
import { countPictures } from '../../image/index.ts';
import { isFolder } from '../../jobs/target-file.ts';
import { isAnimation } from '../../jobs/latent/animation.ts';

/**
 * Refuses to write an animation as one picture.
 * @param path the source of the frames
 * @throws InputError when the target is a picture, not an animation
 */
export async function checkAnimationTarget(target: string, path: string): Promise<void> {
  if (extname(target) === '' || isAnimation(target) || (await isFolder(path))) return;
  const { count } = await countPictures(path);
  throw new InputError(
    `${target}: is a single picture, but ${path} has ${counted(count, 'frame')}; write -o ${target.slice(0, -extname(target).length)}.gif (or .webp, .mp4, a folder), or choose one with --frame 1`,
  );
}

/** @throws InputError when `--fps` was given but the output is not an animation */
export function checkSpeedFlag(
  framesPerSecond: number | undefined,
  isAnimated: boolean,
  target: string,
): void {
  if (framesPerSecond === undefined || (isAnimated && extname(target) !== '')) return;
  throw new InputError(
    '--fps: a single picture has no speed; leave it out, or make an animation with -o as .gif, .webp or .mp4',
  );
}

/** @throws InputError when the source is a folder: each frame is a file there */
export async function checkFrameFlag(path: string, number: number | undefined): Promise<void> {
  if (number === undefined || !(await isFolder(path))) return;
  throw new InputError(`--frame: ${path} is a folder; give the file of that frame instead`);
}
