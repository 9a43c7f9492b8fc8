import { InputError } from '@latentbrush/engine';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { type AnimationOptions, type FrameEncoder } from './frame-encoder.ts';

/** Bytes of raw frames that are held at most. */
const MAX_BYTES = 2 ** 30;

/**
 * Writes GIF and animated WebP with sharp. Its encoders take all frames at once, as one tall picture, so the frames are
 * held as raw bytes until the end.
 */
export class ImageSequenceEncoder implements FrameEncoder {
  readonly #path: string;
  readonly #format: 'gif' | 'webp';
  readonly #options: AnimationOptions;
  #frames: Uint8Array[] = [];

  constructor(path: string, format: 'gif' | 'webp', options: AnimationOptions) {
    this.#path = path;
    this.#format = format;
    this.#options = options;
    if (options.frames !== undefined) this.#expectRoomFor(options.frames);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous, errors included
  async write(rgb: Uint8Array): Promise<void> {
    this.#expectRoomFor(this.#frames.length + 1);
    this.#frames.push(rgb);
  }

  async end(): Promise<void> {
    const { height, width, framesPerSecond, loop = 0 } = this.#options;
    const count = this.#frames.length;
    const tall = Buffer.concat(this.#frames);
    this.#frames = [];
    const { default: sharp } = await import('sharp');
    const frames = sharp(tall, {
      raw: { width, height: height * count, channels: 3, pageHeight: height },
      limitInputPixels: false, // bounded above
    });
    const encoded =
      this.#format === 'gif'
        ? // A palette for every frame: one carried over from similar frames before leaves stains where colours are new.
          frames.gif({ loop, delay: delays(count, framesPerSecond, 10), interPaletteMaxError: 0 })
        : frames.webp({ loop, delay: delays(count, framesPerSecond, 1), quality: 90, smartSubsample: true });
    await writeFileAtomic(this.#path, await encoded.toBuffer());
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async abort(): Promise<void> {
    this.#frames = [];
  }

  #expectRoomFor(count: number): void {
    const { height, width } = this.#options;
    const most = Math.floor(MAX_BYTES / (3 * height * width));
    if (count <= most) return;
    throw new InputError(
      `${this.#path}: ${count} frames of ${width}x${height} were asked for; .${this.#format} can have ${most} of this size, so take fewer or smaller ones, or write .mp4`,
    );
  }
}

/**
 * How long each frame stands, in milliseconds, in whole units of the format. Each ends when its exact time is nearest, so
 * that rounding does not add up: 30 frames per second in units of 10 ms are 30, 40, 30, 30, 40, ...
 */
export function delays(count: number, framesPerSecond: number, unit: number): number[] {
  const endOf = (frame: number): number => Math.round((frame * 1000) / framesPerSecond / unit) * unit;
  return Array.from({ length: count }, (_, i) => endOf(i + 1) - endOf(i));
}
