import type { Point } from './interpolation.ts';

/** The directions of the greatest variance of points. */
export interface PrincipalDirections {
  /** The mean of the points. */
  readonly mean: Point;
  /** Unit vectors, the one with the greatest variance first. */
  readonly directions: readonly Point[];
  /** Standard deviation of the points along each direction. */
  readonly deviations: readonly number[];
  /** Coordinates of each point along the directions, relative to the mean. */
  readonly places: readonly (readonly number[])[];
}

/**
 * The principal directions of points (Pearson 1901), by the library ml-pca: sliders of a latent space move along them.
 * @param most largest number of directions; there are at most as many as dimensions, and one less than points
 * @throws Error with fewer than two points
 * @example
 * const points = [[0, 0], [2, 0.1], [4, -0.1], [6, 0]].map((point) => Float32Array.from(point));
 * const { directions, mean } = await latent.principalDirections(points, 1);
 * console.log(mean[0], Math.abs(directions[0]![0]!).toFixed(2)); // 3 1.00
 */
export async function principalDirections(
  points: readonly Point[],
  most: number,
): Promise<PrincipalDirections> {
  const { PCA } = await import('ml-pca');
  const rows = points.map((point) => [...point]);
  const pca = new PCA(rows, { method: 'covarianceMatrix' });
  const count = Math.min(most, rows[0]?.length ?? 0, rows.length - 1);
  const mean = new Float32Array(rows[0]?.length ?? 0);
  for (const row of rows) row.forEach((value, i) => (mean[i] = mean[i]! + value / rows.length));
  return {
    mean,
    // columns of the matrix are the directions
    directions: pca
      .getEigenvectors()
      .transpose()
      .to2DArray()
      .slice(0, count)
      .map((row) => Float32Array.from(row)),
    deviations: pca
      .getEigenvalues()
      .slice(0, count)
      .map((variance) => Math.sqrt(Math.max(0, variance))),
    places: pca.predict(rows, { nComponents: count }).to2DArray(),
  };
}
