import type { LatentMap } from 'latentbrush/studio';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { isWithin, type Place } from '../../live/latent-points.ts';
import { useWords } from '../../words/index.ts';
import type { Groups, MapTool } from './concept-maker.tsx';

interface MapCanvasProps {
  readonly map: LatentMap;
  /** Address of the sheet of its pictures. */
  readonly sheet: string;
  /** The place of the pointer; undefined when the shown point is not on the map. */
  readonly place: Place | undefined;
  readonly onPlace: (place: Place) => void;
  /** What a drag does. */
  readonly tool: MapTool;
  readonly groups: Groups;
  /** Pictures that a line was drawn around. */
  readonly onSelect: (numbers: readonly number[]) => void;
}

/** Step of an arrow key, as a share of the map's side. */
const KEY_STEP = 0.02;

const KEYS: Readonly<Record<string, Place>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** The pictures of a data set at their places in the latent space. */
export function MapCanvas({ map, sheet, place, onPlace, tool, groups, onSelect }: MapCanvasProps) {
  const { say } = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useMemo(() => frameOf(map.places), [map]);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const pictures = new Image();
    pictures.src = sheet;
    const draw = (): void => drawMap(element, { map, frame, pictures, groups });
    pictures.addEventListener('load', draw);
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    return () => {
      observer.disconnect();
      pictures.removeEventListener('load', draw);
    };
  }, [map, sheet, frame, groups]);

  const [line, setLine] = useState<readonly Place[]>([]);
  const onPointer = (event: PointerEvent<HTMLCanvasElement>): void => {
    const isBegin = event.type === 'pointerdown';
    if (isBegin) event.currentTarget.setPointerCapture(event.pointerId);
    else if (event.buttons === 0) return;
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const share: Place = [(event.clientX - left) / width, 1 - (event.clientY - top) / height];
    if (tool === 'move') onPlace(frame.place(...share));
    else setLine(isBegin ? [share] : [...line, share]);
  };
  const onEnd = (): void => {
    if (line.length > 2)
      onSelect(map.places.flatMap((other, index) => (isWithin(line, frame.share(other)) ? [index] : [])));
    setLine([]);
  };
  const onKey = (event: KeyboardEvent<HTMLCanvasElement>): void => {
    const step = KEYS[event.key];
    if (step === undefined) return;
    event.preventDefault(); // the page does not scroll
    const [x, y] = frame.share(place ?? frame.place(0.5, 0.5));
    onPlace(frame.place(x + step[0] * KEY_STEP, y + step[1] * KEY_STEP));
  };
  const [x, y] = place === undefined ? [0, 0] : frame.share(place);
  return (
    <div className="explore-map">
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-label={say('explore.map')}
        onPointerDown={onPointer}
        onPointerMove={onPointer}
        onPointerUp={onEnd}
        onKeyDown={onKey}
      />
      {line.length > 1 && (
        <svg className="explore-lasso" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
          <polygon points={line.map(([x, y]) => `${x},${1 - y}`).join(' ')} />
        </svg>
      )}
      {place !== undefined && (
        <span className="explore-here" style={{ left: `${100 * x}%`, top: `${100 * (1 - y)}%` }} />
      )}
    </div>
  );
}

/** Places on the map, as shares of its sides from the bottom left. */
interface Frame {
  readonly share: (place: Place) => Place;
  readonly place: (x: number, y: number) => Place;
}

/** Extreme pictures are ignored: one far away would push all others together. */
const EXTREME = 0.01;

function frameOf(places: readonly Place[]): Frame {
  const range = (values: readonly number[]): { low: number; size: number } => {
    const sorted = values.toSorted((a, b) => a - b);
    const least = sorted[Math.floor(EXTREME * sorted.length)] ?? 0;
    const most = sorted[Math.ceil((1 - EXTREME) * sorted.length) - 1] ?? 1;
    const air = 0.07 * (most - least) || 1;
    return { low: least - air, size: most - least + 2 * air };
  };
  const across = range(places.map(([x]) => x));
  const up = range(places.map(([, y]) => y));
  const within = (share: number): number => Math.min(1, Math.max(0, share));
  return {
    share: ([x, y]) => [within((x - across.low) / across.size), within((y - up.low) / up.size)],
    place: (x, y) => [across.low + within(x) * across.size, up.low + within(y) * up.size],
  };
}

interface Drawing {
  readonly map: LatentMap;
  readonly frame: Frame;
  /** The sheet of its pictures. */
  readonly pictures: HTMLImageElement;
  readonly groups: Groups;
}

function drawMap(canvas: HTMLCanvasElement, { map, frame, pictures: sheet, groups }: Drawing): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const density = devicePixelRatio;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  const context = canvas.getContext('2d');
  if (context === null || !sheet.complete || sheet.naturalWidth === 0) return;
  context.scale(density, density);
  const { columns, tile } = map.sheet;
  const side = Math.max(14, Math.min(34, width / 17));
  const colours = new Map<number, string>([
    ...groups.with.map((index) => [index, 'oklch(0.65 0.2 145)'] as const),
    ...groups.without.map((index) => [index, 'oklch(0.6 0.22 25)'] as const),
  ]);
  map.places.forEach((place, index) => {
    const [x, y] = frame.share(place); // distant ones are at the edge
    const left = Math.min(width - side, Math.max(0, x * width - side / 2));
    const top = Math.min(height - side, Math.max(0, (1 - y) * height - side / 2));
    const column = index % columns;
    const row = Math.floor(index / columns);
    context.save();
    context.beginPath();
    context.roundRect(left, top, side, side, side / 4);
    context.clip();
    context.drawImage(sheet, column * tile, row * tile, tile, tile, left, top, side, side);
    context.restore();
    const colour = colours.get(index);
    if (colour === undefined) return;
    context.strokeStyle = colour;
    context.lineWidth = 3;
    context.beginPath();
    context.roundRect(left, top, side, side, side / 4);
    context.stroke();
  });
}
