import { chmod, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { decodePicture, readPicture } from './decode.ts';
import { picture, type Picture } from '../picture.ts';
import { pngFile } from '../testing/png-file.ts';
import { raw, sampleFiles } from '../testing/sample-files.ts';
import { tiffFile } from '../testing/tiff-file.ts';

/** A gradient of colours, smooth enough for lossy formats. */
function slope(height: number, width: number): Picture {
  const result = picture(3, height, width);
  for (let i = 0; i < result.data.length; i++) {
    const channel = Math.floor(i / (height * width));
    const y = Math.floor(i / width) % height;
    result.data[i] = [40 + 4 * y, 60 + 2 * (i % width), 200 - 2 * y - 2 * (i % width)][channel]!;
  }
  return result;
}

function flat(color: readonly [number, number, number], size = 16): Picture {
  const result = picture(3, size, size);
  color.forEach((value, channel) =>
    result.data.fill(value, channel * size * size, (channel + 1) * size * size),
  );
  return result;
}

/** Red, green, blue of the pixel in the upper left corner. */
function corner({ data, height, width }: Picture): number[] {
  return [0, 1, 2].map((channel) => data[channel * height * width]!);
}

function largestDifference(a: Picture, b: Picture): number {
  return a.data.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b.data[i]!)), 0);
}

const source = slope(24, 40);
const files = await sampleFiles(source);

