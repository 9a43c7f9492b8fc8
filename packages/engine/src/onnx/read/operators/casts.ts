import type { Tensor } from '../../../graph/tensor.ts';
import { abs, cast, less, mul, sub, where } from '../../../ops/index.ts';
import { BFLOAT16, wholeRange } from '../../schema/element-types.ts';
import { heldDType } from '../file/tensors.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import type { Translators } from '../node/translator.ts';
import { wrapped } from '../normalize/result-types.ts';
import { truncated } from './elementwise.ts';

/** Conversions from one element type to another. */
export const casts: Translators = {
  Cast: (node) => {
    node.ignore('saturate', 'round_mode'); // for 8-bit floats
    return convert(node, node.int('to', 0));
  },
  CastLike: (node) => {
    node.ignore('saturate', 'round_mode');
    return convert(node, node.elementType(1) ?? node.fail('lacks input 2'));
  },
};

// Conversions between types that the engine stores in the same way change nothing, except to fewer bits.
function convert(node: ImportedNode, elementType: number): Tensor {
  const x = node.input(0);
  const dtype = heldDType(elementType, `the result of ${node.type}`);
  node.resultTypes = [elementType];
  const range = wholeRange(elementType);
  const from = wholeRange(node.elementType(0) ?? 0);
  if (range === undefined) {
    const converted = cast(x, dtype);
    return elementType === BFLOAT16 ? roundedToBfloat16(converted) : converted;
  }
  const fits = x.dtype === 'bool' || (from !== undefined && from.low >= range.low && from.high <= range.high);
  if (fits) return cast(x, dtype);
  if (from !== undefined) return cast(wrapped(x, range), dtype);
  return dtype === 'int64' ? cast(x, dtype) : wrapped(truncated(x), range);
}

// x with the 8 significant bits of bfloat16, by Veltkamp's splitting: c - (c - x) with c = (2^16 + 1) x, whose gradient is 1. Numbers for
// which c would overflow, infinity and NaN do not change.
function roundedToBfloat16(x: Tensor): Tensor {
  const c = mul(x, 2 ** 16 + 1);
  return where(less(abs(x), 2 ** 110), sub(c, sub(c, x)), x);
}
