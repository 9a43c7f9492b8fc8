import { bool } from '../../../graph/ndarray.ts';
import { constant, type Tensor } from '../../../graph/tensor.ts';
import {
  add,
  concat,
  div,
  expandDims,
  matmul,
  mul,
  reshape,
  softmax,
  tanh,
  transpose,
  where,
} from '../../../ops/index.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import type { Translators } from '../node/translator.ts';

/** What is added to the score of a position that must not be seen: its share underflows to 0. */
const UNSEEN = -1e30;

/** Most elements of a mask of causal attention: 4,096 positions. */
const MAX_CAUSAL = 2 ** 24;

/** Attention of opset 23, as today's exporters of transformers write it. */
export const attention: Translators = { Attention: scaledDotProducts };

// softmax(scale · Q Kᵀ + mask) V, for each head (Vaswani et al. 2017). Q, K and V are [batch, heads, length, features], or [batch, length, heads ·
// features] with the numbers of heads as attributes.
function scaledDotProducts(node: ImportedNode): readonly Tensor[] {
  node.ignore('softmax_precision');
  if (node.has(6)) node.fail('has lengths of its keys as an input, which is not supported');
  const given = node.input(0);
  const isFlat = given.rank === 3;
  const queryHeads = isFlat ? node.int('q_num_heads', 0) : given.dimension(1);
  const keyHeads = isFlat ? node.int('kv_num_heads', 0) : node.input(1).dimension(1);
  if (queryHeads < 1 || keyHeads < 1 || queryHeads % keyHeads !== 0) {
    node.fail(
      `has ${queryHeads} heads of queries and ${keyHeads} of keys; the first must be a multiple of the second`,
    );
  }
  const query = headsOf(given, queryHeads);
  const keys = behind(node.optional(4), headsOf(node.input(1), keyHeads));
  const values = behind(node.optional(5), headsOf(node.input(2), keyHeads));
  const scale = node.optionalFloat('scale') ?? 1 / Math.sqrt(query.dimension(3));
  const repeats = queryHeads / keyHeads;
  let scores = mul(matmul(query, transpose(repeated(keys, repeats), [0, 1, 3, 2])), scale);
  const softcap = node.float('softcap', 0);
  const [rows, columns] = [scores.dimension(2), scores.dimension(3)];
  const mask = node.optional(3);
  if (mask !== undefined && mask.dimension(-1) !== columns && mask.dimension(-1) !== 1) {
    node.fail(`has a mask of ${mask.dimension(-1)} positions for ${columns} keys`);
  }
  if (softcap > 0) scores = mul(tanh(div(scores, softcap)), softcap);
  if (mask !== undefined) scores = mask.dtype === 'bool' ? where(mask, scores, UNSEEN) : add(scores, mask);
  if (node.int('is_causal', 0) === 1) {
    if (rows * columns > MAX_CAUSAL)
      node.fail(`is causal over ${rows} x ${columns} positions, which is too large`);
    const before = columns - headsOf(node.input(1), keyHeads).dimension(2);
    const seen = Array.from(
      { length: rows * columns },
      (_, at) => at % columns <= Math.floor(at / columns) + before,
    );
    scores = where(constant(bool(seen, [rows, columns])), scores, UNSEEN);
  }
  const result = matmul(softmax(scores), repeated(values, repeats));
  const [batch, heads, length, features] = result.shape as [number, number, number, number];
  const y = isFlat ? reshape(transpose(result, [0, 2, 1, 3]), [batch, length, heads * features]) : result;
  return [y, keys, values];
}

function headsOf(x: Tensor, heads: number): Tensor {
  if (x.rank !== 3) return x;
  const [batch, length, features] = x.shape as [number, number, number];
  return transpose(reshape(x, [batch, length, heads, features / heads]), [0, 2, 1, 3]);
}

/** Earlier keys or values before the present ones. */
function behind(past: Tensor | undefined, present: Tensor): Tensor {
  return past === undefined ? present : concat([past, present], 2);
}

/** Each head several times in a row: queries share keys in groups. */
function repeated(x: Tensor, times: number): Tensor {
  if (times === 1) return x;
  const [batch, heads, length, features] = x.shape as [number, number, number, number];
  const copies = Array.from({ length: times }, () => expandDims(x, [2]));
  return reshape(concat(copies, 2), [batch, heads * times, length, features]);
}
