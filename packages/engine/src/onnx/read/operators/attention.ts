import type { Tensor } from '../../../graph/tensor.ts';
import {
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
import { maskedScores } from './attention-mask.ts';

/** Attention of opset 23, as today's exporters of transformers write it. */
export const attention: Translators = { Attention: scaledDotProducts };

// softmax(scale · Q Kᵀ + mask) V, for each head (Vaswani et al. 2017). Q, K and V are [batch, heads, length, features], or [batch, length, heads ·
// features] with the numbers of heads as attributes.
function scaledDotProducts(node: ImportedNode): readonly Tensor[] {
  node.ignore('softmax_precision');
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
  const products = mul(matmul(query, transpose(repeated(keys, repeats), [0, 1, 3, 2])), scale);
  const softcap = node.float('softcap', 0);
  const capped = softcap > 0 ? mul(tanh(div(products, softcap)), softcap) : products;
  const { scores, seen } = maskedScores(node, capped, node.optional(4)?.dimension(2) ?? 0);
  // A query that sees no key has a row of 0.
  const shares = seen === undefined ? softmax(scores) : where(seen, softmax(scores), 0);
  const result = matmul(shares, repeated(values, repeats));
  const [batch, heads, length, features] = result.shape as [number, number, number, number];
  const y = isFlat ? reshape(transpose(result, [0, 2, 1, 3]), [batch, length, heads * features]) : result;
  const stages = [products, capped, seen === undefined ? scores : where(seen, scores, -Infinity), shares];
  const mode = node.int('qk_matmul_output_mode', 0);
  return [y, keys, values, stages[mode] ?? node.fail(`has qk_matmul_output_mode ${mode}, expected 0 to 3`)];
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
