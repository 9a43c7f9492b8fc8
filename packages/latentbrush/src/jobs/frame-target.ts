import { rm, rmdir } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import {
  createAnimation,
  withRecipeOptions,
  writePicture,
  type Picture,
  type Recipe,
} from '../image/index.ts';
import { willWrite } from './files-in-use.ts';
import { checkEmptyFolder, makeTargetFolder } from './target-file.ts';

/** The target of an animation's frames: one file, or a folder with a picture for each. */
export interface FrameTarget {
  /** @param unfinished whether the frame was interrupted: a picture of a folder records this in its recipe */
  add(frame: Picture, unfinished?: boolean): Promise<void>;
  /**
   * Ends the animation as it is.
   * @param recipe recipe of the finished animation; frames of a folder already have their own, with their
   * number
   */
  finish(recipe?: Recipe): Promise<void>;
  /** Removes everything: the animation, the pictures of frames, the folder that was made for them. */
  discard(): Promise<void>;
}

/** Facts about an animation before its first frame. */
export interface FrameTargetOptions {
  readonly framesPerSecond?: number | undefined;
  /** How long to show each frame, in milliseconds, instead of `framesPerSecond`. */
  readonly delays?: readonly number[] | undefined;
  /** Number of repetitions; 0 (the default) means forever. */
  readonly loop?: number | undefined;
  readonly frames: number;
  readonly recipe: Recipe;
}

/**
 * Checks the target of an animation before any work.
 * @throws InputError when it would overwrite an input, or is a folder that cannot be made or contains files
 */
export async function checkFrameTarget(path: string): Promise<void> {
  if (extname(path) === '') await checkEmptyFolder(path, 'the frames');
  else await willWrite(path);
}

/**
 * Opens the target of an animation: a path with an extension is a file, another one a folder. Errors of the
 * target are found here, before any work.
 * @param size of the frames
 * @throws InputError when it cannot be written
 */
export async function openFrames(
  path: string,
  { height, width }: { readonly height: number; readonly width: number },
  options: FrameTargetOptions,
): Promise<FrameTarget> {
  if (extname(path) !== '') {
    await willWrite(path);
    return createAnimation(path, { height, width, ...options });
  }
  const { frames, recipe } = options;
  await checkEmptyFolder(path, 'the frames');
  const digits = String(frames).length;
  const written: string[] = [];
  let madeFolder: string | undefined;
  return {
    async add(picture, unfinished = false) {
      if (written.length === 0) madeFolder = await makeTargetFolder(path);
      const frame = written.length + 1;
      const name = `frame-${String(frame).padStart(digits, '0')}.png`;
      const made = { frame, ...(unfinished && { stoppedAt: { frame, unfinished } }) };
      await writePicture(join(path, name), picture, { recipe: withRecipeOptions(recipe, made) });
      written.push(name);
    },
    finish: () => Promise.resolve(),
    discard: () => removeFrames(path, written, madeFolder),
  };
}

// Files of others stay. Failures to remove files are not reported: the error that ended the animation matters
// more.
async function removeFrames(
  folder: string,
  names: readonly string[],
  made: string | undefined,
): Promise<void> {
  try {
    for (const name of names) await rm(join(folder, name), { force: true });
    if (made === undefined) return;
    const outermost = resolve(made);
    for (let at = resolve(folder); at.length >= outermost.length; at = dirname(at)) await rmdir(at);
  } catch {
    return;
  }
}
