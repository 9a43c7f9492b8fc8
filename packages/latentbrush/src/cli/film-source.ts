import { InputError } from '@latentbrush/engine';
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
import { isAnimation } from './latent-film.ts';
import type { LeftOut } from './left-out.ts';
import type { Output } from './output.ts';
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
  readonly leftOut: LeftOut;
  readonly output: Output;
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
    output,
    ...options
  }: FilmSourceOptions,
): Promise<FilmSource> {
  const found = await findFrames(folder, { ...options, rules, leftOut: leftOut.add });
  const { pictures, paths, height, width } = found;
  await noteFirsts(paths, output);
  return {
    name: paths[0]!,
    height,
    width,
    frames: paths.length,
    read: () => readFrames(found, leftOut.add),
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
 * Refuses to write an animation as one picture.
 * @param path what the film is made of
 * @throws InputError when the target is a picture and no animation
 */
export async function checkFilmTarget(target: string, path: string): Promise<void> {
  if (extname(target) === '' || isAnimation(target) || (await isFolder(path))) return;
  const { count } = await countPictures(path);
  throw new InputError(
    `${target}: is for one picture, and ${path} has ${counted(count, 'frame')}; write -o ${target.slice(0, -extname(target).length)}.gif (or .webp, .mp4, a folder), or choose one with --frame 1`,
  );
}

/** @throws InputError when `--fps` was given, and nothing that moves is written */
export function checkSpeedFlag(framesPerSecond: number | undefined, isFilm: boolean, target: string): void {
  if (framesPerSecond === undefined || (isFilm && extname(target) !== '')) return;
  throw new InputError(
    '--fps: pictures have no speed; leave it out, or make an animation: of a film, with -o as .gif, .webp or .mp4',
  );
}

/** @throws InputError when one frame of a folder was asked for: the frame is a file there */
export async function checkFrameFlag(path: string, number: number | undefined): Promise<void> {
  if (number === undefined || !(await isFolder(path))) return;
  throw new InputError(`--frame: ${path} is a folder; name the file of that frame in place of it`);
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
    throw new InputError(`--frame: ${path} is no animated GIF or WebP; leave it out, it has no frames to choose from`); // prettier-ignore
  if (number > count)
    throw new InputError(`--frame: ${number} was given; ${path} has ${counted(count, 'frame')}`);
  return (await readAnimation(path)).frame(number - 1);
}

/** Says in one line which of many files hold several pictures, where the first of each is taken. */
export async function noteFirsts(paths: readonly string[], output: Output): Promise<void> {
  const note = noteOfSeveral(await holdingSeveral(paths));
  if (note !== undefined) output.note(note);
}

/** Says of a file with several pictures that the first is taken, where only one can be. */
export async function noteFirst(path: string, output: Output): Promise<void> {
  const { count, only } = await countPictures(path);
  if (count < 2) return;
  const what =
    only === undefined
      ? `has ${counted(count, 'frame')}; the first is taken`
      : only === 'animated PNG'
        ? `is an animated PNG, of which only the first of its ${counted(count, 'frame')} can be read; save it as .gif or .webp for the others`
        : `is a ${only} of ${counted(count, 'picture')}, of which the first is taken`;
  output.note(`${path}: ${what}`);
}
