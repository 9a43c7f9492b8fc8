import type { Random } from '@latentbrush/engine';
import { PixelObjective, type Backbone, type PixelEvaluation } from '../pretrained/index.ts';
import type { Picture } from '../image/index.ts';
import type { Contribution } from './contributions.ts';
import { decorrelated, gaussianBlur, laplacianNormalized } from './gradient-filters.ts';
import { dreamTerms, type EdgeKind, type Guide } from './loss.ts';
import type { DreamOptions } from './options.ts';
import { rolled } from './pixels.ts';
import type { Size } from './squares.ts';

/**
 * Pictures with more pixels than this are computed in tiles by default. With the book's layers, this many
 * pixels need about 2 GiB.
 */
const UNTILED = 1_500_000;

/** Compiled graphs are kept for sizes up to this total of pixels. */
const KEPT = UNTILED;

/** How far a picture is rolled before it is cut into tiles, in rows and columns. */
interface Roll {
  readonly down: number;
  readonly right: number;
}

/** Default side of the tiles. */
const TILE = 512;

/** Loss and gradient of a whole picture. */
export interface DreamEvaluation {
  readonly loss: number;
  /** The parts of the loss by name. */
  readonly terms: Readonly<Record<string, number>>;
  readonly gradient: Picture;
}

/**
 * Computes loss and gradient of pictures, whole or in tiles. Compiled graphs are kept while memory allows it,
 * so that the frames of an animation share them.
 */
export class Dreamer {
  readonly #backbone: Backbone;
  readonly #contributions: readonly Contribution[];
  readonly #options: DreamOptions;
  readonly #guide: Guide | undefined;
  readonly #objectives = new Map<string, { readonly pixels: number; readonly objective: PixelObjective }>();

  constructor(
    backbone: Backbone,
    contributions: readonly Contribution[],
    options: DreamOptions,
    guide?: Guide,
  ) {
    this.#backbone = backbone;
    this.#contributions = contributions;
    this.#options = options;
    this.#guide = guide;
  }

