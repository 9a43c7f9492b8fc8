import { InputError } from '@latentbrush/engine';
import { drawText, LINE_HEIGHT, textWidth, wrapText } from './bitmap-font.ts';
import { picture, type Picture } from '../picture.ts';
import { counted } from '../../counted.ts';

/** Layout of a montage. */
export interface MontageOptions {
  /** Tiles in a row. Default: the square root of their number, rounded up. */
  readonly columns?: number;
  /** Pixels between tiles and around them. Default: a twenty-fourth of a tile's width, at least 2. */
  readonly gap?: number;
  /** Background between the tiles: red, green and blue, 0 to 255. Default: a neutral dark grey. */
  readonly background?: readonly [number, number, number];
  /** Labels under the tiles, in the order of the pictures. ASCII; longer texts are wrapped. */
  readonly labels?: readonly string[];
  /** Enlargement of each pixel, for small pictures such as 28x28 digits: a whole number. Default 1. */
  readonly scale?: number;
}

const DARK_GREY = [24, 24, 26] as const;

/** Maximum number of lines under a tile; longer texts are cut. */
const MAX_LABEL_LINES = 6;

/** Between a tile and its label, in pixels of the font. */
const LABEL_AIR = 5;

/** Pixels of the largest montage, 268 million: 3 GiB of float32. */
const MAX_PIXELS = 2 ** 28;

interface Layout {
  readonly columns: number;
  readonly gap: number;
  readonly scale: number;
  readonly tileHeight: number;
  readonly tileWidth: number;
  readonly fontScale: number;
}

/**
 * A grid of pictures, row by row, with labels under them. All cells have the size of the largest picture; smaller ones are centred.
 * Enlarging repeats pixels and does not blur.
 * @returns three channels
 * @throws InputError without pictures, with a wrong option, with another number of labels than pictures, or when the
 * montage would have more than 268 million pixels
 * @example
 * const tiles = [1, 2, 3, 4].map(() => image.picture(3, 32, 32));
 * await image.writePicture('sheet.png', image.montage(tiles, { columns: 2, labels: ['a', 'b', 'c', 'd'] }));
 */
export function montage(pictures: readonly Picture[], options: MontageOptions = {}): Picture {
  const layout = layoutOf(pictures, options);
  const { columns, gap, scale, tileHeight, tileWidth, fontScale } = layout;
  const lines = pictures.map((_, i) =>
    wrapText(options.labels?.[i] ?? '', Math.floor(tileWidth / fontScale), MAX_LABEL_LINES),
  );
  const rows = Math.ceil(pictures.length / columns);
  const bandHeights = Array.from({ length: rows }, (_, row) =>
    labelHeight(Math.max(...lines.slice(row * columns, (row + 1) * columns).map((of) => of.length)), layout),
  );
  const height = bandHeights.reduce((sum, band) => sum + tileHeight + band + gap, gap);
  const width = columns * (tileWidth + gap) + gap;
  if (height * width > MAX_PIXELS) {
    throw new InputError(
      `montage: ${pictures.length} tiles of ${tileWidth}x${tileHeight} make ${width}x${height} pixels; at most ${MAX_PIXELS} are possible, so use smaller or fewer pictures`,
    );
  }
  const background = options.background ?? DARK_GREY;
  const result = filled(height, width, background);
  const ink = inkOn(background);
  let top = gap;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns && row * columns + column < pictures.length; column++) {
      const i = row * columns + column;
      const left = gap + column * (tileWidth + gap);
      const tile = pictures[i]!;
      const down = Math.floor((tileHeight - tile.height * scale) / 2);
      const across = Math.floor((tileWidth - tile.width * scale) / 2);
      place(result, tile, top + down, left + across, scale);
      drawLabel(result, lines[i]!, top + tileHeight, left, ink, layout);
    }
    top += tileHeight + bandHeights[row]! + gap;
  }
  return result;
}

function layoutOf(pictures: readonly Picture[], options: MontageOptions): Layout {
  if (pictures.length === 0) throw new InputError('montage: there are no pictures; give at least one');
  if (options.labels !== undefined && options.labels.length !== pictures.length) {
    throw new InputError(
      `montage: ${counted(options.labels.length, 'label was', 'labels were')} given for ${counted(pictures.length, 'picture')}; give each picture one`,
    );
  }
  const scale = wholeNumber('scale', options.scale ?? 1, 1);
  const tileHeight = scale * pictures.reduce((largest, { height }) => Math.max(largest, height), 0);
  const tileWidth = scale * pictures.reduce((largest, { width }) => Math.max(largest, width), 0);
  return {
    columns: Math.min(
      pictures.length,
      wholeNumber('columns', options.columns ?? Math.ceil(Math.sqrt(pictures.length)), 1),
    ),
    gap: wholeNumber('gap', options.gap ?? Math.max(2, Math.round(tileWidth / 24)), 0),
    scale,
    tileHeight,
    tileWidth,
    fontScale: Math.max(1, Math.round(tileWidth / 200)),
  };
}

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new InputError(`montage: ${name} ${value} was given; a whole number of at least ${least} is needed`);
}

/** Height of the band under a row of tiles for labels of this many lines: a small gap, then the lines. */
function labelHeight(lines: number, { fontScale }: Layout): number {
  if (lines === 0) return 0;
  return fontScale * (LABEL_AIR + lines * LINE_HEIGHT);
}

function drawLabel(
  target: Picture,
  lines: readonly string[],
  top: number,
  left: number,
  ink: readonly number[],
  { tileWidth, fontScale }: Layout,
): void {
  lines.forEach((line, n) => {
    const indent = Math.floor((tileWidth - textWidth(line) * fontScale) / 2);
    drawText(target, line, top + (LABEL_AIR + n * LINE_HEIGHT) * fontScale, left + indent, ink, fontScale);
  });
}

function filled(height: number, width: number, color: readonly number[]): Picture {
  const result = picture(3, height, width);
  const size = height * width;
  color.forEach((value, channel) => result.data.fill(value, channel * size, (channel + 1) * size));
  return result;
}

/** A grey with enough contrast on a background: light on dark, dark on light. */
function inkOn([red, green, blue]: readonly [number, number, number]): readonly [number, number, number] {
  const grey = 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? 215 : 45;
  return [grey, grey, grey];
}

/** Copies a picture into another, with each pixel enlarged `scale` times; grey becomes three equal channels. */
function place(target: Picture, tile: Picture, top: number, left: number, scale: number): void {
  const size = tile.height * tile.width;
  for (let channel = 0; channel < 3; channel++) {
    const from = tile.channels === 1 ? 0 : channel * size;
    for (let y = 0; y < tile.height * scale; y++) {
      const row = from + Math.floor(y / scale) * tile.width;
      const start = (channel * target.height + top + y) * target.width + left;
      for (let x = 0; x < tile.width * scale; x++) {
        target.data[start + x] = tile.data[row + Math.floor(x / scale)]!;
      }
    }
  }
}
