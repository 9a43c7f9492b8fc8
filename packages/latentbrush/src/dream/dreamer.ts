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

/** Default side of the tiles. */
const TILE = 768;

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
    const shifted = rolled(pixels, down, right);
    const covered =
      squares ??
      (side === undefined ? undefined : ([Math.min(side, height), Math.min(side, width)] as const));
    const seen =
      covered === undefined
        ? await this.#whole(shifted)
        : await this.#tiled(shifted, covered, squares === undefined ? this.#options.edges : 'wrap', signal);
    if (seen === undefined) return undefined;
    const { loss, terms, gradient } = seen;
    let turned: Picture = rolled({ channels: 3, height, width, data: gradient }, -down, -right);
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

  async #whole({ height, width, data }: Picture): Promise<PixelEvaluation> {
    return (await this.#objective(height, width)).evaluate(data);
  }

  // The loss and its parts are means over the tiles. The last tiles of a row or column overlap their neighbours. A tile that is larger than the
  // picture sees it repeated: the picture is shifted as a ring, so there is no seam, and a pixel has the gradients of all its copies.
  async #tiled(
    pixels: Picture,
    [rows, columns]: Size,
    edges: EdgeKind,
    signal: AbortSignal | undefined,
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
        const lines = linesOf(pixels, top, left, tall);
        const lineAt = (index: number): number => Math.floor(index / rows) * tall + ((index % rows) % tall);
        for (let index = 0; index < 3 * rows; index++) {
          const line = lines[lineAt(index)]!;
          for (let from = 0; from < columns; from += wide) {
            const length = Math.min(wide, columns - from);
            part.set(data.subarray(line, line + length), index * columns + from);
          }
        }
        const seen = await objective.evaluate(part);
        for (const line of lines) gradient.fill(0, line, line + wide);
        for (let index = 0; index < 3 * rows; index++) {
          const line = lines[lineAt(index)]!;
          for (let column = 0; column < columns; column++) {
            const at = line + (column % wide);
            gradient[at] = gradient[at]! + seen.gradient[index * columns + column]!;
          }
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

// The offsets of the rows of a tile in the data, channel by channel.
function linesOf({ height, width }: Picture, top: number, left: number, rows: number): number[] {
  return Array.from({ length: 3 * rows }, (_, index) => {
    const channel = Math.floor(index / rows);
    return (channel * height + top + (index % rows)) * width + left;
  });
}
