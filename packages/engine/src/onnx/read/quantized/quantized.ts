import { sizeOf } from '../../../graph/dtype.ts';
import { float32 } from '../../../graph/ndarray.ts';
import { constant, customGradient, indices, type Tensor } from '../../../graph/tensor.ts';
import { normalizeAxis } from '../../../graph/shapes.ts';
import { Conv } from '../../../ops/convolution.ts';
import {
  add,
  cast,
  clip,
  concat,
  div,
  expandDims,
  gather,
  greaterOrEqual,
  leakyRelu,
  lessOrEqual,
  logicalAnd,
  matmul,
  maximum,
  minimum,
  mul,
  reduceMax,
  reduceMean,
  reduceMin,
  reshape,
  round,
  sigmoid,
  softmax,
  squeeze,
  sub,
  transpose,
  where,
} from '../../../ops/index.ts';
import { TensorProto_DataType as ElementType } from '../../schema/onnx_pb.ts';
import { heldDType, wholeRange, type WholeRange } from '../normalize/element-types.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import { averagePool } from '../operators/pools.ts';
import type { Translator, Translators } from '../node/translator.ts';
import { windowOf } from '../operators/windows.ts';

/**
 * Quantised operators, in floats: whole numbers are taken back to the numbers they stand for, and rounded and limited where the model does
 * that. Rounding hands the gradient on where nothing is cut off, as in training that knows of it (the straight-through estimator of
 * Bengio et al. 2013, PyTorch's FakeQuantize): its own is 0, and no such network would have any.
 */
const standard: Translators = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: (node) => {
    const declared = node.int('output_dtype', 0);
    if (declared !== 0) node.resultTypes = [declared];
    return dequantized(node, 0, node.int('axis', 1));
  },
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  QLinearConv: (node) => {
    const sums = integerConvolution(node, node.input(0), node.optional(2), node.input(3), node.optional(5));
    const bias = node.optional(8);
    const biased = bias === undefined ? sums : add(sums, overChannels(cast(bias, 'float32'), sums));
    const factor = div(mul(node.input(1), node.input(4)), node.input(6));
    return requantized(node, mul(biased, overChannels(factor, sums)), 7);
  },
  // The sums stay floats, so that they have a gradient: what follows in such models is a cast to floats.
  ConvInteger: (node) => {
    node.resultTypes = [ElementType.INT32];
    return integerConvolution(node, node.input(0), node.optional(2), node.input(1), node.optional(3));
  },
  QLinearMatMul: (node) => {
    const left = rowsOf(node, 2);
    const [right, factors] = [columnsOf(node, 5), mul(rowsOf(node, 1), columnsOf(node, 4))];
    const products = integerProducts(node.input(0), left, node.input(3), right);
    return requantized(node, mul(products, div(factors, node.input(6))), 7);
  },
  MatMulInteger: (node) => {
    node.resultTypes = [ElementType.INT32];
    return integerProducts(node.input(0), rowsOf(node, 2), node.input(1), columnsOf(node, 3));
  },
};

// What onnxruntime.quantization writes besides, in Microsoft's own domain: x with scale and zero point, then those of the result.
const microsoft: Translators = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: (node) => dequantized(node, 0, node.int('axis', 1)),
  QLinearAdd: (node) => requantizedBy(node, add(real(node, 0), real(node, 3)), 6),
  QLinearMul: (node) => requantizedBy(node, mul(real(node, 0), real(node, 3)), 6),
  QLinearSigmoid: (node) => requantizedBy(node, sigmoid(real(node, 0)), 3),
  QLinearLeakyRelu: (node) => requantizedBy(node, leakyRelu(real(node, 0), node.float('alpha', 0.01)), 3),
  QLinearSoftmax: (node) => {
    const x = real(node, 0);
    const axis = normalizeAxis('QLinearSoftmax', node.int('axis', -1), x.rank);
    if (node.int('opset', 13) < 13 && axis !== x.rank - 1) node.fail('works on several axes at once');
    return requantizedBy(node, softmax(x, axis), 3);
  },
  QLinearGlobalAveragePool: (node) => {
    node.requireInt('channels_last', 0, 'channels first');
    const x = real(node, 0);
    const axes = x.shape.slice(2).map((_, axis) => axis + 2);
    return requantizedBy(node, reduceMean(x, axes, { keepDims: true }), 3);
  },
  QLinearAveragePool: (node) => {
    node.requireInt('channels_last', 0, 'channels first');
    return requantizedBy(node, averagePool(node, real(node, 0)), 3);
  },
  QLinearConcat: (node) => {
    const count = (node.tensors.length - 2) / 3;
    const parts = Array.from({ length: count }, (_, part) => real(node, 2 + 3 * part));
    return requantizedBy(
      node,
      concat(parts, node.optionalInt('axis') ?? node.fail('lacks the attribute "axis"')),
      0,
    );
  },
  QGemm: (node) => {
    const turned = (x: Tensor, name: string): Tensor => (node.int(name, 0) === 1 ? transpose(x, [1, 0]) : x);
    const products = integerProducts(
      turned(node.input(0), 'transA'),
      rowsOf(node, 2),
      turned(node.input(3), 'transB'),
      columnsOf(node, 5),
    );
    const bias = node.optional(6);
    const sums = bias === undefined ? products : add(products, cast(bias, 'float32'));
    const product = mul(mul(sums, mul(node.input(1), node.input(4))), node.float('alpha', 1));
    if (!node.has(7)) return product;
    return requantizedBy(node, product, 7);
  },
};

