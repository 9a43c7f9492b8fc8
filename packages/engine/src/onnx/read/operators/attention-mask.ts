import { bool } from '../../../graph/ndarray.ts';
import { constant, type Tensor } from '../../../graph/tensor.ts';
import { add, concat, greater, logicalAnd, where } from '../../../ops/index.ts';
import type { ImportedNode } from '../node/imported-node.ts';

/** The score of a position that is not seen: finite, because softmax gives NaN for a row of -Infinity. */
const UNSEEN = -3.4028234e38;

/** Most elements of a mask that follows from positions: 4,096 of them. */
const MAX_POSITIONS = 2 ** 24;

/** Scores as the mask of attention leaves them. */
export interface MaskedScores {
  readonly scores: Tensor;
  /** Which positions are seen, as bools that broadcast to the scores; undefined when all are, or each row sees some. */
  readonly seen: Tensor | undefined;
}

/**
 * Applies the mask of a node Attention, its causality, its windows and the lengths of its keys.
 * @param scores [batch, heads, queries, keys]
 * @param past how many of the keys are of earlier calls
 */
export function maskedScores(node: ImportedNode, scores: Tensor, past: number): MaskedScores {
  const mask = paddedMask(node, scores.dimension(3));
  const positions = seenPositions(node, scores, past);
  if (mask === undefined && positions === undefined) return { scores, seen: undefined };
  const ofMask = mask && (mask.dtype === 'bool' ? mask : finiteOf(mask));
  const seen = ofMask && positions ? logicalAnd(ofMask, positions.seen) : (ofMask ?? positions?.seen);
  const sum = mask?.dtype === 'float32' ? add(scores, mask) : scores;
  if (seen === undefined) return { scores: sum, seen };
  const masked = where(seen, sum, UNSEEN);
  return {
    scores: masked,
    seen: ofMask === undefined && positions?.isSeenInEachRow === true ? undefined : seen,
  };
}

// A mask of fewer positions than keys shows none of the others.
function paddedMask(node: ImportedNode, keys: number): Tensor | undefined {
  const mask = node.optional(3);
  if (mask === undefined) return undefined;
  const missing = keys - mask.dimension(-1);
  if (missing < 0) node.fail(`has a mask of ${mask.dimension(-1)} positions for ${keys} keys`);
  if (missing === 0) return mask;
  const shape = [...mask.shape.slice(0, -1), missing];
  const size = shape.reduce((product, length) => product * length, 1);
  if (size > MAX_POSITIONS) node.fail('has a mask of too many positions');
  const hidden = constant(bool(new Uint8Array(size), shape));
  return concat([mask, mask.dtype === 'bool' ? hidden : where(hidden, 0, -Infinity)], -1);
}

// Only -Infinity hides a position whatever its score is; a mask without it is only added.
function finiteOf(mask: Tensor): Tensor | undefined {
  const { source } = mask;
  const isAdded = source.kind === 'constant' && !source.value.data.includes(-Infinity as never);
  return isAdded ? undefined : greater(mask, -Infinity);
}

/** Which keys a query sees by their positions, for each picture if their keys have lengths. */
function seenPositions(
  node: ImportedNode,
  scores: Tensor,
  past: number,
): { readonly seen: Tensor; readonly isSeenInEachRow: boolean } | undefined {
  const isCausal = node.int('is_causal', 0) === 1;
  const left = node.int('left_window_size', -1);
  const right = node.int('right_window_size', -1);
  const lengths = node.integers(6, 'the lengths of its keys');
  if (!isCausal && left < 0 && right < 0 && lengths === undefined) return undefined;
  const [batch, , rows, columns] = scores.shape as [number, number, number, number];
  if (lengths !== undefined && lengths.length !== batch)
    node.fail(`has ${lengths.length} lengths of keys, expected ${batch}`);
  const masks = lengths?.length ?? 1;
  if (masks * rows * columns > MAX_POSITIONS)
    node.fail(`has a mask over ${rows} x ${columns} positions, which is too large`);
  const ahead = isCausal ? 0 : Infinity;
  const [before, after] = [left < 0 ? Infinity : left, right < 0 ? Infinity : right];
  const seen = new Uint8Array(masks * rows * columns);
  for (let index = 0; index < seen.length; index++) {
    const key = index % columns;
    const row = Math.floor(index / columns) % rows;
    const length = lengths?.[Math.floor(index / columns / rows)];
    const distance = key - row - (length === undefined ? past : length - rows);
    const isInside = distance <= Math.min(ahead, after) && distance >= -before;
    seen[index] = Number(isInside && key < (length ?? columns));
  }
  return {
    seen: constant(bool(seen, lengths === undefined ? [rows, columns] : [masks, 1, rows, columns])),
    isSeenInEachRow: lengths === undefined && left < 0,
  };
}
