import type { InputError } from '@latentbrush/engine';
import type { Backbone } from '../pretrained/index.ts';
import type { Contribution } from './contributions.ts';
import { tileSize } from './dreamer.ts';
import { TooSmall, type EdgeKind } from './loss.ts';
import { octaveSizes } from './octaves.ts';
import type { DreamOptions } from './options.ts';
import { computesAt } from './squares.ts';
import { option, OptionError, words, type Words } from '../words.ts';

/** No layer of a known network needs more; above this the message names no smallest size. */
const LARGEST = 2048;

/** The picture or tile that was too small for a dream. */
export interface SmallPicture {
  /** Its name in messages. */
  readonly name: string | Words;
  readonly height: number;
  readonly width: number;
}

/** A layer, and the shorter side that it needs; undefined if unknown. */
interface Need {
  readonly layer: string;
  readonly side: number | undefined;
}

/**
 * An error that says which size of a picture is too small for which layer, what the layer needs, and what
 * would help.
 * @param error error of a network about the smallest size or tiles of the picture
 * @param contributions the layers to excite
 * @returns the given error if it is about something else
 */
export function explainTooSmall(
  error: InputError,
  backbone: Backbone,
  contributions: readonly Contribution[],
  picture: SmallPicture,
  { octaves, octaveScale, tile, edges }: Pick<DreamOptions, 'octaves' | 'octaveScale' | 'tile' | 'edges'>,
): InputError {
  const { layer, side } = greatestNeed(backbone, contributions, edges);
  // The user's own network can accept only one size; its own error explains best what is wrong.
  if (side === undefined && !(error instanceof TooSmall)) return error;
  const [height, width] = octaveSizes(picture, octaves, octaveScale)[0]!;
  const square = tileSize(picture, tile);
  const smallest = (count: number): number => Math.min(...octaveSizes(picture, count, octaveScale)[0]!);
  const need = side === undefined ? `${layer} needs more` : `${layer} needs at least ${side}x${side}`;
  if (side === undefined || smallest(octaves) < side) {
    const what = octaves === 1 ? 'is' : 'octave 1 is';
    return new OptionError(
      words`${picture.name}: ${what} ${width}x${height}; ${need}${advice(octaves, smallest, side)}`,
    );
  }
  if (square === undefined || square >= side) return error;
  return new OptionError(
    words`${option('tile')}: ${picture.name} is computed in tiles of ${square}x${square}; ${need}; give ${option('tile')} ${side} or more, or 0 for no tiles`,
  );
}

function advice(octaves: number, smallest: (count: number) => number, side: number | undefined): Words {
  if (side === undefined)
    return octaves === 1 ? words`; use a larger picture` : words`; use fewer ${option('octaves')}`;
  let fitting = octaves;
  while (fitting > 0 && smallest(fitting) < side) fitting -= 1;
  return fitting > 0
    ? words` (${option('octaves')} ${fitting} fits)`
    : words`; use a larger picture, or layers that come earlier in the network`;
}

function greatestNeed(backbone: Backbone, contributions: readonly Contribution[], edges: EdgeKind): Need {
  const needs = contributions.map((each) => ({ layer: each.layer, side: leastSide(backbone, each, edges) }));
  return needs.reduce((most, each) => ((each.side ?? Infinity) > (most.side ?? Infinity) ? each : most), {
    layer: backbone.name,
    side: 0,
  });
}

// The smallest square with an output, by bisection: every larger size fits, too.
function leastSide(backbone: Backbone, contribution: Contribution, edges: EdgeKind): number | undefined {
  if (!computesAt(backbone, [contribution], [LARGEST, LARGEST], edges)) return undefined;
  let [small, large] = [0, LARGEST];
  while (large - small > 1) {
    const middle = (small + large) >> 1;
    if (computesAt(backbone, [contribution], [middle, middle], edges)) large = middle;
    else small = middle;
  }
  return large;
}
