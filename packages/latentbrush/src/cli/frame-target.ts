import { extname, join } from 'node:path';
import {
  createAnimation,
  withRecipeOptions,
  writePicture,
  type Picture,
  type Recipe,
} from '../image/index.ts';
import { checkEmptyFolder, makeTargetFolder } from './target-file.ts';

/** Where the frames of a film go: one animation, or a folder with a picture for each. */
export interface FrameTarget {
  add(frame: Picture): Promise<void>;
  /**
   * Ends the film as it is.
   * @param recipe of the film as it came to be; frames of a folder have theirs already, with their number
   */
  finish(recipe?: Recipe): Promise<void>;
  /** Leaves no animation; pictures in a folder stay. */
  discard(): Promise<void>;
}

/** What is known of a film before its first frame. */
export interface FilmOptions {
  readonly framesPerSecond: number;
  readonly frames: number;
  readonly recipe: Recipe;
}

/**
 * Opens the target of a film: a path with an extension is an animation, another one a folder. What can be wrong with it is found
 * here, before any work.
 * @param size of the frames
 * @throws InputError when it cannot be written
 */
export async function openFrames(
  path: string,
  { height, width }: { readonly height: number; readonly width: number },
  { framesPerSecond, frames, recipe }: FilmOptions,
): Promise<FrameTarget> {
  if (extname(path) !== '') return createAnimation(path, { height, width, framesPerSecond, frames, recipe });
  await checkEmptyFolder(path, 'the frames');
  const digits = String(frames).length;
  let count = 0;
  return {
    async add(frame) {
      if (count === 0) await makeTargetFolder(path);
      count += 1;
      const name = `frame-${String(count).padStart(digits, '0')}.png`;
      await writePicture(join(path, name), frame, { recipe: withRecipeOptions(recipe, { frame: count }) });
    },
    finish: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  };
}
