import { InputError } from '@latentbrush/engine';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePicture } from './decode.ts';
import { picture, type Picture } from '../picture.ts';
import { fitWithin, resize } from '../edit/resize.ts';
import { raw, sampleFiles } from '../testing/sample-files.ts';
import { tiffFile } from '../testing/tiff-file.ts';
import { decodeThumbnail, webpThumbnail } from './thumbnail.ts';

/** Three stripes side by side: red, green, blue. */
function stripes(height: number, width: number): Picture {
  const result = picture(3, height, width);
  for (let i = 0; i < height * width; i++) {
    const channel = Math.min(2, Math.floor((3 * (i % width)) / width));
    result.data[channel * height * width + i] = 255;
  }
  return result;
}

/** A smooth gradient, which all formats keep. */
function slope(height: number, width: number): Picture {
  const result = picture(3, height, width);
  const plane = height * width;
  for (let i = 0; i < plane; i++) {
    const [y, x] = [Math.floor(i / width), i % width];
    [40 + y, 60 + x, 200 - y - x].forEach((value, channel) => (result.data[channel * plane + i] = value));
  }
  return result;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

const source = slope(48, 48);
const files = await sampleFiles(source);

describe('decodeThumbnail', () => {
  it.each(Object.keys(files))('gives the result of decoding and resizing: %s', async (kind) => {
    const size = { height: 16, width: 16 };
    const found = await decodeThumbnail(files[kind]!, kind, size);
    const expected = resize(await decodePicture(files[kind]!, kind), { ...size, fit: 'cover' });
    expect(found).toHaveLength(3 * 16 * 16);
    const lossless = ['png', 'lossless webp', 'tiff', 'tiled tiff'].includes(kind);
    expect(largestDifference(found, expected.data)).toBeLessThanOrEqual(lossless ? 0.51 : 4);
  });

  it.each([
    // The middle square of the stripes is half a red stripe, the green one, half a blue one.
    [
      'cover',
      [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
      ],
    ],
    [
      'fill',
      [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
      ],
    ],
    [
      'contain',
      [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
      ],
    ],
  ] as const)('%s shows the stripes side by side', async (fit, colors) => {
    const bytes = await raw(stripes(24, 36)).png().toBuffer();
    const planes = await decodeThumbnail(bytes, 'stripes', { height: 24, width: 24, fit });
    const at = (column: number): number[] => [0, 1, 2].map((c) => planes[c * 576 + 12 * 24 + column]!);
    expect([at(1), at(12), at(22)]).toEqual(colors);
    const top = [0, 1, 2].map((c) => planes[c * 576 + 12]!);
    expect(top).toEqual(fit === 'contain' ? [255, 255, 255] : [0, 255, 0]); // white beside the picture
  });

  it('composites transparent pictures over the background, and recognises grey ones', async () => {
    const half = { create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } } } as const; // prettier-ignore
    const bytes = await sharp(half).png().toBuffer();
    const size = { height: 8, width: 8 };
    const over = await decodeThumbnail(bytes, 'half', { ...size, background: [200, 100, 0] });
    expect(largestDifference([over[0]!, over[64]!, over[128]!], [100, 50, 0])).toBeLessThanOrEqual(1);
    const grey = await raw(slope(8, 8)).toColourspace('b-w').png().toBuffer();
    expect((await sharp(grey).metadata()).channels).toBe(1);
    const planes = await decodeThumbnail(grey, 'grey', size);
    expect(planes.subarray(0, 64)).toEqual(planes.subarray(128));
  });

  it('turns pictures upright', async () => {
    const lying = await raw(stripes(24, 24)).withExif({}).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const planes = await decodeThumbnail(lying, 'lying', { height: 24, width: 24 });
    const red = (row: number): number => planes[row * 24 + 12]!;
    expect(red(2)).toBeGreaterThan(200); // red on the left becomes red at the top
    expect(red(20)).toBeLessThan(60);
  });

  it('converts 16 bits to 8', async () => {
    const deep = await raw(source).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    const found = await decodeThumbnail(deep, 'deep', { height: 48, width: 48 });
    expect(largestDifference(found, source.data)).toBeLessThanOrEqual(1);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(0), /^file: is empty; a picture is needed/],
    ['a text', Buffer.from('hello'), /^file: is not a picture/],
    ['cut off', files.jpeg.subarray(0, 400), /^file: is a damaged or truncated JPEG/],
    [
      'of floats',
      tiffFile({ width: 2, height: 2, channels: 1, grey: true }, new Float32Array(4)),
      /samples of type/,
    ],
  ])('refuses a file that is %s', async (_, bytes, message) => {
    const work = decodeThumbnail(bytes, 'file', { height: 8, width: 8 });
    await expect(work).rejects.toThrow(message);
    await expect(work).rejects.toBeInstanceOf(InputError);
  });

  it('refuses more pixels than are allowed', async () => {
    const work = decodeThumbnail(files.png, 'file', { height: 8, width: 8, maxPixels: 100 });
    await expect(work).rejects.toThrow(/has 48x48 pixels .* above the limit of/);
  });
});

describe('webpThumbnail', () => {
  it.each(Object.keys(files))('is the picture at a smaller size: %s', async (kind) => {
    const wide = slope(40, 60);
    const bytes = kind === 'png' ? await raw(wide).png().toBuffer() : files[kind]!;
    const found = await decodePicture(await webpThumbnail(bytes, kind, 20), 'small.webp');
    const expected = fitWithin(await decodePicture(bytes, kind), 20);
    expect([found.height, found.width]).toEqual([expected.height, expected.width]);
    expect(largestDifference(found.data, expected.data)).toBeLessThanOrEqual(16); // WebP loses some
  });

  it('turns pictures upright, puts transparent ones over white, and enlarges none', async () => {
    const lying = await raw(stripes(24, 48)).withExif({}).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const upright = await decodePicture(await webpThumbnail(lying, 'lying', 24), 'small.webp');
    expect([upright.height, upright.width]).toEqual([24, 12]);
    expect(upright.data[2 * 12 + 6]).toBeGreaterThan(180); // red at the top
    const clear = { create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } } as const; // prettier-ignore
    const bytes = await sharp(clear).png().toBuffer();
    const white = await decodePicture(await webpThumbnail(bytes, 'clear', 100), 'small.webp');
    expect([white.height, white.width, Math.min(...white.data)]).toEqual([8, 8, 255]);
  });

  it('refuses what is no picture', async () => {
    await expect(webpThumbnail(Buffer.from('hello'), 'file', 8)).rejects.toThrow(/^file: is not a picture/);
  });
});
