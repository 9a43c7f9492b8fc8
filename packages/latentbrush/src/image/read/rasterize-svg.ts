import { loadSharp } from '../load-sharp.ts';
import { planesOf } from './planes.ts';

/** A drawing: the text between `<svg>` and `</svg>`, and the visible part of the plane. */
export interface SvgDrawing {
  readonly body: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Draws a drawing onto a square of `size` pixels over a background. One that is not square is centred. Only for trusted drawings: those of
 * our dependencies.
 * @returns `[3, size, size]`: red, green, blue
 * @example
 * const body = '<circle cx="8" cy="8" r="8" fill="red"/>';
 * const rgb = await image.rasterizeSvg({ body, left: 0, top: 0, width: 16, height: 16 }, 32);
 * console.log(rgb.length); // 3072
 */
export async function rasterizeSvg(
  { body, left, top, width, height }: SvgDrawing,
  size: number,
  [r, g, b]: readonly [red: number, green: number, blue: number] = [255, 255, 255],
): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${size}" height="${size}" ` +
    `viewBox="${left} ${top} ${width} ${height}">${body}</svg>`;
  const { data, info } = await sharp(Buffer.from(svg))
    .flatten({ background: { r, g, b } })
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (data.length !== info.channels * size * size || info.channels < 3)
    throw new Error(`sharp: gave ${data.length} bytes for a drawing of ${size}x${size}`);
  return planesOf(data, info.channels, 3);
}

/**
 * The versions of the libraries that draw: other versions can draw other pixels.
 * @example
 * console.log(await image.rasterizerVersion());
 */
export async function rasterizerVersion(): Promise<string> {
  const { versions } = await loadSharp();
  return `rsvg ${versions.rsvg ?? '?'}, cairo ${versions.cairo ?? '?'}`;
}
