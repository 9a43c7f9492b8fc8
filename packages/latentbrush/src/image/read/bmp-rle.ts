import { damagedBmp } from './bmp-header.ts';

const END_OF_ROW = 0;
const END_OF_PICTURE = 1;
const MOVE = 2;

/**
 * Decodes the run-length coding of BMP files. What is moved over, and what is not told before the picture ends, is of colour 0. Pixels
 * beyond the end of a row are left out, as other programs do.
 * @param codes from the first code on; what comes after the last is not looked at
 * @param bits 4 or 8 bits per pixel
 * @param name the file, for messages
 * @returns a colour's number for each pixel, the rows from bottom to top as in the file
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
    if (code === undefined) throw damagedBmp(name, 'its pixels are cut off');
    return code;
  };
  const put = (value: number): void => {
    if (x < width) result[y * width + x] = value;
    x += 1;
  };
  while (y < height) {
    // Some programs leave the end mark of the picture out.
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
      if (at + bytes > codes.length) throw damagedBmp(name, 'its pixels are cut off');
      for (let i = 0; i < value; i++) put(bits === 8 ? codes[at + i]! : nibble(codes[at + (i >> 1)]!, i));
      at += bytes + (bytes % 2); // filled up to 16 bits
    }
  }
  return result;
}

/** Of two pixels in a byte the first is in its upper half. */
function nibble(byte: number, index: number): number {
  return index % 2 === 0 ? byte >> 4 : byte & 15;
}
