import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { decodePicture, readPicture } from '../read/decode.ts';
import { encodePicture, formatOfPath, writePicture } from './encode.ts';
import { picture, type Picture } from '../picture.ts';
import { noise } from '../testing/noise.ts';

const formats = ['png', 'jpeg', 'webp', 'avif', 'tiff'] as const;

/** Peak signal-to-noise ratio in decibels. */
function psnr(a: Picture, b: Picture): number {
  const squares = a.data.reduce((sum, value, i) => sum + (value - b.data[i]!) ** 2, 0);
  return 10 * Math.log10((255 ** 2 * a.data.length) / squares);
}

/** Smooth waves of saturated colours. */
function waves(height: number, width: number): Picture {
  const result = picture(3, height, width);
  for (let i = 0; i < result.data.length; i++) {
    const y = Math.floor(i / width);
    result.data[i] = 128 + 120 * Math.sin(0.31 * y + 0.23 * (i % width) + Math.floor(y / height));
  }
  return result;
}

describe('encodePicture', () => {
  it.each(['png', 'tiff'] as const)('loses only fractions in %s', async (format) => {
    for (const channels of [1, 3] as const) {
      const source = noise(1, channels, 30, 41);
      const decoded = await decodePicture(await encodePicture(source, format), format, { channels });
      expect(decoded.data).toEqual(source.data.map((value) => Math.round(value)));
    }
  });

  it.each(formats)('is close to the picture in %s', async (format) => {
    const source = waves(64, 80);
    const decoded = await decodePicture(await encodePicture(source, format), format);
    expect(decoded).toMatchObject({ channels: 3, height: 64, width: 80 });
    // WebP always halves the resolution of colours (RFC 6386, 2).
    expect(psnr(decoded, source)).toBeGreaterThan(format === 'webp' ? 33 : 38);
  });

  it.each(['jpeg', 'webp', 'avif'] as const)('of lower quality is smaller: %s', async (format) => {
    const source = waves(64, 80);
    const low = await encodePicture(source, format, { quality: 30 });
    expect(low.length).toBeLessThan((await encodePicture(source, format)).length);
  });

  it('rounds and clips', async () => {
    const values = [-Infinity, -20, 0.4, 0.6, 254.6, 300];
    const bytes = await encodePicture(picture(1, 1, 6, Float32Array.from(values)), 'png');
    expect([...(await decodePicture(bytes, 'png', { channels: 1 })).data]).toEqual([0, 0, 0, 1, 255, 255]);
  });

  it('keeps JPEG colours at full resolution', async () => {
    const { chromaSubsampling } = await sharp(await encodePicture(waves(16, 16), 'jpeg')).metadata();
    expect(chromaSubsampling).toBe('4:4:4');
  });

  it('writes grey as one channel where the format has it', async () => {
    for (const format of ['png', 'jpeg', 'tiff'] as const) {
      expect((await sharp(await encodePicture(noise(1, 1, 8, 8), format)).metadata()).channels).toBe(1);
    }
  });

  it.each(formats)('writes a single pixel: %s', async (format) => {
    const one = picture(3, 1, 1, Float32Array.of(10, 10, 10));
    const { data } = await decodePicture(await encodePicture(one, format), format);
    for (const value of data) expect(Math.abs(value - 10)).toBeLessThanOrEqual(2);
  });

  it.each([
    ['jpeg', 65_500],
    ['webp', 16_383],
    ['avif', 16_384],
  ] as const)('refuses what %s cannot hold: sides beyond %i', async (format, longest) => {
    await expect(encodePicture(picture(1, 1, longest), format)).resolves.toBeDefined();
    const error: unknown = await encodePicture(picture(1, longest + 1, 1), format).catch((e: unknown) => e);
    expect(error).toEqual(
      new InputError(
        `picture: 1x${longest + 1} pixels are too many for ${format.toUpperCase()}, whose sides have at most ${longest}; write a PNG`,
      ),
    );
  });

  it.each(['png', 'tiff'] as const)('writes sides of a hundred thousand pixels in %s', async (format) => {
    const bytes = await encodePicture(picture(1, 100_000, 1), format);
    expect(await decodePicture(bytes, format)).toMatchObject({ height: 100_000, width: 1 });
  });

  it('does not hide a failed computation: NaN is an error, but not bad input', async () => {
    const source = noise(1, 3, 4, 4);
    source.data[17] = NaN;
    const error: unknown = await encodePicture(source, 'png').catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(InputError);
    expect(error).toHaveProperty('message', expect.stringMatching(/^picture: value 17 of 48 is NaN/));
  });
});

describe('formatOfPath', () => {
  it.each([
    ['a.png', 'png'],
    ['a.b/c.JPG', 'jpeg'],
    ['a.jpeg', 'jpeg'],
    ['a.webp', 'webp'],
    ['a.avif', 'avif'],
    ['a.tif', 'tiff'],
    ['a.TIFF', 'tiff'],
  ] as const)('%s is %s', (path, format) => {
    expect(formatOfPath(path)).toBe(format);
  });

  it.each([
    ['picture', 'picture: has no extension that can be written'],
    ['picture.bmp', 'picture.bmp: ".bmp" is not an extension of a picture file that can be written'],
    ['a.png/picture.toString', 'a.png/picture.toString: ".toString" is not an extension'],
  ])('refuses %s and lists the supported formats', (path, message) => {
    expect(() => formatOfPath(path)).toThrow(InputError);
    expect(() => formatOfPath(path)).toThrow(message);
    expect(() => formatOfPath(path)).toThrow('use .png, .jpg, .jpeg, .webp, .avif, .tif, .tiff');
  });
});

describe('writePicture', () => {
  it('writes the format of the extension, and no other file', async () => {
    const folder = await temporaryFolder();
    const source = waves(20, 30);
    for (const name of ['a.png', 'a.jpg', 'a.webp', 'a.avif', 'a.tif']) {
      await writePicture(join(folder, name), source);
      expect(psnr(await readPicture(join(folder, name)), source)).toBeGreaterThan(33);
      const { format } = await sharp(await readFile(join(folder, name))).metadata();
      expect(format).toBe(
        { '.jpg': 'jpeg', '.avif': 'heif', '.tif': 'tiff' }[name.slice(1)] ?? name.slice(2),
      );
    }
    expect((await readdir(folder)).length).toBe(5);
  });

  it('keeps the old file when it fails', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.png');
    await writeFile(path, 'old');
    const source = noise(1, 1, 2, 2);
    source.data[0] = NaN;
    await expect(writePicture(path, source)).rejects.toThrow('is NaN');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.png']);
  });

  it('refuses an unknown extension before it does anything', async () => {
    const folder = await temporaryFolder();
    await expect(writePicture(join(folder, 'a.bmp'), noise(1, 1, 2, 2))).rejects.toThrow(InputError);
    expect(await readdir(folder)).toEqual([]);
  });

  it('names the folder that does not exist', async () => {
    const path = join(await temporaryFolder(), 'missing', 'a.png');
    await expect(writePicture(path, noise(1, 1, 2, 2))).rejects.toThrow(
      `${path}: the folder to write into does not exist`,
    );
  });
});
