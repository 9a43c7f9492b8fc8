import { InputError, Random } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { decodeBmp, type Bitmap } from './bmp.ts';
import { decodePicture } from './decode.ts';
import { decodeThumbnail } from './thumbnail.ts';
import { bmpFile, bmpRows, type BmpFile } from '../testing/bmp-file.ts';

const RED = [255, 0, 0];
const GREEN = [0, 255, 0];
const BLUE = [0, 0, 255];
const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];
const palette = [RED, GREEN, BLUE, WHITE];

const decoded = (file: BmpFile): Bitmap => decodeBmp(bmpFile(file), 'file');

/** The pixels of a file, row by row, each as the list of its values. */
function pixels(file: BmpFile): number[][][] {
  const { width, height, channels, data } = decoded(file);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => [
      ...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels),
    ]),
  );
}

describe('decodeBmp: palettes', () => {
  it.each([1, 2, 4, 8] as const)('%i bits, with rows that do not fill their bytes', (bits) => {
    const random = new Random(bits);
    const rows = [0, 1, 2].map(() =>
      Array.from({ length: 13 }, () => random.integer(0, Math.min(4, 2 ** bits))),
    );
    const colors = palette.slice(0, 2 ** bits);
    const expected = rows.map((row) => row.map((color) => palette[color]!));
    for (const headerBytes of [12, 40, 64, 108, 124]) {
      const all = [
        ...colors,
        ...(headerBytes === 12 ? new Array<number[]>(2 ** bits - colors.length).fill(BLACK) : []),
      ];
      const file = { width: 13, height: 3, bits, palette: all, pixels: bmpRows(rows, bits), headerBytes };
      expect(pixels(file), `header of ${headerBytes}`).toEqual(expected);
    }
  });

  it('reads colours missing from the palette as black', () => {
    const file = { width: 4, height: 1, bits: 8, palette: [RED], pixels: [0, 1, 255, 0] };
    expect(pixels(file)).toEqual([[RED, BLACK, BLACK, RED]]);
  });

  it('finds the pixels after the palette when the header does not say where', () => {
    const file = { width: 4, height: 1, bits: 8, palette, pixels: [3, 2, 1, 0], pixelsStart: 0 };
    expect(pixels(file)).toEqual([[WHITE, BLUE, GREEN, RED]]);
  });
});

describe('decodeBmp: colours in the pixels', () => {
  const rows = [...[1, 2, 3, 4, 5, 6, 0, 0], ...[7, 8, 9, 10, 11, 12, 0, 0]];

  it('24 bits, bottom-up and top-down', () => {
    const [first, second] = [[[3, 2, 1], [6, 5, 4]], [[9, 8, 7], [12, 11, 10]]]; // prettier-ignore
    expect(pixels({ width: 2, height: 2, bits: 24, pixels: rows })).toEqual([second, first]);
    expect(pixels({ width: 2, height: -2, bits: 24, pixels: rows })).toEqual([first, second]);
    // The padding of the last row may be missing.
    expect(pixels({ width: 2, height: -2, bits: 24, pixels: rows.slice(0, -2) })).toEqual([first, second]);
  });

  it('32 bits with an unused fourth byte', () => {
    expect(pixels({ width: 1, height: 1, bits: 32, pixels: [1, 2, 3, 77] })).toEqual([[[3, 2, 1]]]);
  });

  it('16 bits: five for each colour, or by masks', () => {
    // 0b0_11111_00000_00001, little-endian
    expect(pixels({ width: 1, height: 1, bits: 16, pixels: [0x01, 0x7c, 0, 0] })).toEqual([[[255, 0, 8]]]);
    const masks = [0xf800, 0x7e0, 0x1f];
    const file = { width: 2, height: 1, bits: 16, compression: 3, masks, pixels: [0xe0, 0x07, 0x20, 0x80] };
    for (const headerBytes of [40, 52, 56, 108])
      expect(pixels({ ...file, headerBytes })[0]!.map((each) => each.slice(0, 3))).toEqual([
        GREEN,
        [132, 4, 0],
      ]);
  });

  it('32 bits by masks: ten bits each, in any order, with opacity', () => {
    const ten = [0x3ff, 0xffc00, 0x3ff00000];
    const file = {
      width: 1,
      height: 1,
      bits: 32,
      compression: 3,
      masks: ten,
      pixels: [0xff, 0x03, 0x08, 0x20],
    };
    expect(pixels(file)).toEqual([[[255, 128, 128]]]);
    const masks = [0xff000000, 0xff0000, 0xff00, 0xff];
    const clear = { width: 1, height: 1, bits: 32, masks, pixels: [51, 3, 2, 1] };
    expect(pixels({ ...clear, headerBytes: 124, compression: 3 })).toEqual([[[1, 2, 3, 51]]]);
    expect(pixels({ ...clear, headerBytes: 40, compression: 6 })).toEqual([[[1, 2, 3, 51]]]);
  });

  it('ignores an opacity of 0 everywhere, as programs without opacity write it', () => {
    const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
    const file = {
      width: 1,
      height: 1,
      bits: 32,
      masks,
      pixels: [1, 2, 3, 0],
      headerBytes: 56,
      compression: 3,
    };
    expect(pixels(file)).toEqual([[[3, 2, 1, 255]]]);
  });
});

