import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { picture, writePicture, type Picture } from '../../image/index.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

/**
 * Smooth stripes with grain, in colour: every layer responds to them. Values are whole numbers, as in a file.
 */
export function pattern(width: number, height: number, seed = 1): Picture {
  const result = picture(3, height, width);
  const area = height * width;
  for (let i = 0; i < area; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    result.data[i] = Math.round(128 + 100 * Math.sin(x / 7 + seed));
    result.data[area + i] = Math.round(128 + 100 * Math.sin(y / 5 + (x * seed) / 20));
    result.data[2 * area + i] = (x * y * seed) % 256;
  }
  return result;
}

/** A mask: its left half white, its right half black. */
export function leftHalf(width: number, height: number): Picture {
  const result = picture(3, height, width);
  return { ...result, data: result.data.map((_, i) => (i % width < width / 2 ? 255 : 0)) };
}

/** Writes a mask as drawing programs do: its left half white, all else transparent. */
export async function writeTransparentMask(path: string, width: number, height: number): Promise<void> {
  const white = { width: Math.ceil(width / 2), height, channels: 4, background: 'white' } as const;
  const clear = { r: 255, g: 255, b: 255, alpha: 0 };
  await sharp({ create: white })
    .extend({ right: width - white.width, background: clear })
    .png()
    .toFile(path);
}

/** A folder with pictures, given by their paths in it; it is removed after the test. */
export async function folderOfPictures(files: Readonly<Record<string, Picture>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [path, source] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writePicture(join(folder, path), source);
  }
  return folder;
}
