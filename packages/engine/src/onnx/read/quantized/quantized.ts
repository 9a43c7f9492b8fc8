import { normalizeAxis } from '../../../graph/shapes.ts';
import type { Tensor } from '../../../graph/tensor.ts';
import {
  add,
  cast,
  concat,
  div,
  leakyRelu,
  mul,
  reduceMean,
  sigmoid,
  softmax,
  transpose,
} from '../../../ops/index.ts';
import { TensorProto_DataType as ElementType } from '../../schema/onnx_pb.ts';
import type { Translator, Translators } from '../node/translator.ts';
import { averagePool } from '../operators/pools.ts';
import { columnsOf, integerConvolution, integerProducts, overChannels, rowsOf } from './integer-products.ts';
import {
  dequantized,
  dynamicQuantizeLinear,
  quantizeLinear,
  real,
  requantized,
  requantizedBy,
} from './quantize.ts';

/**
 * Quantised operators, in floats: whole numbers are dequantised, then rounded and limited where the model does
 * that. Rounding passes the gradient where nothing is clipped, as in quantisation-aware training (the straight-through estimator of
 * Bengio et al. 2013, PyTorch's FakeQuantize). The true gradient of rounding is 0, so such networks would have none.
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
  // The sums stay floats, so that they have a gradient: in such models a cast to floats follows.
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

// Further operators that onnxruntime.quantization writes, in Microsoft's own domain: x with scale and zero point, then those of the result.
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