describe('decodeBmp: run-length coding', () => {
  const coded = (compression: 1 | 2, codes: number[], width = 6, height = 2): number[][][] =>
    pixels({ width, height, bits: compression === 1 ? 8 : 4, compression, palette, pixels: codes });

  it('RLE8: runs, literals, moves, ends of rows and of the picture', () => {
    const bottom = [GREEN, GREEN, GREEN, BLUE, WHITE, BLUE];
    const top = [RED, RED, WHITE, RED, RED, RED];
    expect(coded(1, [3, 1, 0, 3, 2, 3, 2, 0, 0, 0, 0, 2, 2, 0, 1, 3, 0, 1])).toEqual([top, bottom]);
    expect(coded(1, [0, 2, 0, 1, 6, 3])).toEqual([new Array(6).fill(WHITE), new Array(6).fill(RED)]); // without its end mark
  });

  it('RLE4: two alternating colours, and literals padded to 16 bits', () => {
    expect(coded(2, [5, 0x12, 0, 0, 0, 5, 0x32, 0x10, 0x30, 0, 1, 1, 0, 1])).toEqual([
      [WHITE, BLUE, GREEN, RED, WHITE, RED],
      [GREEN, BLUE, GREEN, BLUE, GREEN, RED],
    ]);
  });

  it('ignores pixels beyond a row or the picture', () => {
    expect(coded(1, [250, 1, 0, 0, 9, 2, 0, 0, 9, 3], 3, 2)).toEqual([[BLUE, BLUE, BLUE], [GREEN, GREEN, GREEN]]); // prettier-ignore
  });

  it('refuses codes that end too early, or that are top-down', () => {
    for (const codes of [[], [3], [3, 1], [6, 1, 0, 0, 5, 1], [0, 9, 1, 2], [0, 2, 1]])
      expect(() => coded(1, codes)).toThrow('file: is a damaged or truncated BMP (its pixels are truncated)');
    expect(() => coded(1, [6, 1, 0, 1], 6, -2)).toThrow('a compressed one cannot begin at the top');
  });
});

