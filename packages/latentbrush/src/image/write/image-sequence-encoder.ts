import { InputError } from '@latentbrush/engine';
import type { Sharp } from 'sharp';
import { writeFileAtomic } from '../../files/atomic-file.ts';
import { FRAMES_PER_SECOND, type AnimationOptions, type FrameEncoder } from './frame-encoder.ts';
import { inUnits } from './frame-timing.ts';
import { withGifXmp } from '../recipe/gif-xmp.ts';
import { loadSharp } from '../load-sharp.ts';
import { type Recipe } from '../recipe/recipe.ts';
import { recipeXmp } from '../recipe/recipe-xmp.ts';
import { counted } from '../../counted.ts';

/** Maximum number of bytes of raw frames in memory. */
const MAX_BYTES = 2 ** 30;

/**
 * Writes GIF and animated WebP with sharp. Its encoders need all frames at once, as one tall picture, so raw frames stay in memory until
 * the end.
 */
export class ImageSequenceEncoder implements FrameEncoder {
  readonly #path: string;
  readonly #format: 'gif' | 'webp';
  readonly #options: AnimationOptions;
  #xmp: string | undefined;
  #frames: Uint8Array[] = [];

  constructor(path: string, format: 'gif' | 'webp', options: AnimationOptions) {
    this.#path = path;
    this.#format = format;
    this.#options = options;
    this.#xmp = options.recipe && recipeXmp(options.recipe);
    if (options.frames !== undefined) this.#expectRoomFor(options.frames);
  }

  // oxlint-disable-next-line typescript/require-await -- the interface is asynchronous, errors included
  async write(rgb: Uint8Array): Promise<void> {
    this.#expectRoomFor(this.#frames.length + 1);
    this.#frames.push(rgb);
  }

  async end(recipe?: Recipe): Promise<void> {
    if (recipe !== undefined) this.#xmp = recipeXmp(recipe);
    const { height, width } = this.#options;
    const count = this.#frames.length;
    const tall = Buffer.concat(this.#frames);
    this.#frames = [];
    const sharp = await loadSharp();
    const frames = sharp(tall, {
      raw: { width, height: height * count, channels: 3, pageHeight: height },
      limitInputPixels: false, // its size is limited above
    });
    const encoded = await (this.#format === 'gif' ? this.#gif(frames, count) : this.#webp(frames, count));
    await writeFileAtomic(this.#path, encoded);
  }

  async #gif(frames: Sharp, count: number): Promise<Uint8Array> {
    const { loop = 0 } = this.#options;
    const delay = this.#delays(count, 10);
    // A palette for every frame: a reused one leaves traces where colours are new.
    const bytes = await frames.gif({ loop, delay, interPaletteMaxError: 0 }).toBuffer();
    return this.#xmp === undefined ? bytes : withGifXmp(bytes, this.#xmp);
  }

  async #webp(frames: Sharp, count: number): Promise<Uint8Array> {
    const { loop = 0 } = this.#options;
    const delay = this.#delays(count, 1);
    const marked = this.#xmp === undefined ? frames : frames.withXmp(this.#xmp);
    return marked.webp({ loop, delay, quality: 90, smartSubsample: true }).toBuffer();
  }

  #delays(count: number, unit: number): number[] {
    const { delays: own, framesPerSecond = FRAMES_PER_SECOND } = this.#options;
    return own === undefined ? delays(count, framesPerSecond, unit) : inUnits(own.slice(0, count), unit);
  }

  // oxlint-disable-next-line typescript/require-await
  async abort(): Promise<void> {
    this.#frames = [];
  }

  #expectRoomFor(count: number): void {
    const { height, width } = this.#options;
    const most = Math.floor(MAX_BYTES / (3 * height * width));
    if (count <= most) return;
    throw new InputError(
      `${this.#path}: ${counted(count, `frame of ${width}x${height} was`, `frames of ${width}x${height} were`)} requested; .${this.#format} can have ${most} of this size, so choose fewer or smaller ones, or write .mp4`,
    );
  }
}

/**
 * Delays of the frames in milliseconds, in whole units of the format. Each frame ends as near as possible to its exact time, so rounding
 * errors do not accumulate: 30 frames per second in units of 10 ms are 30, 40, 30, 30, 40, ...
 */
export function delays(count: number, framesPerSecond: number, unit: number): number[] {
  const endOf = (frame: number): number => Math.round((frame * 1000) / framesPerSecond / unit) * unit;
  return Array.from({ length: count }, (_, i) => endOf(i + 1) - endOf(i));
}
