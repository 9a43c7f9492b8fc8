import type { DType } from '../../../graph/dtype.ts';
import { indices, type Tensor } from '../../../graph/tensor.ts';
import { add, div, floor, mul, sub } from '../../../ops/index.ts';
import { Mod } from '../../../ops/arithmetic.ts';
import { TensorProto_DataType as ElementType } from '../../schema/onnx_pb.ts';
import { ONNX_ELEMENT_TYPE } from '../../../graph/element-type.ts';
import { wholeRange, type WholeRange } from '../../schema/element-types.ts';
import { heldDType } from '../file/tensors.ts';
import type { HostArray } from '../node/host-array.ts';
import type { ImportedNode } from '../node/imported-node.ts';

// Operators with their own result type; results of all others have the type of the first input.
const INT64_RESULTS = new Set(['Shape', 'Size', 'ArgMax', 'ArgMin', 'NonZero']);
const TYPE_OF_INPUT: Readonly<Record<string, number>> = {
  CastLike: 1,
  Where: 1,
  OneHot: 2,
  DequantizeLinear: 1,
  QLinearConcat: 1,
};

/** The ONNX element type of an output of a node, whose tensor has the given dtype. */
export function resultType(node: ImportedNode, index: number, dtype: DType): number {
  const declared = node.resultTypes[index];
  if (declared !== undefined) return declared;
  const source = TYPE_OF_INPUT[node.type] ?? 0;
  const type = INT64_RESULTS.has(node.type) ? ElementType.INT64 : node.elementType(source);
  const isHeldSo =
    type !== undefined && (heldDType(type, 'a result') === dtype || node.optional(source)?.dtype === dtype);
  return isHeldSo ? type : ONNX_ELEMENT_TYPE[dtype];
}

// Operators whose results can leave the range of their inputs' type.
const GROWING = new Set(
  'Add Sub Mul Div Neg Abs Sum Pow BitShift MatMul Gemm ReduceSum ReduceProd ReduceL1 ReduceSumSquare CumSum CumProd'.split(
    ' ',
  ),
);

// Results that can exceed 2^24, above which float32 lacks some whole numbers.
const INEXACT_FROM_16_BITS = new Set(['Mul', 'Pow', 'CumSum', 'Sum']);

// Operators that are exact for whole numbers stored as float32.
const EXACT = new Set(
  (
    'Abs Add And ArgMax ArgMin BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BitShift Cast CastLike Clip Compress Concat Constant ConstantOfShape ' +
    'ConvInteger CumSum DepthToSpace DequantizeLinear Div Dropout DynamicQuantizeLinear Equal Expand EyeLike Flatten Gather GatherElements GatherND ' +
    'Greater GreaterOrEqual Identity If Less LessOrEqual MatMulInteger Max MaxPool Min Mod Mul Neg NonZero OneHot Pad QLinearConv QLinearMatMul ' +
    'QuantizeLinear Range ReduceMax ReduceMin Relu Reshape ReverseSequence Scatter ScatterElements ScatterND Shape Sign Size Slice ' +
    'SpaceToDepth Split Squeeze Sub Sum Tile TopK Transpose Trilu Unique Unsqueeze Where'
  ).split(' '),
);

/**
 * A result in the range of its integer type: it wraps around at the ends, as in ONNX Runtime.
 * @throws InputError naming the node when the engine does not compute the operator exactly for such a type
 */
export function withinType(node: ImportedNode, tensor: Tensor, elementType: number): Tensor {
  const range = wholeRange(elementType);
  if (range === undefined) return tensor;
  if (tensor.dtype === 'float32' && !EXACT.has(node.type) && node.domain === '') {
    node.fail(
      'computes with whole numbers of few bits, which the engine does with floats only; cast them first',
    );
  }
  const isInexact =
    (range.high > 255 && INEXACT_FROM_16_BITS.has(node.type)) ||
    (range.high > 65_535 && GROWING.has(node.type));
  if (tensor.dtype === 'float32' && isInexact)
    node.fail(
      'computes with whole numbers in a way that the engine does not do exactly; cast them to floats first',
    );
  return GROWING.has(node.type) && node.domain === '' ? wrapped(tensor, range) : tensor;
}

/** Numbers wrapped into a range: 256 becomes 0 in 8 bits. int64 already has its whole range. */
export function wrapped(x: Tensor, { low, high }: WholeRange): Tensor {
  const size = high - low + 1;
  if (size >= 2 ** 64) return x;
  if (x.dtype === 'float32') {
    const shifted = low === 0 ? x : sub(x, low);
    const rest = sub(shifted, mul(floor(div(shifted, size)), size));
    return low === 0 ? rest : add(rest, low);
  }
  return add(Mod.apply([sub(x, indices(low)), indices(size)], { fmod: 0 }), indices(low));
}

/** The same for known numbers; `undefined` if they are too large to be exact, or their type has as many bits as the engine's. */
export function numbersWithinType(host: HostArray, elementType: number): HostArray | undefined {
  const range = wholeRange(elementType);
  if (range === undefined || range.high >= 2 ** 62) return undefined;
  if (!host.data.every(Number.isSafeInteger)) return undefined;
  if (host.data.every((value) => value >= range.low && value <= range.high)) return host;
  const size = range.high - range.low + 1;
  return { ...host, data: host.data.map((value) => value - size * Math.floor((value - range.low) / size)) };
}
