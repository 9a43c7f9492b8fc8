import type { LatentMap } from 'latentbrush/studio';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { nearestPoints, type LatentPoint } from '../../live/latent-points.ts';
import { useWords } from '../../words/index.ts';

interface NearestProps {
  readonly map: LatentMap;
  /** Address of the sheet of its pictures. */
  readonly sheet: string;
  readonly point: LatentPoint;
  readonly onShow: (point: LatentPoint) => void;
}

/** Pictures that are shown. */
const SHOWN = 6;

/** The pictures of the map nearest to a point. */
export function Nearest({ map, sheet, point, onShow }: NearestProps) {
  const { say } = useWords();
  const pictures = useSheet(sheet);
  const nearest = useMemo(() => nearestPoints(map.points, point, SHOWN), [map, point]);
  return (
    <section className="panel stack explore-panel">
      <h2 className="live-heading">{say('explore.nearest')}</h2>
      <ul className="row explore-nearest">
        {nearest.map((index, rank) => (
          <li key={rank}>
            <button
              type="button"
              aria-label={say('explore.nearest.show', { number: rank + 1, name: map.labels[index] ?? '' })}
              onClick={() => onShow(map.points[index] ?? [])}
            >
              <Tile map={map} pictures={pictures} index={index} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface TileProps {
  readonly map: LatentMap;
  readonly pictures: HTMLImageElement | undefined;
  readonly index: number;
}

/** A picture of the sheet. */
function Tile({ map, pictures, index }: TileProps) {
  const { columns, tile } = map.sheet;
  const draw = useCallback(
    (canvas: HTMLCanvasElement | null) => {
      if (pictures === undefined) return;
      const [x, y] = [(index % columns) * tile, Math.floor(index / columns) * tile];
      canvas?.getContext('2d')?.drawImage(pictures, x, y, tile, tile, 0, 0, tile, tile);
    },
    [pictures, index, columns, tile],
  );
  return <canvas ref={draw} width={tile} height={tile} aria-hidden="true" />;
}

/** The sheet of a map's pictures; undefined while it loads. */
function useSheet(address: string): HTMLImageElement | undefined {
  const [pictures, setPictures] = useState<HTMLImageElement>();
  useEffect(() => {
    let isGone = false;
    const image = new Image();
    image.src = address;
    void image.decode().then(
      () => {
        if (!isGone) setPictures(image);
      },
      () => undefined,
    );
    return () => {
      isGone = true;
    };
  }, [address]);
  return pictures;
}
