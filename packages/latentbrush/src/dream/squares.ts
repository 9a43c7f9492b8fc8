import { input, InputError } from '@latentbrush/engine';
import type { Backbone } from '../pretrained/index.ts';
import type { Contribution } from './contributions.ts';
import { dreamTerms, type EdgeKind } from './loss.ts';
import { tileSize } from './dreamer.ts';
import type { DreamOptions } from './options.ts';

/** Height and width. */
export type Size = readonly [height: number, width: number];

/** Whether layers of a network have an output for pictures of a size. */
export function computesAt(
  backbone: Backbone,
  contributions: readonly Contribution[],
  [height, width]: Size,
  edges: EdgeKind,
): boolean {
  try {
    dreamTerms(backbone, contributions, input('pixels', [1, 3, height, width]), { edges });
    return true;
  } catch (error) {
    // For the user's own network, a size that does not fit is an InputError like any other.
    if (error instanceof InputError) return false;
    throw error;
  }
}

/**
 * The squares in which a network dreams that was exported for one size of pictures and does not compute those of a dream: those of its own size.
 * Undefined when it computes at all sizes of the dream, as almost all do, when a size is merely too small for it, or when tiles are off. The borders of the squares are included, since they move: edges wrap.
 * @param sizes of the octaves
 */
export function squaresOf(
  backbone: Backbone,
  contributions: readonly Contribution[],
  sizes: readonly Size[],
  { tile, edges }: Pick<DreamOptions, 'tile' | 'edges'>,
): Size | undefined {
  const own = backbone.exportedFor;
  if (own === undefined || tile === 0) return undefined;
  const computed = sizes.map((size) => atMost(size, tileSize({ height: size[0], width: size[1] }, tile)));
  const computes = (size: Size, at = edges): boolean => computesAt(backbone, contributions, size, at);
  const failing = computed.find((size) => !computes(size));
  if (failing === undefined || !computes(own, 'wrap')) return undefined;
  return largerSizes(failing, own).every((size) => computes(size)) ? undefined : own;
}

/**
 * Sizes that a network computes which found a picture merely too small: at least as large as its own size. Padding that was written into the file for
 * one size fails at some of them, since it depends on remainders.
 */
function largerSizes([height, width]: Size, own: Size): Size[] {
  const factor = Math.max(1, Math.ceil(own[0] / height), Math.ceil(own[1] / width));
  return [0, 1, 2, 3].map((more) => [factor * height + more, factor * width + more]);
}

function atMost([height, width]: Size, side = Infinity): Size {
  return [Math.min(height, side), Math.min(width, side)];
}
