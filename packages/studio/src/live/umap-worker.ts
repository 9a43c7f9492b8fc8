import { UMAP } from 'umap-js';

/*
 * Lays out points on a plane beside the page: UMAP (McInnes et al. 2018, arXiv:1802.03426) keeps near points near.
 */

/** Neighbours of a point that stay near, as the default of umap-learn. */
const NEIGHBOURS = 15;

addEventListener('message', ({ data: points }: MessageEvent<number[][]>) => {
  const umap = new UMAP({
    nNeighbors: Math.min(NEIGHBOURS, points.length - 1),
    minDist: 0.1,
    random: seeded(1),
  });
  postMessage(umap.fit(points));
});

/** Numbers from 0 to 1, always the same: mulberry32. A map that looked different each time could not be remembered. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
