import type { LatentMap } from 'latentbrush/studio';
import { useEffect, useState } from 'react';
import type { Place } from '../../live/latent-points.ts';

/** The layout of the map: by the directions in which the pictures differ most, by the plane itself if it has 2 dimensions, or by nearness. */
export type MapLayout = 'pca' | 'plane' | 'umap';

/** The layouts that a map can have. */
export function layoutsOf(map: LatentMap): readonly MapLayout[] {
  return map.points[0]?.length === 2 ? ['plane', 'umap'] : ['pca', 'umap'];
}

/** The map in a layout; the one before while it is being computed. */
export function useLayout(
  map: LatentMap,
  layout: MapLayout,
): { readonly map: LatentMap; readonly isWorking: boolean } {
  const [places, setPlaces] = useState<readonly Place[]>();
  const isWanted = layout === 'umap' && places === undefined;
  useEffect(() => {
    if (!isWanted) return undefined;
    const worker = new Worker(new URL('../../live/umap-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<number[][]>) => {
      setPlaces(data.map(([x = 0, y = 0]) => [x, y] as const));
    });
    worker.postMessage(map.points);
    return () => worker.terminate();
  }, [isWanted, map]);
  if (layout === 'plane') return { map: ownPlane(map), isWorking: false };
  if (layout === 'pca' || places === undefined) return { map, isWorking: isWanted };
  return { map: { ...map, places, isPlane: false }, isWorking: false };
}

const planes = new WeakMap<LatentMap, LatentMap>();

/** A latent space of two dimensions is a plane itself. */
function ownPlane(map: LatentMap): LatentMap {
  const known = planes.get(map);
  if (known !== undefined) return known;
  const plane: LatentMap = {
    ...map,
    places: map.points.map(([x = 0, y = 0]) => [x, y] as const),
    isPlane: true,
    mean: [0, 0],
    directions: [
      [1, 0],
      [0, 1],
    ],
    deviations: [1, 1],
  };
  planes.set(map, plane);
  return plane;
}
