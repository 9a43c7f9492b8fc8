import { InputError } from '@latentbrush/engine';
import { checkPixels } from '../pixel-limit.ts';

/** The headers of a BMP file, as in Microsoft's BITMAPFILEHEADER and BITMAPINFOHEADER. */
export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** Whether the first row of the file is the top row; usually it is the bottom row. */
  readonly topDown: boolean;
  readonly bitsPerPixel: number;
  readonly coding: 'plain' | 'rle4' | 'rle8';
  /** Bit masks of red, green, blue and opacity in a pixel of 16 or 32 bits; none for 24 bits and less. */
  readonly masks: readonly [red: number, green: number, blue: number, opacity: number];
  /** Where the palette begins, for pixels of 8 bits and less. */
  readonly paletteStart: number;
  /** Bytes of a colour: 3 in files of OS/2 and Windows 2, otherwise 4. */
  readonly paletteEntryBytes: 3 | 4;
  readonly paletteEntries: number;
  /** Where the pixels begin. */
  readonly pixelsStart: number;
}

const FILE_HEADER_BYTES = 14;
const CORE_HEADER_BYTES = 12;
const INFO_HEADER_BYTES = 40;

/** Sizes of the known headers: of OS/2 1 (12), OS/2 2 (64), and Windows (40 with two extensions, version 4, version 5). */
const HEADER_SIZES: readonly number[] = [12, 40, 52, 56, 64, 108, 124];

/** Sizes of headers that contain the masks of red, green and blue, and of those that also contain the mask of opacity. */
const HAS_MASKS = new Set([52, 56, 108, 124]);
const HAS_OPACITY_MASK = new Set([56, 108, 124]);

/** Codings by their numbers, with their bits per pixel. */
const CODINGS: Readonly<Record<number, { coding: BmpHeader['coding']; bits: readonly number[] }>> = {
  0: { coding: 'plain', bits: [1, 2, 4, 8, 16, 24, 32] },
  1: { coding: 'rle8', bits: [8] },
  2: { coding: 'rle4', bits: [4] },
  3: { coding: 'plain', bits: [16, 32] },
  6: { coding: 'plain', bits: [16, 32] },
};

const BIT_FIELDS = 3;
const ALPHA_BIT_FIELDS = 6;

/** Default masks. */
const DEFAULT_MASKS: Readonly<Record<number, BmpHeader['masks']>> = {
  16: [0x7c00, 0x3e0, 0x1f, 0],
  32: [0xff0000, 0xff00, 0xff, 0],
};

/** Whether these are the first bytes of a BMP file. */
export function isBmp(head: Uint8Array): boolean {
  const bytes = bufferOf(head);
  return (
    bytes.length >= FILE_HEADER_BYTES + 4 &&
    bytes.toString('latin1', 0, 2) === 'BM' &&
    HEADER_SIZES.includes(bytes.readUInt32LE(FILE_HEADER_BYTES))
  );
}

/**
 * Reads the headers of a BMP file.
 * @param name the file, for messages
 * @throws InputError when they are damaged, declare more pixels than `maxPixels` or than the file can hold, or an unsupported coding
 */
export function readBmpHeader(file: Uint8Array, name: string, maxPixels?: number): BmpHeader {
  const bytes = bufferOf(file);
  if (bytes.length < FILE_HEADER_BYTES + CORE_HEADER_BYTES) throw damagedBmp(name, 'its header is truncated');
  const size = bytes.readUInt32LE(FILE_HEADER_BYTES);
  if (bytes.length < FILE_HEADER_BYTES + size) throw damagedBmp(name, 'its header is truncated');
  const isCore = size === CORE_HEADER_BYTES;
  const width = isCore ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const signedHeight = isCore ? bytes.readUInt16LE(20) : bytes.readInt32LE(22);
  const height = Math.abs(signedHeight);
  if (width < 1 || height < 1) throw damagedBmp(name, `its header declares ${width}x${height}`);
  checkPixels(name, { height, width }, maxPixels);
  const bitsPerPixel = bytes.readUInt16LE(isCore ? 24 : 28);
  const compression = isCore ? 0 : bytes.readUInt32LE(30);
  const found = CODINGS[compression];
  if (found?.bits.includes(bitsPerPixel) !== true || (size === 64 && compression > 2)) {
    throw new InputError(
      `${name}: is a BMP of ${bitsPerPixel} bits per pixel and compression ${compression}, which cannot be read; convert it to JPEG or PNG`,
    );
  }
  const topDown = signedHeight < 0;
  if (topDown && found.coding !== 'plain') throw damagedBmp(name, 'a compressed one cannot begin at the top');
  const { masks, end } = masksOf(bytes, name, { size, compression, bitsPerPixel });
  const header = {
    width,
    height,
    topDown,
    bitsPerPixel,
    coding: found.coding,
    masks,
    ...placesOf(bytes, name, { isCore, end, bitsPerPixel }),
  };
  if (header.coding === 'plain' && bytes.length < header.pixelsStart + plainBytes(header))
    throw damagedBmp(name, 'it has fewer bytes than its pixels need');
  return header;
}

