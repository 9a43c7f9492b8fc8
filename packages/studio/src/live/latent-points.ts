import type { LatentMap } from 'latentbrush/studio';

/** A point of a latent space. */
export type LatentPoint = readonly number[];

/** A place on the map. */
export type Place = readonly [x: number, y: number];

/** Number of pictures to mix for a place on a map without a plane. */
const NEIGHBOURS = 4;

/**
 * The point of a place on the map. In a plane it is exact. Elsewhere it is a mix of the nearest pictures, weighted by nearness, with their
 * distance from 0: points of a GAN all have about the same distance.
 */
export function pointAt(map: LatentMap, place: Place): LatentPoint {
  const { isPlane, mean, directions, places, points } = map;
  if (isPlane) return moved(mean, directions, place);
  const near = places
    .map((other, index) => ({ index, distance: Math.hypot(other[0] - place[0], other[1] - place[1]) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, NEIGHBOURS);
  const farthest = near.at(-1)?.distance ?? 1;
  const weights = near.map(
    ({ distance }) => (1 - distance / (farthest * 1.05 + 1e-9)) / (distance + 1e-3 * farthest + 1e-9),
  );
  const chosen = near.map(({ index }) => points[index] ?? []);
  return withLengthOf(mixed(chosen, weights), chosen, weights);
}

/** A point moved along directions. @param steps distance along each; missing ones are 0 */
export function moved(
  point: LatentPoint,
  directions: readonly LatentPoint[],
  steps: readonly number[],
): LatentPoint {
  return point.map((value, i) =>
    steps.reduce((sum, step, axis) => sum + step * (directions[axis]?.[i] ?? 0), value),
  );
}

/** The weighted mean of points. The weights can have any sum. */
export function mixed(points: readonly LatentPoint[], weights: readonly number[]): LatentPoint {
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  return (points[0] ?? []).map((_, i) =>
    points.reduce((sum, point, index) => sum + ((weights[index] ?? 0) / total) * (point[i] ?? 0), 0),
  );
}

/** a - b + c. */
export function arithmetic(a: LatentPoint, b: LatentPoint, c: LatentPoint): LatentPoint {
  return a.map((value, i) => value - (b[i] ?? 0) + (c[i] ?? 0));
}

/**
 * A point on a smooth path through points: a closed Catmull-Rom spline. @param at from 0 to 1, once around
 */
export function onPath(points: readonly LatentPoint[], at: number): LatentPoint {
  const count = points.length;
  if (count < 2) return points[0] ?? [];
  const place = (((at % 1) + 1) % 1) * count;
  const segment = Math.floor(place);
  const t = place - segment;
  const [before, from, to, after] = [-1, 0, 1, 2].map(
    (offset) => points[(segment + offset + count) % count] ?? [],
  );
  return from!.map((value, i) => {
    const [a, c, d] = [before![i]!, to![i]!, after![i]!];
    return value + 0.5 * t * (c - a + t * (2 * a - 5 * value + 4 * c - d + t * (3 * (value - c) + d - a)));
  });
}

/** A mix with the mean distance from 0 of its points. */
export function withLengthOf(
  point: LatentPoint,
  points: readonly LatentPoint[],
  weights: readonly number[],
): LatentPoint {
  return asLongAs(point, average(points.map(lengthOf), weights));
}

/** Numbers of the points nearest to a point, the nearest first. */
export function nearestPoints(points: readonly LatentPoint[], point: LatentPoint, count: number): number[] {
  return points
    .map((other, index) => ({
      index,
      distance: Math.hypot(...other.map((value, i) => value - (point[i] ?? 0))),
    }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ index }) => index);
}

/** How much a child differs from a mixture of its parents, as a share of their distance. */
const MUTATION = 0.35;

/**
 * A child of two points: each coordinate is that of one parent, of the other, or between, and changes a little.
 * @param random gives numbers from 0 to 1
 */
export function childOf(a: LatentPoint, b: LatentPoint, random: () => number = Math.random): LatentPoint {
  const distance = Math.hypot(...a.map((value, i) => value - (b[i] ?? 0))) / Math.sqrt(a.length || 1);
  return a.map((value, i) => {
    const share = Math.min(1, Math.max(0, 1.5 * random() - 0.25));
    const change = (random() + random() + random() - 1.5) * MUTATION * distance;
    return value + share * ((b[i] ?? 0) - value) + change;
  });
}

/** Whether a place lies within a closed line. */
export function isWithin(line: readonly Place[], [x, y]: Place): boolean {
  let inside = false;
  line.forEach(([x1, y1], index) => {
    const [x2, y2] = line.at(index - 1)!;
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  });
  return inside;
}

function average(values: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  return values.reduce((sum, value, index) => sum + (value * (weights[index] ?? 0)) / total, 0);
}

function lengthOf(point: LatentPoint): number {
  return Math.hypot(...point);
}

function asLongAs(point: LatentPoint, length: number): LatentPoint {
  const own = lengthOf(point) || 1;
  return point.map((value) => (value / own) * length);
}
