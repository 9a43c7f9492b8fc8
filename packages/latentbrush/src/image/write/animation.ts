import { access, constants, stat } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { fileError } from '../../files/file-error.ts';
import { FRAMES_PER_SECOND, type AnimationOptions, type FrameEncoder } from './frame-encoder.ts';
import { steady } from './frame-timing.ts';
import { ImageSequenceEncoder } from './image-sequence-encoder.ts';
import { type Picture } from '../picture.ts';
import { type Recipe } from '../recipe/recipe.ts';
import { rgbBytes } from './rgb-bytes.ts';
import { videoEncoder } from './video-encoder.ts';

/** Formats of animations; the extension of the file chooses one. */
export type AnimationFormat = 'gif' | 'webp' | 'mp4';

/** Accepts the frames of one animation, in order, and writes its file at the end, whole or not at all. */
export interface AnimationWriter {
  /**
   * Adds a frame; its values are rounded and clipped to 0..255, grey becomes colour. The picture is not stored. @throws InputError when
   * there are more frames than fit; the earlier ones can still be finished
   */
  add(frame: Picture): Promise<void>;
  /**
   * Writes the file and closes the writer.
   * @param recipe replaces the one from the start: only now it is certain how the animation was made
   * @throws InputError when it cannot be written there
   */
  finish(recipe?: Recipe): Promise<void>;
  /** Closes the writer, unless it is closed already, and deletes its files. */
  discard(): Promise<void>;
}

/** Longest side of a frame, by the formats' own limits; for MP4 the one of H.264 encoders. */
const LONGEST_SIDE: Record<AnimationFormat, number> = { gif: 65_535, webp: 16_383, mp4: 16_384 };

const MOST_FRAMES_PER_SECOND: Record<AnimationFormat, number> = { gif: 50, webp: 120, mp4: 120 };

/**
 * The format of a file name by its extension: `.gif`, `.webp` or `.mp4`. @throws InputError for any other extension
 * @example
 * console.log(image.animationFormatOf('walk.mp4')); // mp4
 */
export function animationFormatOf(path: string): AnimationFormat {
  const extension = extname(path).toLowerCase();
  switch (extension) {
    case '.gif':
    case '.webp':
    case '.mp4':
      return extension.slice(1) as AnimationFormat;
    default:
      throw new InputError(
        `${path}: ${extension === '' ? 'a name without an extension' : extension} is not an animation; choose a name that ends in .gif, .webp or .mp4`,
      );
  }
}

/**
 * Begins an animation. GIF and WebP keep their frames in memory until the end, at most 1 GiB of pixels (1,491 frames of 600x400), and twice
 * that while writing. The program `ffmpeg` encodes an MP4 frame by frame, without such a limit. Every fault of the request is found here,
 * before a frame is computed. @param path the path of the file; its extension determines the format @throws InputError for an unknown
 * extension, an option out of range, a folder that cannot be written into, or an MP4 without `ffmpeg`
 * @example
 * const animation = await image.createAnimation('fade.gif', { height: 32, width: 32, framesPerSecond: 10 });
 * for (const grey of [0, 100, 200]) {
 *   const frame = image.picture(1, 32, 32);
 *   frame.data.fill(grey);
 *   await animation.add(frame);
 * }
 * await animation.finish();
 */
export async function createAnimation(path: string, options: AnimationOptions): Promise<AnimationWriter> {
  const format = animationFormatOf(path);
  checkOptions(path, format, options);
  await checkDestination(path);
  if (format !== 'mp4') return writer(path, options, new ImageSequenceEncoder(path, format, options));
  if (options.delays === undefined) return writer(path, options, await videoEncoder(path, options));
  const { framesPerSecond, repeats } = steady(options.delays);
  return writer(path, options, await videoEncoder(path, { ...options, framesPerSecond }), repeats);
}

/** @param repeats number of copies of each frame; default one */
function writer(
  path: string,
  { height, width }: AnimationOptions,
  encoder: FrameEncoder,
  repeats: readonly number[] = [],
): AnimationWriter {
  let count = 0;
  let open = true;
  const expectOpen = (): void => {
    if (!open) throw new Error(`${path}: the animation is finished or discarded already`);
  };
  return {
    async add(frame) {
      expectOpen();
      if (frame.height !== height || frame.width !== width) {
        throw new Error(
          `${path}: frame ${count + 1} is ${frame.width}x${frame.height}; all frames of this animation are ${width}x${height}`,
        );
      }
      const rgb = rgbBytes(frame);
      for (let times = repeats[count] ?? 1; times > 0; times--) await encoder.write(rgb);
      count++;
    },
    async finish(recipe) {
      expectOpen();
      if (count === 0) throw new Error(`${path}: an animation needs at least one frame`);
      open = false;
      await encoder.end(recipe);
    },
    async discard() {
      if (!open) return;
      open = false;
      await encoder.abort();
    },
  };
}

function checkOptions(path: string, format: AnimationFormat, options: AnimationOptions): void {
  const { height, width, framesPerSecond = FRAMES_PER_SECOND, loop = 0 } = options;
  const longest = LONGEST_SIDE[format];
  for (const side of [height, width]) {
    if (!Number.isInteger(side) || side < 1 || side > longest) {
      throw new InputError(
        `${path}: frames of ${width}x${height} pixels; for .${format} width and height are whole numbers from 1 to ${longest}`,
      );
    }
  }
  const most = MOST_FRAMES_PER_SECOND[format];
  if (!(framesPerSecond >= 0.1 && framesPerSecond <= most)) {
    throw new InputError(
      `${path}: ${framesPerSecond} frames per second; for .${format} it is 0.1 to ${most}`,
    );
  }
  if (!Number.isInteger(loop) || loop < 0 || loop > 65_535) {
    throw new InputError(
      `${path}: loop ${loop}; it is a whole number of times to play, from 1 to 65535, or 0 for endless`,
    );
  }
}

async function checkDestination(path: string): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw fileError(error, path, 'write');
  }
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false, // nothing exists yet
  );
  if (isFolder) throw new InputError(`${path}: is a folder; a file is needed here`);
}
