import { animationFormatOf, createAnimation, montage, type Picture } from '../image/index.ts';
import type { Output } from './output.ts';

/** Whether a path is that of an animation. */
export function isAnimation(path: string): boolean {
  try {
    animationFormatOf(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Writes pictures as an animation and says so.
 * @param scale how many times each pixel is enlarged
 */
export async function animated(
  path: string,
  pictures: readonly Picture[],
  scale: number,
  framesPerSecond: number,
  output: Output,
): Promise<void> {
  const frames = pictures.map((picture) => montage([picture], { gap: 0, scale }));
  const { height, width } = frames[0]!;
  const file = await createAnimation(path, { height, width, framesPerSecond, frames: frames.length });
  try {
    for (const frame of frames) await file.add(frame);
    await file.finish();
  } finally {
    await file.discard();
  }
  output.event({ type: 'done', path, frames: frames.length });
  output.text(`${path}\n`);
}
