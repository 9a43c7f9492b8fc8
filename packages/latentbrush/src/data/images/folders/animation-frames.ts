import { InputError } from '@latentbrush/engine';
import { counted } from '../../../counted.ts';
import type { ReadingRules } from '../../../files/list-files.ts';
import { fitWithin, readPicture, readPictureSize, sizeWithin, type Picture } from '../../../image/index.ts';
import { listPictures } from './picture-folder.ts';

/** The frames of an animation, as {@link findFrames} finds them in a folder. */
export interface AnimationFrames {
  readonly folder: string;
  /** Paths of all pictures of the folder, in order. */
  readonly pictures: readonly string[];
  /** Paths of the frames of the animation, by their headers. */
  readonly paths: readonly string[];
  /** Height of the frames in pixels, after reading. */
  readonly height: number;
  /** Width of the frames in pixels, after reading. */
  readonly width: number;
  /** Longest side in pixels; larger frames are made smaller. */
  readonly longest: number | undefined;
}

/** @deprecated Use `AnimationFrames`. */
export type FilmFrames = AnimationFrames;

/** How to find the frames of an animation. */
export interface FrameOptions {
  /** Longest side in pixels; larger frames are resized to it. Default: no limit. */
  readonly longest?: number | undefined;
  /** How to list the folder; default: by the newest rules. */
  readonly rules?: ReadingRules | undefined;
  /**
   * Called at once for each picture and link that is left out, with the reason, which begins with the path. Default: no call.
   */
  readonly leftOut?: ((path: string, reason: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Size = Pick<Picture, 'height' | 'width'>;

/**
 * Finds the frames of an animation: the pictures of a folder, in natural order. Only headers are read. Pictures that cannot be read are
 * left out, and so are those whose size is not the size of at least half of them.
 * @throws InputError when the folder or all of its pictures cannot be read, or no single size is that of at least half of them
 * @throws the signal's reason when it aborts
 * @example
 * const { paths, width, height } = await data.findFrames('frames', { longest: 100 });
 * console.log(paths.length); // 2
 */
export async function findFrames(folder: string, options: FrameOptions = {}): Promise<AnimationFrames> {
  const { longest, rules, leftOut, signal } = options;
  const pictures = await listPictures(folder, { leftOut, rules });
  const sizes = new Map<string, Size>();
  let unreadable: string | undefined;
  for (const path of pictures) {
    signal?.throwIfAborted();
    try {
      const stored = await readPictureSize(path);
      sizes.set(path, longest === undefined ? stored : sizeWithin(stored, longest));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      unreadable ??= error.message;
      leftOut?.(path, error.message);
    }
  }
  if (unreadable !== undefined && sizes.size === 0) throw noFrames(folder, pictures.length, unreadable);
  const size = commonSize(sizes);
  const paths: string[] = [];
  for (const [path, own] of sizes) {
    if (isSame(own, size)) paths.push(path);
    else leftOut?.(path, otherSize(path, own, size));
  }
  return { folder, pictures, paths, ...size, longest };
}

/**
 * Reads the frames of an animation one after the other. Damaged ones are left out.
 * @param leftOut called at once for each of these, with the reason; default: no call
 * @throws InputError when none can be read
 * @example
 * for await (const frame of data.readFrames(await data.findFrames('frames'))) console.log(frame.width);
 */
export async function* readFrames(
  frames: AnimationFrames,
  leftOut?: FrameOptions['leftOut'],
): AsyncGenerator<Picture, void, undefined> {
  let isOneRead = false;
  let unreadable = '';
  for (const path of frames.paths) {
    const frame = await readFrame(path, frames);
    if (typeof frame !== 'string') {
      isOneRead = true;
      yield frame;
      continue;
    }
    unreadable ||= frame;
    leftOut?.(path, frame);
  }
  if (!isOneRead) throw noFrames(frames.folder, frames.paths.length, unreadable);
}

/** @returns the frame, or the reason why there is none */
async function readFrame(path: string, animation: AnimationFrames): Promise<Picture | string> {
  try {
    const stored = await readPicture(path);
    const frame = animation.longest === undefined ? stored : fitWithin(stored, animation.longest);
    return isSame(frame, animation) ? frame : otherSize(path, frame, animation);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/**
 * The size of at least half of them, and of more than any other. A few other sizes are mistakes; without such a size, it is unclear which
 * are.
 */
function commonSize(sizes: ReadonlyMap<string, Size>): Size {
  const counts = new Map<string, number>();
  for (const size of sizes.values()) counts.set(keyOf(size), (counts.get(keyOf(size)) ?? 0) + 1);
  let first: Size | undefined;
  let other: [string, Size] | undefined;
  for (const [path, size] of sizes) {
    const count = counts.get(keyOf(size))! * 2;
    const isTied = count === sizes.size && counts.size === 2;
    if (count >= sizes.size && !isTied) return size;
    first ??= size;
    if (!isSame(size, first)) other ??= [path, size];
  }
  const [path, { height, width }] = other!; // there are at least two sizes
  throw new InputError(
    `${path}: the frame is ${width}x${height}, those before it ${first!.width}x${first!.height}; all frames must have the same size`,
  );
}

function keyOf({ height, width }: Size): string {
  return `${width}x${height}`;
}

function isSame(a: Size, b: Size): boolean {
  return a.height === b.height && a.width === b.width;
}

function otherSize(path: string, size: Size, wanted: Size): string {
  return `${path}: the frame is ${keyOf(size)}, most are ${keyOf(wanted)}; all frames must have the same size`;
}

function noFrames(folder: string, count: number, unreadable: string): InputError {
  return new InputError(
    `${folder}: none of its ${counted(count, 'picture')} can be read; the first: ${unreadable}`,
  );
}
