import { bmpRowBytes, bufferOf, readBmpHeader, type BmpHeader } from './bmp-header.ts';
import { decodeBmpRle } from './bmp-rle.ts';

/** A picture of interleaved bytes. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** 3 (red, green, blue), or 4 with opacity. */
  readonly channels: 3 | 4;
  /** The rows from top to bottom. */
  readonly data: Uint8Array;
}

/**
 * Decodes a BMP file (Windows and OS/2): 1, 2, 4, 8, 16, 24 or 32 bits per pixel, palettes, RLE4 and RLE8, bit fields with opacity, rows
 * from the top or the bottom. Colours are read as sRGB; the header's colour space is ignored. The fourth byte of a pixel is opacity if the
 * file says so, unless it is 0 everywhere: many programs write that.
 * @param name the file, for messages
 * @throws InputError when the file is damaged or truncated, has more than `maxPixels`, or an unsupported coding
 */
export function decodeBmp(file: Uint8Array, name: string, maxPixels?: number): Bitmap {
  const header = readBmpHeader(file, name, maxPixels);
  const bytes = bufferOf(file);
  if (header.bitsPerPixel <= 8) return fromPalette(bytes, header, name);
  return header.bitsPerPixel === 24 ? fromBytes(bytes, header) : fromFields(bytes, header);
}

/** Calls the function for each row from top to bottom, with its index in the file. */
function eachRow({ height, topDown }: BmpHeader, use: (y: number, place: number) => void): void {
  for (let y = 0; y < height; y++) use(y, topDown ? y : height - 1 - y);
}

function fromPalette(bytes: Buffer, header: BmpHeader, name: string): Bitmap {
  const { width, height, bitsPerPixel, pixelsStart } = header;
  const palette = paletteOf(bytes, header);
  const pixels = bytes.subarray(pixelsStart);
  const decoded =
    header.coding === 'plain'
      ? undefined
      : decodeBmpRle(pixels, header.coding === 'rle4' ? 4 : 8, { height, width }, name);
  const [rowBytes, bits] = decoded === undefined ? [bmpRowBytes(header), bitsPerPixel] : [width, 8];
  const source = decoded ?? pixels;
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const data = new Uint8Array(3 * width * height);
  eachRow(header, (y, place) => {
    for (let x = 0; x < width; x++) {
      const byte = source[place * rowBytes + Math.floor(x / perByte)]!;
      const color = (byte >> (8 - bits - (x % perByte) * bits)) & mask;
      const to = 3 * (y * width + x);
      for (let channel = 0; channel < 3; channel++) data[to + channel] = palette[3 * color + channel]!;
    }
  });
  return { width, height, channels: 3, data };
}

/** Red, green and blue of 256 colours; missing ones are black. */
function paletteOf(bytes: Buffer, header: BmpHeader): Uint8Array {
  const { paletteStart, paletteEntryBytes, paletteEntries } = header;
  const palette = new Uint8Array(3 * 256);
  for (let color = 0; color < paletteEntries; color++) {
    const from = paletteStart + color * paletteEntryBytes;
    for (let channel = 0; channel < 3; channel++) palette[3 * color + channel] = bytes[from + 2 - channel]!;
  }
  return palette;
}

/** Pixels of 24 bits: blue, green, red. */
function fromBytes(bytes: Buffer, header: BmpHeader): Bitmap {
  const { width, height, pixelsStart } = header;
  const rowBytes = bmpRowBytes(header);
  const data = new Uint8Array(3 * width * height);
  eachRow(header, (y, place) => {
    let from = pixelsStart + place * rowBytes;
    let to = 3 * y * width;
    for (let x = 0; x < width; x++, from += 3, to += 3) {
      data[to] = bytes[from + 2]!;
      data[to + 1] = bytes[from + 1]!;
      data[to + 2] = bytes[from]!;
    }
  });
  return { width, height, channels: 3, data };
}

/** Pixels of 16 or 32 bits with masks for the colours. */
function fromFields(bytes: Buffer, header: BmpHeader): Bitmap {
  const { width, height, pixelsStart, bitsPerPixel, masks } = header;
  const rowBytes = bmpRowBytes(header);
  const pixelBytes = bitsPerPixel / 8;
  const channels = masks[3] === 0 ? 3 : 4;
  const fields = masks.slice(0, channels).map(fieldOf);
  const data = new Uint8Array(channels * width * height);
  let opaque = 0;
  eachRow(header, (y, place) => {
    for (let x = 0; x < width; x++) {
      const from = pixelsStart + place * rowBytes + x * pixelBytes;
      const pixel = pixelBytes === 2 ? bytes.readUInt16LE(from) : bytes.readUInt32LE(from);
      const to = channels * (y * width + x);
      for (let channel = 0; channel < channels; channel++)
        data[to + channel] = valueOf(pixel, fields[channel]!);
      if (channels === 4) opaque |= data[to + 3]!;
    }
  });
  if (channels === 4 && opaque === 0) for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width, height, channels, data };
}

/** Position of the bits of a colour. */
interface Field {
  readonly mask: number;
  readonly shift: number;
  /** The largest value. */
  readonly largest: number;
}

function fieldOf(mask: number): Field {
  const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
  return { mask, shift, largest: mask >>> shift };
}

/** The value of a colour, from 0 to 255. */
function valueOf(pixel: number, { mask, shift, largest }: Field): number {
  return largest === 0 ? 0 : Math.round((((pixel & mask) >>> shift) * 255) / largest);
}