  /**
   * @param pixels -1 to 1
   * @param random for the shifts of jitter and tiles
   * @param signal ends after the current tile
   * @param squares height and width of the only pictures that the network computes (default: it computes any)
   * @returns undefined when it was aborted between tiles
   * @throws InputError when the picture is too small for the network
   */
  async evaluate(
    pixels: Picture,
    random: Random,
    signal?: AbortSignal,
    squares?: Size,
  ): Promise<DreamEvaluation | undefined> {
    const { height, width } = pixels;
    const { blur, laplacian, decorrelate } = this.#options;
    const side = squares === undefined ? tileSize(pixels, this.#options.tile) : undefined;
    const tile = squares ?? (side === undefined ? undefined : ([side, side] as const));
    const [down, right] = this.#shift(pixels, tile, random);
    const covered =
      squares ??
      (side === undefined ? undefined : ([Math.min(side, height), Math.min(side, width)] as const));
    const seen =
      covered === undefined
        ? await this.#whole(pixels, down, right)
        : await this.#tiled(pixels, covered, {
            down,
            right,
            edges: squares === undefined ? this.#options.edges : 'wrap',
            signal,
          });
    if (seen === undefined) return undefined;
    const { loss, terms, gradient } = seen;
    let turned: Picture = { channels: 3, height, width, data: gradient };
    if (blur > 0) turned = gaussianBlur(turned, blur);
    if (laplacian > 0) turned = laplacianNormalized(turned, laplacian);
    if (decorrelate) turned = decorrelated(turned);
    return { loss, terms, gradient: turned };
  }

  /** Frees the native memory. */
  async release(): Promise<void> {
    const kept = [...this.#objectives.values()];
    this.#objectives.clear();
    for (const { objective } of kept) await objective.release();
  }

  // With tiles the shift is up to the size of a tile, so that seams come to every place. With edges that wrap it is up to the size of
  // the picture, so that no place is always near an edge.
  #shift({ height, width }: Picture, tile: Size | undefined, random: Random): [down: number, right: number] {
    const { jitter, edges } = this.#options;
    const [tall, wide] = tile ?? [jitter, jitter];
    if (tall > 0) return [random.integer(-tall, tall + 1), random.integer(-wide, wide + 1)];
    return edges === 'wrap' ? [random.integer(0, height), random.integer(0, width)] : [0, 0];
  }

  async #whole(pixels: Picture, down: number, right: number): Promise<PixelEvaluation> {
    const { height, width } = pixels;
    const seen = await (await this.#objective(height, width)).evaluate(rolled(pixels, down, right).data);
    const gradient = rolled({ channels: 3, height, width, data: seen.gradient }, -down, -right).data;
    return { ...seen, gradient };
  }

  // The tiles of the picture rolled by `down` and `right`, which is never made: a large picture is in memory only once. The loss and its parts are
  // means over the tiles. The last tiles of a row or column overlap their neighbours. A tile that is larger than the picture sees it repeated: the
  // picture is shifted as a ring, so there is no seam, and a pixel has the gradients of all its copies.
  async #tiled(
    pixels: Picture,
    [rows, columns]: Size,
    {
      down,
      right,
      edges,
      signal,
    }: Roll & { readonly edges: EdgeKind; readonly signal: AbortSignal | undefined },
  ): Promise<PixelEvaluation | undefined> {
    const { height, width, data } = pixels;
    const [tall, wide] = [Math.min(rows, height), Math.min(columns, width)];
    const objective = await this.#objective(rows, columns, edges);
    const gradient = new Float32Array(data.length);
    const terms: Record<string, number> = {};
    let loss = 0;
    const tops = starts(height, tall);
    const lefts = starts(width, wide);
    const share = 1 / (tops.length * lefts.length);
    const part = new Float32Array(3 * rows * columns);
    for (const top of tops) {
      for (const left of lefts) {
        if (signal?.aborted === true) return undefined;
        const lines = linesOf(pixels, ringPlace(top - down, height), tall);
        const lineAt = (index: number): number =>
          lines[Math.floor(index / rows) * tall + ((index % rows) % tall)]!;
        const from = ringPlace(left - right, width);
        const runs = runsOf(columns, wide, from, width);
        for (let index = 0; index < 3 * rows; index++) {
          const line = lineAt(index);
          for (const { at, column, length } of runs)
            part.set(data.subarray(line + column, line + column + length), index * columns + at);
        }
        const seen = await objective.evaluate(part);
        for (const line of lines) {
          gradient.fill(0, line + from, line + Math.min(from + wide, width));
          gradient.fill(0, line, line + Math.max(0, from + wide - width));
        }
        for (let index = 0; index < 3 * rows; index++) {
          const line = lineAt(index);
          for (const { at, column, length } of runs)
            for (let i = 0; i < length; i++)
              gradient[line + column + i]! += seen.gradient[index * columns + at + i]!;
        }
        loss += seen.loss * share;
        for (const [name, value] of Object.entries(seen.terms))
          terms[name] = (terms[name] ?? 0) + value * share;
      }
    }
    return { loss, terms, gradient };
  }

  async #objective(height: number, width: number, edges = this.#options.edges): Promise<PixelObjective> {
    const key = `${height}x${width} ${edges}`;
    const known = this.#objectives.get(key);
    if (known !== undefined) return known.objective;
    await this.#makeRoom(KEPT - height * width);
    const objective = await PixelObjective.compile(
      [1, 3, height, width],
      (pixels) =>
        dreamTerms(this.#backbone, this.#contributions, pixels, {
          guide: this.#guide,
          kind: this.#options.objective,
          edges,
        }),
      { threads: this.#options.threads },
    );
    this.#objectives.set(key, { pixels: height * width, objective });
    return objective;
  }

  // Releases the oldest compiled graphs until the rest are for at most this many pixels.
  async #makeRoom(room: number): Promise<void> {
    let held = [...this.#objectives.values()].reduce((sum, { pixels }) => sum + pixels, 0);
    for (const [key, { pixels, objective }] of [...this.#objectives]) {
      if (held <= room) return;
      this.#objectives.delete(key);
      held -= pixels;
      await objective.release();
    }
  }
}

/** The side of the tiles for a picture; undefined when it is computed as a whole. */
export function tileSize(
  { height, width }: Pick<Picture, 'height' | 'width'>,
  chosen: number | undefined,
): number | undefined {
  if (chosen === 0) return undefined;
  if (chosen === undefined) return height * width > UNTILED ? TILE : undefined;
  return chosen < Math.max(height, width) ? chosen : undefined;
}

function starts(length: number, tile: number): number[] {
  const count = Math.ceil(length / tile);
  return Array.from({ length: count }, (_, index) => Math.min(index * tile, length - tile));
}

// The offsets of the rows of a tile in the data, channel by channel. Below the last row is the first.
function linesOf({ height, width }: Picture, top: number, rows: number): number[] {
  return Array.from({ length: 3 * rows }, (_, index) => {
    const channel = Math.floor(index / rows);
    return (channel * height + ((top + (index % rows)) % height)) * width;
  });
}

/** A piece of a row of a tile that is in one piece in the picture, too. */
interface Run {
  /** The column in the tile. */
  readonly at: number;
  /** The column in the picture. */
  readonly column: number;
  readonly length: number;
}

// The pieces of a tile's row that begins at column `from` of the picture and repeats `wide` columns of it. Right of the last column is the first.
function runsOf(columns: number, wide: number, from: number, width: number): Run[] {
  const runs: Run[] = [];
  for (let copy = 0; copy < columns; copy += wide) {
    const length = Math.min(wide, columns - copy);
    const first = Math.min(length, width - from);
    runs.push({ at: copy, column: from, length: first });
    if (first < length) runs.push({ at: copy + first, column: 0, length: length - first });
  }
  return runs;
}

function ringPlace(place: number, length: number): number {
  return ((place % length) + length) % length;
}
