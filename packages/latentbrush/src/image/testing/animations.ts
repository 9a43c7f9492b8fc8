import sharp from 'sharp';
import type { Picture } from '../picture.ts';
import { rgbBytes } from '../write/rgb-bytes.ts';

/** Delays of the frames and number of repetitions. */
export interface AnimationTiming {
  readonly delays: readonly number[];
  readonly loop?: number;
}

/** An animation as other programs write it; WebP is lossless. */
export async function animationFile(
  format: 'gif' | 'webp',
  frames: readonly Picture[],
  { delays, loop = 0 }: AnimationTiming,
): Promise<Uint8Array> {
  const { height, width } = frames[0]!;
  const tall = Buffer.concat(frames.map(rgbBytes));
  const raw = { width, height: height * frames.length, channels: 3, pageHeight: height } as const;
  const options = { delay: [...delays], loop };
  const all = sharp(tall, { raw });
  return format === 'gif'
    ? all.gif({ ...options, dither: 0, interPaletteMaxError: 0 }).toBuffer()
    : all.webp({ ...options, lossless: true }).toBuffer();
}

/** A few bytes that declare an animation of a size: a GIF whose frames have one pixel. */
export function hugeGif(width: number, height: number, frames: number): Uint8Array {
  const screen = Buffer.alloc(7);
  screen.writeUInt16LE(width, 0);
  screen.writeUInt16LE(height, 2);
  screen[4] = 0x80; // a palette of two colours
  const palette = Buffer.from([0, 0, 0, 255, 255, 255]);
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  frame.writeUInt16LE(width, 5);
  frame.writeUInt16LE(height, 7);
  const images = Array.from({ length: frames }, () => frame);
  return Buffer.concat([Buffer.from('GIF89a'), screen, palette, ...images, Buffer.of(0x3b)]);
}

/** A PNG that declares an animation; its frames after the first are missing, since no test reads them. */
export function animatedPng(png: Uint8Array, frames: number): Uint8Array {
  const chunk = Buffer.alloc(20);
  chunk.writeUInt32BE(8, 0);
  chunk.write('acTL', 4);
  chunk.writeUInt32BE(frames, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 16)), 16);
  const afterHeader = 8 + 25;
  return Buffer.concat([png.subarray(0, afterHeader), chunk, png.subarray(afterHeader)]);
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
