import { damagedBmp } from './bmp-header.ts';

const END_OF_ROW = 0;
const END_OF_PICTURE = 1;
const MOVE = 2;

/**
 * Decodes the run-length coding of BMP files. Skipped and missing pixels have colour 0. Pixels beyond the end of a row are ignored, as in
 * other programs.
 * @param codes from the first code on; bytes after the last are ignored
 * @param bits 4 or 8 bits per pixel
 * @param name the file, for messages
 * @returns a palette index for each pixel, rows from bottom to top as in the file
 * @throws InputError when the codes end too early
 */
export function decodeBmpRle(
  codes: Uint8Array,
  bits: 4 | 8,
  { height, width }: { readonly height: number; readonly width: number },
  name: string,
): Uint8Array {
  const result = new Uint8Array(height * width);
  let [at, x, y] = [0, 0, 0];
  const next = (): number => {
    const code = codes[at++];
    if (code === undefined) throw damagedBmp(name, 'its pixels are truncated');
    return code;
  };
  const put = (value: number): void => {
    if (x < width) result[y * width + x] = value;
    x += 1;
  };
  while (y < height) {
    // Some programs omit the end mark of the picture.
    if (at >= codes.length && y === height - 1 && x >= width) break;
    const count = next();
    const value = next();
    if (count > 0) {
      for (let i = 0; i < count; i++) put(bits === 8 ? value : nibble(value, i));
    } else if (value === END_OF_ROW) {
      x = 0;
      y += 1;
    } else if (value === END_OF_PICTURE) break;
    else if (value === MOVE) {
      x += next();
      y += next();
    } else {
      const bytes = bits === 8 ? value : Math.ceil(value / 2);
      if (at + bytes > codes.length) throw damagedBmp(name, 'its pixels are truncated');
      for (let i = 0; i < value; i++) put(bits === 8 ? codes[at + i]! : nibble(codes[at + (i >> 1)]!, i));
      at += bytes + (bytes % 2); // padded to 16 bits
    }
  }
  return result;
}

/** The first of two pixels in a byte is in the upper half. */
function nibble(byte: number, index: number): number {
  return index % 2 === 0 ? byte >> 4 : byte & 15;
}