/** Quantised operators of ONNX and, by `com.microsoft:` and their name, of ONNX Runtime. */
export const quantized: Translators = {
  ...standard,
  ...Object.fromEntries(
    Object.entries(microsoft).map(([name, translator]): [string, Translator] => [
      `com.microsoft:${name}`,
      translator,
    ]),
  ),
};

// A tensor with its scale and zero point as the next two inputs, in floats.
function real(node: ImportedNode, index: number): Tensor {
  const [scale, zero] = [node.input(index + 1), node.optional(index + 2)];
  const x = cast(node.input(index), 'float32');
  return mul(zero === undefined ? x : sub(x, cast(zero, 'float32')), scale);
}

function dequantized(node: ImportedNode, index: number, axis: number): Tensor {
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

function quantizeLinear(node: ImportedNode): Tensor {
  const x = node.input(0);
  const scale = node.input(1);
  const zero = node.optional(2);
  const axis = node.int('axis', 1);
  const declared = node.int('output_dtype', 0);
  node.choice('precision', '');
  const type = declared === 0 ? (node.elementType(2) ?? ElementType.UINT8) : declared;
  const spread = (values: Tensor): Tensor => alongAxis(node, values, x, axis);
  const step = spread(scale);
  const origin = zero === undefined ? undefined : spread(cast(zero, 'float32'));
  return quantize(node, cast(x, 'float32'), step, origin, type);
}

// round(x / step) + origin within the range of a type, to even as ONNX wants it.
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

// The zero point at `index` gives the type of the result.
function requantized(node: ImportedNode, scaled: Tensor, index: number): Tensor {
  const zero = node.optional(index);
  const type = node.elementType(index) ?? node.elementType(0) ?? ElementType.UINT8;
  return quantize(node, scaled, 1, zero && cast(zero, 'float32'), type);
}

// Scale and zero point of the result at `index` and the one after it.
function requantizedBy(node: ImportedNode, x: Tensor, index: number): Tensor {
  return requantized(node, div(x, node.input(index)), index + 1);
}

// Of the range of x, 0 included, in 8 bits.
function dynamicQuantizeLinear(node: ImportedNode): readonly Tensor[] {
  const x = node.input(0);
  const [low, high] = [minimum(reduceMin(x), 0), maximum(reduceMax(x), 0)];
  const range = div(sub(high, low), 255);
  const scale = where(lessOrEqual(range, 0), 1, range);
  const zero = round(clip(div(mul(low, -1), scale), 0, 255));
  const result = quantize(node, x, scale, zero, ElementType.UINT8);
  node.resultTypes = [ElementType.UINT8, ElementType.FLOAT, ElementType.UINT8];
  return [result, scale, zero];
}

function integerConvolution(
  node: ImportedNode,
  x: Tensor,
  zeroOfX: Tensor | undefined,
  w: Tensor,
  zeroOfW: Tensor | undefined,
): Tensor {
  const input =
    zeroOfX === undefined ? cast(x, 'float32') : sub(cast(x, 'float32'), cast(zeroOfX, 'float32'));
  const kernel =
    zeroOfW === undefined
      ? cast(w, 'float32')
      : sub(cast(w, 'float32'), reshape(cast(zeroOfW, 'float32'), [-1, ...w.shape.slice(1).map(() => 1)]));
  const { strides, pads, dilations } = windowOf(node, x, w.shape.slice(2));
  const group = node.int('group', 1);
  if (group < 1) node.fail(`has group ${group}, expected a whole number from 1`);
  return Conv.apply([input, kernel], { strides, pads, dilations, group });
}

function overChannels(values: Tensor, x: Tensor): Tensor {
  return sizeOf(values.shape) === 1
    ? reshape(values, [])
    : reshape(values, [-1, ...x.shape.slice(2).map(() => 1)]);
}

// Scales and zero points of a left factor are one for each row, those of a right one one for each column.
function rowsOf(node: ImportedNode, index: number): Tensor {
  const values = node.has(index) ? cast(node.input(index), 'float32') : constant(0);
  if (values.rank === 0) return values;
  return values.rank === 1
    ? values.dimension(0) === 1
      ? reshape(values, [])
      : expandDims(values, [1])
    : values;
}

function columnsOf(node: ImportedNode, index: number): Tensor {
  const values = node.has(index) ? cast(node.input(index), 'float32') : constant(0);
  return values.rank === 1 && values.dimension(0) === 1 ? reshape(values, []) : values;
}

function integerProducts(a: Tensor, zeroOfA: Tensor, b: Tensor, zeroOfB: Tensor): Tensor {
  const [left, right] = [sub(cast(a, 'float32'), zeroOfA), sub(cast(b, 'float32'), zeroOfB)];
  if (left.rank >= 2 && right.rank >= 2) return matmul(left, right);
  const row = left.rank === 1 ? expandDims(left, [0]) : left;
  const column = right.rank === 1 ? expandDims(right, [1]) : right;
  return squeeze(matmul(row, column), [...(left.rank === 1 ? [-2] : []), ...(right.rank === 1 ? [-1] : [])]);
}
