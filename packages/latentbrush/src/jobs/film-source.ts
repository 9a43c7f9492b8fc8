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

/** Frames of a film that something is made of: the pictures of a folder, or an animated GIF or WebP. */
export interface FilmSource {
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

/** How the frames of a film are read. */
export interface FilmSourceOptions {
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

/** Speed of a film of the pictures of a folder. */
const FRAMES_PER_SECOND = 20;

/**
 * Opens the frames of a film.
 * @param path a folder of pictures, or an animated GIF or WebP
 * @throws InputError when it is neither, or cannot be read
 */
export async function openFilm(path: string, options: FilmSourceOptions): Promise<FilmSource> {
  return (await isFolder(path)) ? openFolder(path, options) : openAnimation(path, options);
}

async function openFolder(
  folder: string,
  {
    framesPerSecond = FRAMES_PER_SECOND,
    rules = READING_RULES,
    leftOut,
    note,
    ...options
  }: FilmSourceOptions,
): Promise<FilmSource> {
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

async function openAnimation(
  path: string,
  { longest, framesPerSecond }: FilmSourceOptions,
): Promise<FilmSource> {
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

/** Whether a path is that of a folder or an animation, and so of a film. */
export async function isFilmPath(path: string): Promise<boolean> {
  return (await isFolder(path)) || (await countPictures(path)).isAnimation;
}

/** What a film of an animation is called: with the ending of what it is made of. */
export function filmEnding(path: string): string {
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
