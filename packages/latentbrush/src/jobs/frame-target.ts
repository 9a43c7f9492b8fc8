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

/** Where the frames of an animation go: one file, or a folder with a picture for each. */
export interface FrameTarget {
  /** @param unfinished whether its making was interrupted: a picture of a folder says so in its recipe */
  add(frame: Picture, unfinished?: boolean): Promise<void>;
  /**
   * Ends the animation as it is.
   * @param recipe of the animation as it came to be; frames of a folder have theirs already, with their number
   */
  finish(recipe?: Recipe): Promise<void>;
  /** Leaves no trace: no animation, no picture of a frame, no folder that was made for them. */
  discard(): Promise<void>;
}

/** What is known of an animation before its first frame. */
export interface FrameTargetOptions {
  readonly framesPerSecond?: number | undefined;
  /** How long each frame stands in an animation, in milliseconds, in place of `framesPerSecond`. */
  readonly delays?: readonly number[] | undefined;
  /** How often an animation plays; 0 for ever (default). */
  readonly loop?: number | undefined;
  readonly frames: number;
  readonly recipe: Recipe;
}

/**
 * Checks, before any work, where an animation will go.
 * @throws InputError when it would overwrite an input, or is a folder that cannot be made or holds files
 */
export async function checkFrameTarget(path: string): Promise<void> {
  if (extname(path) === '') await checkEmptyFolder(path, 'the frames');
  else await willWrite(path);
}

/**
 * Opens the target of an animation: a path with an extension is a file, another one a folder. What can be wrong with it is found
 * here, before any work.
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

// What somebody else put there stays. Nothing is said of what cannot be removed: the error that ended the animation is the one to tell.
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
