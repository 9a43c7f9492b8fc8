import { sizeOf } from '../../../graph/dtype.ts';
import { float32 } from '../../../graph/ndarray.ts';
import { normalizeAxis } from '../../../graph/shapes.ts';
import { constant, customGradient, indices, type Tensor } from '../../../graph/tensor.ts';
import {
  add,
  cast,
  clip,
  div,
  gather,
  greaterOrEqual,
  lessOrEqual,
  logicalAnd,
  maximum,
  minimum,
  mul,
  reduceMax,
  reduceMin,
  reshape,
  round,
  sub,
  where,
} from '../../../ops/index.ts';
import { wholeRange, type WholeRange } from '../../schema/element-types.ts';
import { TensorProto_DataType as ElementType } from '../../schema/onnx_pb.ts';
import { heldDType } from '../file/tensors.ts';
import type { ImportedNode } from '../node/imported-node.ts';

/** A dequantised tensor; its scale and zero point are the next two inputs. */
export function real(node: ImportedNode, index: number): Tensor {
  const [scale, zero] = [node.input(index + 1), node.optional(index + 2)];
  const x = cast(node.input(index), 'float32');
  return mul(zero === undefined ? x : sub(x, cast(zero, 'float32')), scale);
}

/** The same with scales and zero points along an axis or in blocks of it; weights are computed at once. */
export function dequantized(node: ImportedNode, index: number, axis: number): Tensor {
  const x = node.input(index);
  const [scale, zero] = [node.input(index + 1), node.optional(index + 2)];
  const spread = (values: Tensor): Tensor => alongAxis(node, values, x, axis);
  const known = dequantizedWeights(x, scale, zero, axis);
  if (known !== undefined) return known;
  const floats = cast(x, 'float32');
  return mul(zero === undefined ? floats : sub(floats, spread(cast(zero, 'float32'))), spread(scale));
}

// Weights are computed at once: rules and kernels are faster for constants.
function dequantizedWeights(
  x: Tensor,
  scale: Tensor,
  zero: Tensor | undefined,
  axis: number,
): Tensor | undefined {
  if (x.source.kind !== 'constant' || scale.source.kind !== 'constant') return undefined;
  if (zero !== undefined && zero.source.kind !== 'constant') return undefined;
  const along =
    scale.rank === 0 || sizeOf(scale.shape) === 1
      ? undefined
      : normalizeAxis('DequantizeLinear', axis, x.rank);
  if (along !== undefined && (scale.rank !== 1 || scale.dimension(0) !== x.dimension(along)))
    return undefined;
  const numbers = x.source.value.data;
  const scales = scale.source.value.data;
  const zeros = zero?.source.kind === 'constant' ? zero.source.value.data : undefined;
  const after = along === undefined ? 1 : sizeOf(x.shape.slice(along + 1));
  const size = along === undefined ? 1 : x.dimension(along);
  const data = new Float32Array(numbers.length);
  for (let i = 0; i < data.length; i++) {
    const place = along === undefined ? 0 : Math.floor(i / after) % size;
    data[i] = (Number(numbers[i]) - Number(zeros?.[place] ?? 0)) * Number(scales[place]);
  }
  return constant(float32(data, x.shape));
}

// One number for all, one for each place along an axis, or one for each block of places.
function alongAxis(node: ImportedNode, values: Tensor, x: Tensor, axis: number): Tensor {
  const block = node.int('block_size', 0);
  if (values.rank === 0 || (sizeOf(values.shape) === 1 && block === 0)) return reshape(values, []);
  const along = normalizeAxis(node.type, axis, x.rank);
  if (block > 0) {
    const places = Array.from({ length: x.dimension(along) }, (_, place) => Math.floor(place / block));
    return gather(values, indices(places), along);
  }
  return reshape(values, [-1, ...x.shape.slice(along + 1).map(() => 1)]);
}

/** QuantizeLinear. */
export function quantizeLinear(node: ImportedNode): Tensor {
  const x = node.input(0);
  const scale = node.input(1);
  const zero = node.optional(2);
  const axis = node.int('axis', 1);
  const declared = node.int('output_dtype', 0);
  node.ignore('precision'); // of the division: float32 here, for floats of 16 bits as well
  const type = declared === 0 ? (node.elementType(2) ?? ElementType.UINT8) : declared;
  const spread = (values: Tensor): Tensor => alongAxis(node, values, x, axis);
  const step = spread(scale);
  const origin = zero === undefined ? undefined : spread(cast(zero, 'float32'));
  return quantize(node, cast(x, 'float32'), step, origin, type);
}

// round(x / step) + origin within the range of a type, rounding half to even as in ONNX.
function quantize(
  node: ImportedNode,
  x: Tensor,
  step: Tensor | number,
  origin: Tensor | undefined,
  type: number,
): Tensor {
  const range = wholeRange(type);
  if (range === undefined || heldDType(type, 'a quantised value') !== 'float32')
    return node.fail(`quantises to an element type that the engine does not have`);
  node.resultTypes = [type];
  const steps = div(x, step);
  const rounded = round(steps);
  const moved = origin === undefined ? rounded : add(rounded, origin);
  const [result] = customGradient('quantize', [x], [clip(moved, range.low, range.high)], ([dy]) => [
    dy && div(where(isWithin(moved, range), dy, 0), step),
  ]) as [Tensor];
  return result;
}

function isWithin(x: Tensor, { low, high }: WholeRange): Tensor {
  return logicalAnd(greaterOrEqual(x, low), lessOrEqual(x, high));
}

/** Whole steps as a quantised result: the zero point at `index` gives its type. */
export function requantized(node: ImportedNode, scaled: Tensor, index: number): Tensor {
  const zero = node.optional(index);
  const type = node.elementType(index) ?? node.elementType(0) ?? ElementType.UINT8;
  return quantize(node, scaled, 1, zero && cast(zero, 'float32'), type);
}

/** Numbers as a quantised result, whose scale is the input at `index` and whose zero point the one after it. */
export function requantizedBy(node: ImportedNode, x: Tensor, index: number): Tensor {
  return requantized(node, div(x, node.input(index)), index + 1);
}

/** DynamicQuantizeLinear: by the range of x, 0 included, in 8 bits. */
export function dynamicQuantizeLinear(node: ImportedNode): readonly Tensor[] {
  const x = node.input(0);
  const [low, high] = [minimum(reduceMin(x), 0), maximum(reduceMax(x), 0)];
  const range = div(sub(high, low), 255);
  const scale = where(lessOrEqual(range, 0), 1, range);
  const zero = round(clip(div(mul(low, -1), scale), 0, 255));
  const result = quantize(node, x, scale, zero, ElementType.UINT8);
  node.resultTypes = [ElementType.UINT8, ElementType.FLOAT, ElementType.UINT8];
  return [result, scale, zero];
}
