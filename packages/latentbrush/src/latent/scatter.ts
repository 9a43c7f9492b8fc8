import { drawText, LINE_HEIGHT, picture, textWidth, type Picture } from '../image/index.ts';

/** How to draw a map of points. */
export interface ScatterOptions {
  /** Class of each point, for its colour and the legend. Default: one class. */
  readonly labels?: readonly string[] | undefined;
  /** Side of the map in pixels. Default 900. */
  readonly size?: number;
}

/** Ten colours that distinguish classes: Matplotlib's tab10 (Tableau). They repeat after ten classes. */
const COLORS = [
  [31, 119, 180],
  [255, 127, 14],
  [44, 160, 44],
  [214, 39, 40],
  [148, 103, 189],
  [140, 86, 75],
  [227, 119, 194],
  [127, 127, 127],
  [188, 189, 34],
  [23, 190, 207],
] as const;

/** Classes in the legend; the rest are drawn without a name. */
const MOST_NAMED = 20;

const PAPER = 250;
const INK = [40, 40, 44] as const;
const MARGIN = 24;

/**
 * A map of points in two dimensions, coloured by class, with a legend. Dots are half transparent, so that dense areas show.
 * @param points x to the right, y upwards; both axes have the same scale
 * @example
 * const places = [[0, 0], [1, 1], [1, 0]] as const;
 * await image.writePicture('map.png', latent.scatter(places, { labels: ['cat', 'dog', 'cat'], size: 200 }));
 */
export function scatter(
  points: readonly (readonly [number, number])[],
  { labels, size = 900 }: ScatterOptions = {},
): Picture {
  const classes = [...new Set(labels ?? [])].sort(new Intl.Collator('en', { numeric: true }).compare);
  const named = classes.slice(0, MOST_NAMED);
  const legend = named.length === 0 ? 0 : Math.max(...named.map((name) => 2 * textWidth(name))) + 48;
  const map = picture(3, size, size + legend);
  map.data.fill(PAPER);
  const place = fitted(points, size - 2 * MARGIN);
  const radius = points.length > 2000 ? 2 : points.length > 300 ? 3 : 4;
  points.forEach((point, index) => {
    const [x, y] = place(point);
    dot(
      map,
      MARGIN + y,
      MARGIN + x,
      radius,
      colorOf(labels === undefined ? 0 : classes.indexOf(labels[index]!)),
    );
  });
  named.forEach((name, row) => {
    const top = MARGIN + row * (2 * LINE_HEIGHT + 4);
    dot(map, top + LINE_HEIGHT, size + 8, 6, colorOf(row), 1);
    drawText(map, name, top, size + 24, INK, 2);
  });
  return map;
}

function colorOf(index: number): readonly number[] {
  return COLORS[index % COLORS.length]!;
}

// From coordinates to pixels: the larger extent fills the side, the smaller is centred.
function fitted(
  points: readonly (readonly [number, number])[],
  side: number,
): (point: readonly [number, number]) => [x: number, y: number] {
  const range = (axis: 0 | 1): [number, number] =>
    points.reduce<[number, number]>(
      ([low, high], point) => [Math.min(low, point[axis]), Math.max(high, point[axis])],
      [Infinity, -Infinity],
    );
  const [[left, right], [bottom, top]] = [range(0), range(1)];
  const scale = side / Math.max(right - left, top - bottom, 1e-9);
  const [offsetX, offsetY] = [(side - scale * (right - left)) / 2, (side - scale * (top - bottom)) / 2];
  return ([x, y]) => [offsetX + scale * (x - left), offsetY + scale * (top - y)];
}

function dot(
  map: Picture,
  row: number,
  column: number,
  radius: number,
  color: readonly number[],
  cover = 0.5,
): void {
  const plane = map.height * map.width;
  for (let y = Math.ceil(row - radius); y <= row + radius; y++) {
    for (let x = Math.ceil(column - radius); x <= column + radius; x++) {
      if (y < 0 || x < 0 || y >= map.height || x >= map.width) continue;
      if ((y - row) ** 2 + (x - column) ** 2 > radius ** 2) continue;
      for (let channel = 0; channel < 3; channel++) {
        const at = channel * plane + y * map.width + x;
        map.data[at] = (1 - cover) * map.data[at]! + cover * color[channel]!;
      }
    }
  }
}
