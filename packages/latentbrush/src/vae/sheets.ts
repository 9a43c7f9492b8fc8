import { montage, picture, type Picture } from '../image/index.ts';
import type { Point } from '../latent/index.ts';
import type { Vae } from './model.ts';

/** Small pictures are enlarged on sheets to about this many pixels per side. */
const SIDE = 56;

/** Colour between pictures and in the empty places of the last row: a dark grey. */
const BACKGROUND = [24, 24, 26] as const;

/**
 * Factor by which pictures of a size are enlarged on a sheet.
 * @example
 * console.log(vae.sheetScale(28)); // 2
 */
export function sheetScale(size: number): number {
  return Math.max(1, Math.round(SIDE / size));
}

/**
 * Values of the normal distribution at evenly spaced probabilities, as the book's grid has them: the inverse of its distribution function
 * on linspace(0.05, 0.95).
 * @example
 * console.log(vae.normalQuantiles(3).map((value) => value.toFixed(2))); // [ '-1.64', '0.00', '1.64' ]
 */
export function normalQuantiles(count: number): number[] {
  if (count === 1) return [0];
  return Array.from({ length: count }, (_, i) => inverseNormal(0.05 + (0.9 * i) / (count - 1)));
}

/**
 * The points of a grid over two dimensions of the latent space, row by row; the others are 0. The book's figure: 15 by 15, the first
 * dimension grows to the right, the second downwards.
 * @param axes the dimensions, counted from 0: to the right, downwards
 * @example
 * const points = vae.gridPoints(3, 2);
 * console.log(points.length); // 9
 */
export function gridPoints(count: number, latent: number, axes: readonly [number, number] = [0, 1]): Point[] {
  const values = normalQuantiles(count);
  return values.flatMap((down) =>
    values.map((right) => {
      const point = new Float32Array(latent);
      point[axes[0]] = right;
      if (latent > 1) point[axes[1]] = down;
      return point;
    }),
  );
}

/**
 * Pictures of points as a grid without gaps, like the book's figure of the latent plane.
 * @example
 * const model = await vae.load('runs/faces');
 * const points = vae.gridPoints(5, model.model.architecture.latent);
 * await image.writePicture('grid.png', await vae.gridSheet(model, points, 5));
 * await model.release();
 */
export async function gridSheet(vae: Vae, points: readonly Point[], columns: number): Promise<Picture> {
  const { size } = vae.model.architecture;
  return montage(await vae.decode(points), { columns, gap: 0, scale: sheetScale(size) });
}

/**
 * Pictures, each with its reconstruction below.
 * @example
 * const model = await vae.load('runs/faces');
 * const cat = model.fitted(await image.readPicture('cat.jpg'));
 * await image.writePicture('before-and-after.png', await vae.reconstructionSheet(model, [cat]));
 * await model.release();
 */
export async function reconstructionSheet(
  vae: Vae,
  pictures: readonly Picture[],
  columns = Math.min(pictures.length, 10),
): Promise<Picture> {
  const encoded = await vae.encode(pictures);
  const decoded = await vae.decode(encoded.map(({ mean }) => mean));
  const nothing = plain(BACKGROUND, vae.model.architecture.size);
  const row = (all: readonly Picture[], start: number): Picture[] =>
    Array.from({ length: columns }, (_, column) => all[start + column] ?? nothing);
  const tiles: Picture[] = [];
  for (let start = 0; start < pictures.length; start += columns)
    tiles.push(...row(pictures, start), ...row(decoded, start));
  return montage(tiles, {
    columns,
    gap: 2,
    background: BACKGROUND,
    scale: sheetScale(vae.model.architecture.size),
  });
}

function plain(color: readonly number[], size: number): Picture {
  const result = picture(3, size, size);
  color.forEach((value, channel) => result.data.fill(value, channel * size ** 2, (channel + 1) * size ** 2));
  return result;
}

/**
 * Inverse of the normal distribution function by Acklam's rational approximation (2003), relative error below 1.2e-9.
 * @param p 0 to 1, both excluded
 * @example
 * console.log(vae.inverseNormal(0.975).toFixed(2)); // 1.96
 */
export function inverseNormal(p: number): number {
  if (p > 0.5) return -inverseNormal(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(TAIL_NUMERATOR, q) / (polynomial(TAIL_DENOMINATOR, q) * q + 1);
  }
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(CENTRE_NUMERATOR, r) * q) / (polynomial(CENTRE_DENOMINATOR, r) * r + 1);
}

const CENTRE_NUMERATOR = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const CENTRE_DENOMINATOR = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
];
const TAIL_NUMERATOR = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_DENOMINATOR = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416];

// Coefficients, highest power first.
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
