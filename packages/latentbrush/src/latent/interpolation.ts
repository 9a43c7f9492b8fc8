import { InputError } from '@latentbrush/engine';
import { counted } from '../counted.ts';

/** A point of a latent space. */
export type Point = Float32Array;

/** How to find points between two points. */
export type InterpolationMethod = 'linear' | 'spherical';

/**
 * (1 - t) a + t b.
 * @example
 * console.log(latent.lerp(Float32Array.of(0, 0), Float32Array.of(2, 4), 0.5)); // Float32Array(2) [ 1, 2 ]
 */
export function lerp(a: Point, b: Point, t: number): Point {
  return a.map((value, i) => value + t * (b[i]! - value));
}

/**
 * Spherical interpolation: sin((1 - t) Ω) / sin Ω · a + sin(t Ω) / sin Ω · b, where Ω is the angle between the two (Shoemake 1985). Points
 * of a normal distribution in many dimensions all lie at about the same distance from 0, and this keeps that distance (White 2016,
 * *Sampling Generative Networks*). Parallel points, opposite points and points at 0 are interpolated linearly.
 * @example
 * const halfway = latent.slerp(Float32Array.of(1, 0), Float32Array.of(0, 1), 0.5);
 * console.log(Math.hypot(...halfway).toFixed(3)); // 1.000
 */
export function slerp(a: Point, b: Point, t: number): Point {
  const product = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const angle = Math.acos(Math.min(1, Math.max(-1, product)));
  const sine = Math.sin(angle);
  if (!(sine > 1e-6)) return lerp(a, b, t);
  const [left, right] = [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
  return a.map((value, i) => left * value + right * b[i]!);
}

/**
 * Points along a path from point to point.
 * @param steps from one given point to the next; the given points are part of the path
 * @param closed whether the path returns to the first point, which is not repeated, so that an animation loops
 * @throws InputError with fewer than two points, points of different dimensions, or steps that are not a whole number of at least 1
 * @example
 * const [a, b, c] = [Float32Array.of(0), Float32Array.of(1), Float32Array.of(2)];
 * const path = latent.pathThrough([a, b, c], 2, 'linear');
 * console.log(path.map(([value]) => value)); // [ 0, 0.5, 1, 1.5, 2 ]
 */
export function pathThrough(
  points: readonly Point[],
  steps: number,
  method: InterpolationMethod,
  { closed = false }: { readonly closed?: boolean } = {},
): Point[] {
  const [first] = points;
  if (first === undefined || points.length < 2)
    throw new InputError(
      `interpolation: ${counted(points.length, 'point was', 'points were')} given; at least two are needed`,
    );
  if (!Number.isInteger(steps) || steps < 1)
    throw new InputError(`interpolation: ${steps} steps were given; a whole number of at least 1 is needed`);
  const odd = points.find(({ length }) => length !== first.length);
  if (odd !== undefined) {
    throw new InputError(
      `interpolation: points of ${first.length} and of ${counted(odd.length, 'dimension')} were given; all points must have the same number`,
    );
  }
  const between = method === 'linear' ? lerp : slerp;
  const ends = closed ? [...points.slice(1), first] : points.slice(1);
  const path = ends.flatMap((end, leg) =>
    Array.from({ length: steps }, (_, step) => between(points[leg]!, end, step / steps)),
  );
  return closed ? path : [...path, points.at(-1)!];
}

function dot(a: Point, b: Point): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