describe('decodeBmp: what is refused in a line, before allocation', () => {
  const good = { width: 2, height: 2, bits: 24, pixels: new Array<number>(16).fill(0) };
  it.each<[string, Partial<BmpFile>, string]>([
    ['no width', { width: 0 }, 'its header declares 0x2'],
    ['a width below 0', { width: -5 }, 'its header declares -5x2'],
    ['no height', { height: 0 }, 'its header declares 2x0'],
    ['the largest size', { width: 2 ** 31 - 1, height: -(2 ** 31) }, 'has 2147483647x2147483648 pixels'],
    ['more pixels than bytes', { width: 9000, height: 9000 }, 'it has fewer bytes than its pixels need'],
    ['pixels within the header', { pixelsStart: 20 }, 'its pixels begin outside the file'],
    ['pixels after the end', { pixelsStart: 4e9 }, 'its pixels begin outside the file'],
    [
      '5 bits',
      { bits: 5 },
      'is a BMP of 5 bits per pixel and compression 0, which cannot be read; convert it to JPEG or PNG',
    ],
    [
      'a JPEG within',
      { compression: 4 },
      'is a BMP of 24 bits per pixel and compression 4, which cannot be read',
    ],
    ['RLE8 of 24 bits', { compression: 1 }, 'is a BMP of 24 bits per pixel and compression 1'],
    [
      'the codes of OS/2',
      { headerBytes: 64, compression: 3, bits: 32 },
      'compression 3, which cannot be read',
    ],
    ['scattered bits', { bits: 16, compression: 3, masks: [0xf100, 0x7e0, 0x1f] }, 'the bits of a colour are scattered'], // prettier-ignore
    [
      'bits outside',
      { bits: 16, compression: 3, masks: [0xf0000, 0, 0] },
      'a colour has bits outside its pixel',
    ],
  ])('%s', (_, change, message) => {
    const bytes = bmpFile({ ...good, ...change });
    expect(() => decodeBmp(bytes, 'file')).toThrow(InputError);
    expect(() => decodeBmp(bytes, 'file')).toThrow(message);
  });

  it('more pixels than allowed', () => {
    expect(() => decodeBmp(bmpFile(good), 'file', 3)).toThrow('file: has 2x2 pixels');
    expect(decodeBmp(bmpFile(good), 'file', 4)).toMatchObject({ width: 2, height: 2 });
  });

  it('files truncated anywhere', () => {
    const whole = bmpFile({ ...good, pixels: good.pixels.slice(0, -2) });
    expect(() => decodeBmp(whole, 'file')).not.toThrow();
    for (let length = 0; length < whole.length; length++)
      expect(() => decodeBmp(whole.subarray(0, length), 'file')).toThrow(
        /^file: is a damaged or truncated BMP/,
      );
  });
});

describe('any bytes after a header give a picture or a one-line error', () => {
  it.each([1, 2, 4, 8, 16, 24, 32])('%i bits per pixel', (bits) => {
    const random = new Random(bits);
    const below = (limit: number): number => random.integer(0, limit);
    let read = 0;
    for (let round = 0; round < 2000; round++) {
      const [width, height] = [1 + below(20), below(2) === 0 ? 1 + below(20) : -1 - below(20)];
      const [compression, headerBytes] = [
        [0, 0, 1, 2, 3, 6][below(6)]!,
        [40, 40, 56, 64, 108, 124][below(6)]!,
      ];
      const bytes = bmpFile({
        ...{ width, height, bits, compression, headerBytes, palette: palette.slice(0, below(5)) },
        masks:
          compression < 3
            ? []
            : [0xff0000, 0xff00, 0xff, 0xff000000].map((mask) => mask >>> (bits === 16 ? 16 : 0)),
        pixels: Array.from({ length: below(2000) }, () => (below(3) === 0 ? below(4) : below(256))),
      });
      try {
        const { data, channels } = decodeBmp(bytes, 'file');
        expect(data.length).toBe(channels * width * Math.abs(height));
        read += 1;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.message).toMatch(/^file: [^\n]+$/);
      }
    }
    expect(read).toBeGreaterThan(100);
  });
});

describe('BMP files, like other formats,', () => {
  const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
  const half = { width: 8, height: 8, bits: 32, masks, headerBytes: 56, compression: 3 };
  const bytes = bmpFile({ ...half, pixels: new Array(64).fill([0, 0, 255, 51]).flat() as number[] });

  it('are composited over the background where they are transparent', async () => {
    const { data } = await decodePicture(bytes, 'file', { background: [0, 0, 100] });
    expect([data[0], data[64], data[128]]).toEqual([51, 0, 80]);
    expect((await decodePicture(bytes, 'file', { channels: 1 })).channels).toBe(1);
  });

  it('become thumbnails', async () => {
    const planes = await decodeThumbnail(bytes, 'file', { height: 4, width: 4, background: [0, 0, 0] });
    expect([planes[0], planes[16], planes[32]]).toEqual([51, 0, 0]);
  });
});