describe('decodePicture', () => {
  it.each(Object.keys(files))('reads %s', async (kind) => {
    const decoded = await decodePicture(files[kind]!, kind);
    expect(decoded).toMatchObject({ channels: 3, height: 24, width: 40 });
    const lossless = ['png', 'lossless webp', 'tiff', 'tiled tiff', 'bmp'].includes(kind);
    expect(largestDifference(decoded, source)).toBeLessThanOrEqual(lossless ? 0 : 12);
  });

  it('accepts stray bytes between two segments, as some cameras write', async () => {
    const bytes = Buffer.from(files.jpeg);
    const table = bytes.indexOf(Buffer.of(0xff, 0xc4)); // a Huffman table
    const stray = Buffer.concat([bytes.subarray(0, table), Buffer.alloc(3), bytes.subarray(table)]);
    await expect(sharp(stray, { failOn: 'warning' }).raw().toBuffer()).rejects.toThrow('extraneous');
    expect(largestDifference(await decodePicture(stray, 'camera.jpg'), source)).toBeLessThan(5);
  });

  it('gives the first frame of an animation', async () => {
    const frames = [flat([250, 0, 0]), flat([0, 250, 0])].map((frame) => raw(frame).png().toBuffer());
    const animated = sharp(await Promise.all(frames), { join: { animated: true } });
    for (const bytes of [
      await animated.clone().gif().toBuffer(),
      await animated.clone().webp({ lossless: true }).toBuffer(),
    ]) {
      const decoded = await decodePicture(bytes, 'animation');
      expect(decoded).toMatchObject({ height: 16, width: 16 });
      expect(corner(decoded)).toEqual([250, 0, 0]);
    }
  });

  // The stored position of row 0, column 0 of the upright picture: TIFF 6.0, Orientation.
  it.each([
    [1, 'upper left'],
    [2, 'upper right'],
    [3, 'lower right'],
    [4, 'lower left'],
    [5, 'upper left, rows are columns'],
    [6, 'lower left, rows are columns'],
    [7, 'lower right, rows are columns'],
    [8, 'upper right, rows are columns'],
  ])('turns EXIF orientation %i upright (its first pixel is stored %s)', async (orientation, place) => {
    const stored = slope(24, 40);
    const bytes = await raw(stored).withMetadata({ orientation }).png().toBuffer();
    const upright = await decodePicture(bytes, 'turned.png');
    const turned = place.includes('columns');
    expect(upright).toMatchObject(turned ? { height: 40, width: 24 } : { height: 24, width: 40 });
    const at = (y: number, x: number) => {
      const [row, column] = turned ? [x, y] : [y, x];
      return stored.data[
        (place.includes('lower') ? 23 - row : row) * 40 + (place.includes('right') ? 39 - column : column)
      ];
    };
    for (const [y, x] of [
      [0, 0],
      [0, 5],
      [7, 0],
      [11, 20],
    ] as const)
      expect(upright.data[y * upright.width + x]).toBe(at(y, x));
  });

  it('composites transparency over white, or over the given background', async () => {
    const pixels = [200, 100, 0, 51, 7, 8, 9, 255, 1, 2, 3, 0];
    const bytes = pngFile({ width: 3, height: 1, bits: 8, colorType: 6 }, pixels);
    const white = await decodePicture(bytes, 'glass.png');
    expect([...white.data].map(Math.round)).toEqual([244, 7, 255, 224, 8, 255, 204, 9, 255]);
    const blue = await decodePicture(bytes, 'glass.png', { background: [0, 0, 250] });
    expect([...blue.data].map(Math.round)).toEqual([40, 7, 0, 20, 8, 0, 200, 9, 250]);
  });

  it('repeats grey for three channels, and returns one channel when asked', async () => {
    const bytes = pngFile({ width: 4, height: 1, bits: 8, colorType: 0 }, [0, 1, 128, 255]);
    expect([...(await decodePicture(bytes, 'grey.png')).data]).toEqual([
      0, 1, 128, 255, 0, 1, 128, 255, 0, 1, 128, 255,
    ]);
    const one = await decodePicture(bytes, 'grey.png', { channels: 1 });
    expect(one.channels).toBe(1);
    expect([...one.data]).toEqual([0, 1, 128, 255]);
    const green = await decodePicture(
      await raw(flat([0, 200, 0]))
        .png()
        .toBuffer(),
      'green.png',
      { channels: 1 },
    );
    expect(green.data[0]).toBeCloseTo(0.587 * 200, 4);
  });

  it.each([
    ['colour', 2, [0, 1, 65_535, 30_000, 30_100, 30_200]],
    ['grey', 0, [30_000, 1]],
  ] as const)('keeps the precision of 16 bits: %s', async (_, colorType, samples) => {
    const decoded = await decodePicture(
      pngFile({ width: 2, height: 1, bits: 16, colorType }, samples),
      'deep.png',
    );
    const expected =
      colorType === 2 ? [0, 3, 1, 4, 2, 5].map((i) => samples[i]!) : [...samples, ...samples, ...samples];
    expect([...decoded.data]).toEqual(expected.map((sample) => Math.fround(sample / 257)));
  });

  it('composites 16-bit transparency over the background', async () => {
    const bytes = pngFile({ width: 1, height: 1, bits: 16, colorType: 4 }, [10_000, 13_107]);
    expect((await decodePicture(bytes, 'deep.png')).data[0]).toBeCloseTo(255 - 0.2 * (255 - 10_000 / 257), 3);
  });

  it.each([10, 12] as const)('reads white and black of AVIF with %i bits', async (bitdepth) => {
    const deep = Uint16Array.from({ length: 16 * 16 * 3 }, (_, i) => (i < 384 ? 65_535 : 0));
    const bytes = await sharp(deep, { raw: { width: 16, height: 16, channels: 3 } })
      .toColourspace('rgb16')
      .avif({ lossless: true, bitdepth })
      .toBuffer();
    const { data } = await decodePicture(bytes, 'deep.avif');
    expect([data[0], data[128 - 1], data[128], data[255]]).toEqual([255, 255, 0, 0]);
  });

  it.each(['jpeg', 'tiff'] as const)('converts CMYK in a %s file to red, green, blue', async (format) => {
    for (const color of [
      [255, 255, 255],
      [200, 150, 120],
      [90, 90, 90],
    ] as const) {
      const bytes = await raw(flat(color)).toColourspace('cmyk')[format]({ quality: 100 }).toBuffer();
      expect((await sharp(bytes).metadata()).space).toBe('cmyk');
      const decoded = await decodePicture(bytes, `print.${format}`);
      expect(largestDifference(decoded, flat(color))).toBeLessThan(16); // colours of ink differ from those of light
    }
  });

  // Display P3 to sRGB: the transfer curve of IEC 61966-2-1 and the product of both primaries' matrices (CSS Color 4, 18).
  const toLinear = (v: number) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const toCurve = (v: number) => 255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);
  const fromP3 = [
    [1.2249401, -0.2249404, 0],
    [-0.0420569, 1.0420571, 0],
    [-0.0196376, -0.0786361, 1.0982735],
  ];

  it.each([
    [8, 'srgb', Uint8Array, 1, 1.5],
    [16, 'rgb16', Uint16Array, 257, 0.5],
  ] as const)(
    'converts colours with an ICC profile to sRGB: Display P3 with %i bits',
    async (_, space, Samples, scale, tolerance) => {
      const color = [200, 80, 90];
      const samples = new Samples(16 * 16 * 3).map((_, i) => color[i % 3]! * scale);
      // Sharp takes untagged 16-bit samples for P3, and 8-bit ones for sRGB: only the profile is taken from this file.
      const tagged = sharp(samples, { raw: { width: 16, height: 16, channels: 3 } })
        .toColourspace(space)
        .withIccProfile('p3');
      const bytes = await tagged.png().toBuffer();
      const stored = await sharp(bytes, { ignoreIcc: true })
        .toColourspace(space)
        .raw({ depth: 'ushort' })
        .toBuffer();
      const p3 = [0, 1, 2].map((i) => toLinear(stored.readUInt16LE(2 * i) / scale));
      const expected = fromP3.map((row) => toCurve(row.reduce((sum, share, i) => sum + share * p3[i]!, 0)));
      const decoded = corner(await decodePicture(bytes, 'p3.png'));
      decoded.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance));
      expect(Math.abs(decoded[0]! - stored.readUInt16LE(0) / scale)).toBeGreaterThan(10); // it does make a difference
    },
  );
});

