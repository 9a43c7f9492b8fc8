import type { Random } from '@latentbrush/engine';
import type { Point } from './interpolation.ts';
import { counted } from '../counted.ts';
import { option, OptionError, words } from '../words.ts';

/** How to project points of many dimensions to two. */
export type ProjectionMethod = 'pca' | 'umap';

/** UMAP compares every point with its neighbours; more points take minutes and show no more. */
export const MOST_PROJECTED = 20_000;

/**
 * Projects points of a latent space to two dimensions for display. Two dimensions stay unchanged.
 *
 * `pca`: the two directions of greatest variance (Pearson 1901), by the library ml-pca. `umap`: neighbours stay neighbours (McInnes et al.
 * 2018, arXiv:1802.03426), by the library umap-js with its defaults: 15 neighbours, distance at least 0.1.
 * @param random for UMAP's initial positions and samples @throws InputError with fewer than 16 points, or more than {@link MOST_PROJECTED}
 * @example
 * const random = new Random(1);
 * const points = Array.from({ length: 20 }, () => Float32Array.from({ length: 8 }, () => random.normal()));
 * const places = await latent.project(points, 'pca', random);
 * console.log(places.length); // 20
 */
export async function project(
  points: readonly Point[],
  method: ProjectionMethod,
  random: Random,
): Promise<(readonly [number, number])[]> {
  const dimensions = points[0]?.length ?? 0;
  if (points.length < 16 || points.length > MOST_PROJECTED) {
    throw new OptionError(
      words`map: ${counted(points.length, 'picture')} cannot be mapped; give 16 to ${MOST_PROJECTED.toLocaleString('en')} (${option('count')} sets how many)`,
    );
  }
  if (dimensions === 1) return points.map(([x = 0]) => [x, 0] as const);
  if (dimensions === 2) return points.map(([x = 0, y = 0]) => [x, y] as const);
  const rows = points.map((point) => [...point]);
  const flat = method === 'pca' ? await byPca(rows) : await byUmap(rows, random);
  return flat.map(([x = 0, y = 0]) => [x, y] as const);
}

async function byPca(rows: number[][]): Promise<number[][]> {
  const { PCA } = await import('ml-pca');
  // the library's default, a decomposition of all points, takes minutes with many dimensions
  return new PCA(rows, { method: 'covarianceMatrix' }).predict(rows, { nComponents: 2 }).to2DArray();
}

async function byUmap(rows: number[][], random: Random): Promise<number[][]> {
  const { UMAP } = await import('umap-js');
  return new UMAP({ nComponents: 2, random: () => random.uniform() }).fit(rows);
}