/** Bytes between two rows of uncompressed pixels: each row is padded to four bytes. */
export function bmpRowBytes({ width, bitsPerPixel }: Pick<BmpHeader, 'width' | 'bitsPerPixel'>): number {
  return Math.ceil((width * bitsPerPixel) / 32) * 4;
}

/** The error of a damaged BMP file. */
export function damagedBmp(name: string, reason: string): InputError {
  return new InputError(`${name}: is a damaged or truncated BMP (${reason}); a complete one is needed`);
}

/** A Buffer of the same memory. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// The padding of the last row may be missing.
function plainBytes(header: Pick<BmpHeader, 'width' | 'height' | 'bitsPerPixel'>): number {
  return bmpRowBytes(header) * (header.height - 1) + Math.ceil((header.width * header.bitsPerPixel) / 8);
}

interface MaskSource {
  readonly size: number;
  readonly compression: number;
  readonly bitsPerPixel: number;
}

/** @returns the masks, and the end of headers and masks */
function masksOf(
  bytes: Buffer,
  name: string,
  { size, compression, bitsPerPixel }: MaskSource,
): { masks: BmpHeader['masks']; end: number } {
  const headersEnd = FILE_HEADER_BYTES + size;
  const isGiven = compression === BIT_FIELDS || compression === ALPHA_BIT_FIELDS;
  if (!isGiven) return { masks: DEFAULT_MASKS[bitsPerPixel] ?? [0, 0, 0, 0], end: headersEnd };
  const start = FILE_HEADER_BYTES + INFO_HEADER_BYTES; // after the shortest header, and at the same place in longer ones
  const count = HAS_OPACITY_MASK.has(size) || compression === ALPHA_BIT_FIELDS ? 4 : 3;
  const end = HAS_MASKS.has(size) ? Math.max(headersEnd, start + 4 * count) : start + 4 * count;
  if (bytes.length < end) throw damagedBmp(name, 'its header is truncated');
  const mask = (index: number): number => (index < count ? bytes.readUInt32LE(start + 4 * index) : 0);
  const masks = [mask(0), mask(1), mask(2), mask(3)] as const;
  for (const each of masks) {
    const bits = each.toString(2).replace(/0+$/, '');
    if (bits.includes('0') && each !== 0) throw damagedBmp(name, 'the bits of a colour are scattered');
    if (each >= 2 ** bitsPerPixel) throw damagedBmp(name, 'a colour has bits outside its pixel');
  }
  return { masks, end };
}

interface PlaceSource {
  readonly isCore: boolean;
  readonly end: number;
  readonly bitsPerPixel: number;
}

type Places = Pick<BmpHeader, 'paletteStart' | 'paletteEntryBytes' | 'paletteEntries' | 'pixelsStart'>;

function placesOf(bytes: Buffer, name: string, { isCore, end, bitsPerPixel }: PlaceSource): Places {
  const paletteEntryBytes = isCore ? 3 : 4;
  const most = bitsPerPixel > 8 ? 0 : 2 ** bitsPerPixel;
  const used = isCore ? 0 : bytes.readUInt32LE(46);
  const wanted = used === 0 ? most : Math.min(used, most);
  const given = bytes.readUInt32LE(10);
  // Some programs do not write where the pixels begin, or leave out unused colours.
  const pixelsStart = given === 0 ? end + wanted * paletteEntryBytes : given;
  if (pixelsStart < end || pixelsStart > bytes.length)
    throw damagedBmp(name, 'its pixels begin outside the file');
  const paletteEntries = Math.min(wanted, Math.floor((pixelsStart - end) / paletteEntryBytes));
  return { paletteStart: end, paletteEntryBytes, paletteEntries, pixelsStart };
}