describe('decodePicture refuses', () => {
  async function message(bytes: Uint8Array | string, options = {}): Promise<string> {
    const given = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
    const error: unknown = await decodePicture(given, 'file', options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as InputError;
    expect(message).toMatch(/^file: [^\n]+$/);
    return message;
  }

  it.each([
    ['nothing', '', 'is empty'],
    ['a text', 'Call me Ishmael.', 'is not a picture'],
    ['a web page', '\n<!DOCTYPE html><html>', 'is a web page'],
    ['an SVG drawing', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'is an SVG drawing'],
    [
      'an SVG drawing with a heading',
      '<?xml version="1.0"?>\n<!-- by hand -->\n<svg width="9" height="9"/>',
      'is an SVG drawing',
    ],
    ['a PDF', '%PDF-1.7\n', 'is a PDF'],
    ['a HEIC picture', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'is a HEIC picture, which cannot be read'],
    ['a video', '\0\0\0\x18ftypisom\0\0\0\0mp42', 'is a video'],
    ['a raw file of Canon', '\0\0\0\x18ftypcrx \0\0\0\0isom', 'is a camera raw file, which cannot be read'],
    ['an icon', '\0\0\x01\0\x01\0', 'is an icon'],
    ['a Netpbm picture', 'P6 2 2 255', 'is a Netpbm picture'],
    ['a ZIP archive', 'PK\x03\x04', 'is a ZIP archive'],
  ])('%s', async (_, bytes, expected) => {
    const found = await message(bytes);
    expect(found).toContain(expected);
    expect(found).toMatch(
      /(a (picture|JPEG, PNG, WebP, GIF, AVIF, TIFF or BMP) is needed|convert it to JPEG or PNG)$/,
    );
  });

  it('the raw file of a camera, whose first picture is a small preview', async () => {
    const bytes = await raw(source).tiff().toBuffer();
    await expect(decodePicture(bytes, 'a/b.NEF')).rejects.toThrow(
      'a/b.NEF: is a camera raw file, which cannot be read; convert it to JPEG or PNG',
    );
  });

  it.each(Object.keys(files))('%s truncated anywhere', async (kind) => {
    const bytes = files[kind]!;
    // The last bytes of some formats are padding, or an end mark without data.
    for (let length = 1; length < bytes.length - 16; length += Math.ceil(bytes.length / 60)) {
      await message(bytes.subarray(0, length));
    }
  });

  it('a decompression bomb, before anything is decoded', async () => {
    const header = { width: 60_000, height: 60_000, bits: 8, colorType: 2 } as const;
    const before = process.memoryUsage().rss;
    expect(await message(pngFile(header, new Array<number>(180_000).fill(0)))).toBe(
      'file: has 60000x60000 pixels (3600.0 megapixels), above the limit of 104.9 megapixels; make it smaller first',
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6); // decoded it needs 10.8 GB
  });

  it('a JPEG whose header claims 65,000 x 65,000 pixels', async () => {
    const bytes = Buffer.from(files.jpeg);
    const frame = bytes.indexOf(Buffer.of(0xff, 0xc0));
    bytes.writeUInt16BE(65_000, frame + 5);
    bytes.writeUInt16BE(65_000, frame + 7);
    expect(await message(bytes)).toContain('65000x65000 pixels');
  });

  it('more pixels than allowed', async () => {
    expect(await message(files.png, { maxPixels: 24 * 40 - 1 })).toContain('has 40x24 pixels');
    await expect(decodePicture(files.png, 'file', { maxPixels: 24 * 40 })).resolves.toBeDefined();
  });

  it('a picture without pixels', async () => {
    const header = { width: 0, height: 5, bits: 8, colorType: 2 } as const;
    expect(await message(pngFile(header, []))).toContain('damaged or truncated PNG');
  });

  it('a truncated AVIF file, whose decoder puts its reason before its last line', async () => {
    const bytes = await sharp(Buffer.alloc(300), { raw: { width: 10, height: 10, channels: 3 } })
      .avif()
      .toBuffer();
    expect(await message(bytes.subarray(0, -5))).toMatch(
      /is a damaged or truncated AVIF \(heif: .*[^)]\)?\); a complete one is needed$/,
    );
    expect(await message(bytes.subarray(0, -5))).not.toMatch(/\(\d\.\d+\)/);
  });

  it('samples that are neither 8 nor 16 bits long', async () => {
    const bytes = tiffFile({ width: 2, height: 1, channels: 1, grey: true }, Float32Array.of(0.25, 0.5));
    expect(await message(bytes)).toContain('samples of type float');
  });

  it('more channels than pictures have', async () => {
    for (const [channels, grey] of [
      [5, false],
      [7, false],
      [3, true],
    ] as const) {
      const bytes = tiffFile({ width: 2, height: 1, channels, grey }, new Uint8Array(2 * channels));
      expect(await message(bytes)).toContain(`has ${channels} channels`);
    }
  });
});

