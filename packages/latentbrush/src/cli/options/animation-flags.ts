import { InputError } from '@latentbrush/engine';
import { extname } from 'node:path';
import { counted } from '../../counted.ts';
import { countPictures } from '../../image/index.ts';
import { isFolder } from '../../jobs/target-file.ts';
import { isAnimation } from '../../jobs/latent/animation.ts';

/**
 * Refuses to write an animation as one picture.
 * @param path what the animation is made of
 * @throws InputError when the target is a picture and no animation
 */
export async function checkAnimationTarget(target: string, path: string): Promise<void> {
  if (extname(target) === '' || isAnimation(target) || (await isFolder(path))) return;
  const { count } = await countPictures(path);
  throw new InputError(
    `${target}: is for one picture, and ${path} has ${counted(count, 'frame')}; write -o ${target.slice(0, -extname(target).length)}.gif (or .webp, .mp4, a folder), or choose one with --frame 1`,
  );
}

/** @throws InputError when `--fps` was given, and nothing that moves is written */
export function checkSpeedFlag(
  framesPerSecond: number | undefined,
  isAnimated: boolean,
  target: string,
): void {
  if (framesPerSecond === undefined || (isAnimated && extname(target) !== '')) return;
  throw new InputError(
    '--fps: pictures have no speed; leave it out, or make an animation: of an animated picture or a folder of frames, with -o as .gif, .webp or .mp4',
  );
}

/** @throws InputError when one frame of a folder was asked for: the frame is a file there */
export async function checkFrameFlag(path: string, number: number | undefined): Promise<void> {
  if (number === undefined || !(await isFolder(path))) return;
  throw new InputError(`--frame: ${path} is a folder; name the file of that frame in place of it`);
}
