import { extname } from 'node:path';
import { counted } from '../counted.ts';
import {
  findFrames,
  holdingSeveral,
  noteOfSeveral,
  READING_RULES,
  readFrames,
  type ReadingRules,
} from '../data/index.ts';
import {
  countPictures,
  fitWithin,
  readAnimation,
  readPicture,
  sizeWithin,
  type AnimationOptions,
  type Picture,
} from '../image/index.ts';
import { option, OptionError, words } from '../words.ts';
import type { FolderInput } from './recipe-inputs.ts';
import { isFolder } from './target-file.ts';

/** The input frames of a job: the pictures of a folder, or an animated GIF or WebP. */
export interface AnimationSource {
  /** Name of its first frame in messages. */
  readonly name: string;
  /** Of every frame, in pixels. */
  readonly height: number;
  /** Of every frame, in pixels. */
  readonly width: number;
  readonly frames: number;
  /** All frames, in order. */
  readonly read: () => AsyncIterable<Picture>;
  /** The files that a recipe names. */
  readonly input: string | FolderInput;
  /** The records in a recipe for finding the same frames again and showing them at the same speed. */
  readonly recorded: Readonly<Record<string, unknown>>;
  /** Their speed. */
  readonly speed: Pick<AnimationOptions, 'framesPerSecond' | 'delays' | 'loop'>;
}

/** How to read the frames of an animation. */
export interface AnimationSourceOptions {
  /** Longest side in pixels; larger frames are made smaller. */
  readonly longest: number | undefined;
  /** Replaces the delays of an animation; default for a folder: 20. */
  readonly framesPerSecond?: number | undefined;
  /** Rules for listing a folder (default: the newest). */
  readonly rules?: ReadingRules | undefined;
  /** Called with each picture that is left out, and the reason. */
  readonly leftOut: (path: string, reason: string) => void;
  /** Called with notes about the frames, if there are any. */
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Speed of an animation of the pictures of a folder. */
const FRAMES_PER_SECOND = 20;

/**
 * Opens the frames of an animation.
 * @param path a folder of pictures, or an animated GIF or WebP
 * @throws InputError when it is neither, or cannot be read
 */
export async function openAnimation(path: string, options: AnimationSourceOptions): Promise<AnimationSource> {
  return (await isFolder(path)) ? openFolder(path, options) : openAnimatedFile(path, options);
}

async function openFolder(
  folder: string,
  {
    framesPerSecond = FRAMES_PER_SECOND,
    rules = READING_RULES,
    leftOut,
    note,
    ...options
  }: AnimationSourceOptions,
): Promise<AnimationSource> {
  const found = await findFrames(folder, { ...options, rules, leftOut });
  const { pictures, paths, height, width } = found;
  const several = noteOfSeveral(await holdingSeveral(paths));
  if (several !== undefined) note(several);
  return {
    name: paths[0]!,
    height,
    width,
    frames: paths.length,
    read: () => readFrames(found, leftOut),
    input: { folder, files: pictures },
    recorded: { framesPerSecond, rules },
    speed: { framesPerSecond },
  };
}

async function openAnimatedFile(
  path: string,
  { longest, framesPerSecond }: AnimationSourceOptions,
): Promise<AnimationSource> {
  const { delays, loop, frame, ...stored } = await readAnimation(path);
  const size = longest === undefined ? stored : sizeWithin(stored, longest);
  return {
    name: path,
    ...size,
    frames: delays.length,
    // oxlint-disable-next-line typescript/require-await -- frames of a folder are read when they are needed
    read: async function* () {
      for (const index of delays.keys())
        yield longest === undefined ? frame(index) : fitWithin(frame(index), longest);
    },
    input: path,
    recorded: framesPerSecond === undefined ? {} : { framesPerSecond },
    speed: framesPerSecond === undefined ? { delays, loop } : { framesPerSecond, loop },
  };
}

/** Whether a path has several frames: a folder or an animated file. */
export async function isAnimationPath(path: string): Promise<boolean> {
  return (await isFolder(path)) || (await countPictures(path)).isAnimation;
}

/** The extension of an output animation: that of its input. */
export function animationEnding(path: string): string {
  const ending = extname(path).toLowerCase();
  return ending === '.webp' ? ending : '.gif';
}

/**
 * Reads a picture, or one frame of an animation.
 * @param number number of the frame, from 1; undefined for a picture, or for the first frame
 * @throws InputError when it cannot be read, or has no such frame
 */
export async function readFrame(path: string, number: number | undefined): Promise<Picture> {
  if (number === undefined) return readPicture(path);
  const { count, isAnimation: hasFrames } = await countPictures(path);
  if (!hasFrames)
    throw new OptionError(
      words`${option('sourceFrame')}: ${path} is not an animated GIF or WebP and has no frames to choose from; leave it out`,
    );
  if (number > count)
    throw new OptionError(
      words`${option('sourceFrame')}: ${number} was given; ${path} has ${counted(count, 'frame')}`,
    );
  return (await readAnimation(path)).frame(number - 1);
}

/**
 * A note that only the first picture of a file with several is used. Undefined for a file with one
 * picture.
 */
export async function takenFirst(path: string): Promise<string | undefined> {
  const { count, only } = await countPictures(path);
  if (count < 2) return undefined;
  const what =
    only === undefined
      ? `has ${counted(count, 'frame')}; the first is used`
      : only === 'animated PNG'
        ? `is an animated PNG with ${counted(count, 'frame')}; only the first can be read; save it as .gif or .webp to use all`
        : `is a ${only} of ${counted(count, 'picture')}; the first is used`;
  return `${path}: ${what}`;
}
