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
import type { PictureFolder } from './recipe-inputs.ts';
import { isFolder } from './target-file.ts';

/** Frames of an animation that something is made of: the pictures of a folder, or an animated GIF or WebP. */
export interface AnimationSource {
  /** What messages call its first frame. */
  readonly name: string;
  /** Of every frame, in pixels. */
  readonly height: number;
  /** Of every frame, in pixels. */
  readonly width: number;
  readonly frames: number;
  /** All frames, in order. */
  readonly read: () => AsyncIterable<Picture>;
  /** What a recipe names. */
  readonly input: string | PictureFolder;
  /** What a recipe records, so that the same frames are found again and shown as fast. */
  readonly recorded: Readonly<Record<string, unknown>>;
  /** How fast they are shown. */
  readonly speed: Pick<AnimationOptions, 'framesPerSecond' | 'delays' | 'loop'>;
}

/** How the frames of an animation are read. */
export interface AnimationSourceOptions {
  /** Longest side that larger frames are brought to. */
  readonly longest: number | undefined;
  /** In place of the delays of an animation; for a folder 20 when nothing is chosen. */
  readonly framesPerSecond?: number | undefined;
  /** How a folder is listed. Default: by the newest rules. */
  readonly rules?: ReadingRules | undefined;
  /** Called with each picture that is left out, and why. */
  readonly leftOut: (path: string, reason: string) => void;
  /** Called with a line about the frames, where there is something to know. */
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
    input: { folder, pictures },
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
    // eslint-disable-next-line @typescript-eslint/require-await -- frames of a folder are read when they are asked for
    read: async function* () {
      for (const index of delays.keys())
        yield longest === undefined ? frame(index) : fitWithin(frame(index), longest);
    },
    input: path,
    recorded: framesPerSecond === undefined ? {} : { framesPerSecond },
    speed: framesPerSecond === undefined ? { delays, loop } : { framesPerSecond, loop },
  };
}

/** Whether a path is that of frames: a folder or an animated file. */
export async function isAnimationPath(path: string): Promise<boolean> {
  return (await isFolder(path)) || (await countPictures(path)).isAnimation;
}

/** How the name of an animation ends: as that of the file that it is made of. */
export function animationEnding(path: string): string {
  const ending = extname(path).toLowerCase();
  return ending === '.webp' ? ending : '.gif';
}

/**
 * Reads a picture, or one frame of an animation.
 * @param number of the frame, from 1; undefined for a picture, and then the first counts
 * @throws InputError when it cannot be read, or has no such frame
 */
export async function readFrame(path: string, number: number | undefined): Promise<Picture> {
  if (number === undefined) return readPicture(path);
  const { count, isAnimation: hasFrames } = await countPictures(path);
  if (!hasFrames)
    throw new OptionError(
      words`${option('sourceFrame')}: ${path} is no animated GIF or WebP; leave it out, it has no frames to choose from`,
    );
  if (number > count)
    throw new OptionError(
      words`${option('sourceFrame')}: ${number} was given; ${path} has ${counted(count, 'frame')}`,
    );
  return (await readAnimation(path)).frame(number - 1);
}

/** Of a file with several pictures, where only one can be taken: that it is the first. Undefined for a file with one picture. */
export async function takenFirst(path: string): Promise<string | undefined> {
  const { count, only } = await countPictures(path);
  if (count < 2) return undefined;
  const what =
    only === undefined
      ? `has ${counted(count, 'frame')}; the first is taken`
      : only === 'animated PNG'
        ? `is an animated PNG, of which only the first of its ${counted(count, 'frame')} can be read; save it as .gif or .webp for the others`
        : `is a ${only} of ${counted(count, 'picture')}, of which the first is taken`;
  return `${path}: ${what}`;
}
