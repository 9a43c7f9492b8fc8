/** The fields of a BMP file to write. */
export interface BmpFile {
  readonly width: number;
  /** Negative: the rows begin at the top. */
  readonly height: number;
  readonly bits: number;
  /** The pixels as in the file: rows, each padded to four bytes, or codes. */
  readonly pixels: readonly number[];
  /** 12, 40, 56, 108 ...; default 40. */
  readonly headerBytes?: number;
  readonly compression?: number;
  /** Red, green, blue of each colour. */
  readonly palette?: readonly (readonly number[])[];
  readonly masks?: readonly number[];
  /** Offset of the pixels, as the header declares it (default: the true one). */
  readonly pixelsStart?: number;
}

/** A BMP file with any fields, also wrong ones. */
export function bmpFile(file: BmpFile): Uint8Array {
  const { width, height, bits, pixels, headerBytes = 40, compression = 0, palette = [], masks = [] } = file;
  const isCore = headerBytes === 12;
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(headerBytes, 0);
  if (isCore) {
    header.writeUInt16LE(width, 4);
    header.writeUInt16LE(height, 6);
    header.writeUInt16LE(1, 8);
    header.writeUInt16LE(bits, 10);
  } else {
    header.writeInt32LE(width, 4);
    header.writeInt32LE(height, 8);
    header.writeUInt16LE(1, 12);
    header.writeUInt16LE(bits, 14);
    header.writeUInt32LE(compression, 16);
    header.writeUInt32LE(palette.length, 32);
  }
  const fields = Buffer.alloc(4 * masks.length);
  masks.forEach((mask, i) => fields.writeUInt32LE(mask, 4 * i));
  const within = headerBytes > 40; // the masks are in the header itself
  if (within) fields.copy(header, 40);
  const colors = Buffer.from(
    palette.flatMap(([red = 0, green = 0, blue = 0]) => [blue, green, red, ...(isCore ? [] : [0])]),
  );
  const start = Buffer.alloc(14);
  const head = Buffer.concat([header, within ? Buffer.alloc(0) : fields, colors]);
  start.write('BM', 'latin1');
  start.writeUInt32LE(14 + head.length + pixels.length, 2);
  start.writeUInt32LE(file.pixelsStart ?? 14 + head.length, 10);
  return Buffer.concat([start, head, Buffer.from(pixels)]);
}

/** Rows of numbers as in a BMP file: packed into bytes, each row padded to four bytes, the last row first. */
export function bmpRows(rows: readonly (readonly number[])[], bits: 1 | 2 | 4 | 8): number[] {
  const perByte = 8 / bits;
  return [...rows].reverse().flatMap((row) => {
    const bytes = new Array<number>(Math.ceil((row.length * bits) / 32) * 4).fill(0);
    row.forEach((value, x) => (bytes[Math.floor(x / perByte)]! |= value << (8 - bits * ((x % perByte) + 1))));
    return bytes;
  });
}