describe('readPicture', () => {
  async function message(path: string, options = {}): Promise<string> {
    const error: unknown = await readPicture(path, options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as InputError;
    expect(message.startsWith(`${path}: `)).toBe(true);
    return message.slice(path.length + 2);
  }

  it('reads by content, also with a wrong extension', async () => {
    const path = join(await temporaryFolder(), 'picture.png');
    await writeFile(path, files.jpeg);
    expect(largestDifference(await readPicture(path), source)).toBeLessThan(5);
  });

  it('says what is wrong with a path', async () => {
    const folder = await temporaryFolder();
    expect(await message(join(folder, 'none.png'))).toBe('no such file or folder; check the path');
    await mkdir(join(folder, 'photos.png'));
    expect(await message(join(folder, 'photos.png'))).toBe('is a folder; a picture file is needed here');
    await writeFile(join(folder, 'text.png'), 'text');
    expect(await message(join(folder, 'text.png'))).toContain('is not a picture');
    expect(await message(join(folder, 'text.png', 'x.png'))).toContain('is a file, not a folder');
  });

  it.skipIf(process.platform === 'win32')('refuses a device, which may never end', async () => {
    expect(await message('/dev/zero')).toContain('is a device or a pipe');
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'says when the file may not be read (root may read everything)',
    async () => {
      const path = join(await temporaryFolder(), 'secret.png');
      await writeFile(path, files.png);
      await chmod(path, 0);
      expect(await message(path)).toContain('no permission to read');
    },
  );

  it('checks the size before it reads', async () => {
    const path = join(await temporaryFolder(), 'huge.png');
    const file = await open(path, 'w');
    await file.truncate(2 ** 30); // uses no space on the disk
    await file.close();
    expect(await message(path)).toBe(
      'has 1073741824 bytes, above the limit of 536870912; a smaller picture is needed',
    );
    await writeFile(path, files.png);
    expect(await message(path, { maxBytes: 100 })).toContain('above the limit of 100');
  });
});
