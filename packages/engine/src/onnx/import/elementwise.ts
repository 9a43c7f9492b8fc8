import { type DType } from '../../graph/dtype.ts';
import { bool } from '../../graph/ndarray.ts';
import { constant, type Tensor } from '../../graph/tensor.ts';
import {
  abs,
  atan,
  log,
  sign,
  sqrt,
  square,
  add,
  cos,
  div,
  equal,
  exp,
  expand,
  floor,
  less,
  logicalAnd,
  logicalNot,
  logicalOr,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  sin,
  sub,
  cast,
  where,
} from '../../ops/index.ts';
import { Clip, Mod } from '../../ops/arithmetic.ts';
import { TensorProto_DataType } from '../onnx_pb.ts';
import { decodeDType } from '../tensor-proto.ts';
import { toHostArray, toNDArray } from './host-array.ts';
import type { ImportedNode } from './imported-node.ts';
import type { Translators } from './translator.ts';

/** Arithmetic, comparisons and conversions, element by element. */
export const elementwise: Translators = {
  Pow: power,
  Reciprocal: (node) => div(1, node.input(0)),
  Ceil: (node) => neg(floor(neg(node.input(0)))),
  Tan: (node) => div(sin(node.input(0)), cos(node.input(0))),
  // by the inverse tangent: asin x = atan(x / sqrt(1 - x²)), acos x = π / 2 - asin x
  Asin: (node) => arcsine(node.input(0)),
  Acos: (node) => sub(Math.PI / 2, arcsine(node.input(0))),
  Asinh: (node) => log(add(node.input(0), sqrt(add(square(node.input(0)), 1)))),
  Acosh: (node) => log(add(node.input(0), sqrt(sub(square(node.input(0)), 1)))),
  Atanh: (node) => mul(log(div(add(1, node.input(0)), sub(1, node.input(0)))), 0.5),
  Sinh: (node) => mul(sub(exp(node.input(0)), exp(neg(node.input(0)))), 0.5),
  Cosh: (node) => mul(add(exp(node.input(0)), exp(neg(node.input(0)))), 0.5),

  Sum: (node) => node.all().reduce((sum, term) => add(sum, term)),
  Mean: (node) =>
    div(
      node.all().reduce((sum, term) => add(sum, term)),
      node.all().length,
    ),
  Max: (node) => node.all().reduce((largest, tensor) => maximum(largest, tensor)),
  Min: (node) => node.all().reduce((smallest, tensor) => minimum(smallest, tensor)),

  Mod: modulo,
  Clip: clip,
  Xor: (node) => logicalNot(equal(node.input(0), node.input(1))),
  Cast: (node) => {
    node.ignore('saturate'); // for 8-bit floats
    const to = node.int('to', 0);
    return convert(node, decodeDType(to, 'the result of Cast'), to);
  },
  CastLike: (node) => {
    node.ignore('saturate');
    return convert(node, node.input(1).dtype, node.elementType(1));
  },
  Dropout: dropout,
  IsNaN: (node) => logicalNot(equal(node.input(0), node.input(0))),
  IsInf: (node) => {
    const x = node.input(0);
    const none = logicalNot(equal(x, x));
    const above = node.int('detect_positive', 1) === 1 ? equal(x, Infinity) : undefined;
    const below = node.int('detect_negative', 1) === 1 ? equal(x, -Infinity) : undefined;
    if (above !== undefined && below !== undefined) return logicalOr(above, below);
    return above ?? below ?? logicalAnd(none, logicalNot(none));
  },
};

// The exponent may be a whole number of another dtype than the base. As a constant it needs no gradient.
function power(node: ImportedNode): Tensor {
  const x = node.input(0);
  const exponent = node.settled(1);
  if (exponent.dtype === x.dtype) return pow(x, exponent);
  const { source } = exponent;
  const numbers = source.kind === 'constant' ? toHostArray(source.value) : undefined;
  return pow(
    x,
    numbers === undefined ? cast(exponent, x.dtype) : constant(toNDArray({ ...numbers, dtype: x.dtype })),
  );
}

function arcsine(x: Tensor): Tensor {
  return atan(div(x, sqrt(sub(1, square(x)))));
}

// What is left of a / b: with fmod as in C, with the sign of a; else as in Python, with the sign of b.
function modulo(node: ImportedNode): Tensor {
  const [a, b] = [node.input(0), node.input(1)];
  if (a.dtype === 'int64') return Mod.apply([a, b], { fmod: node.int('fmod', 0) });
  const quotient = div(a, b);
  const rounded = node.int('fmod', 0) === 1 ? mul(sign(quotient), floor(abs(quotient))) : floor(quotient);
  return sub(a, mul(rounded, b));
}

// Before opset 11 the limits were attributes. Own files keep their inputs as they are.
function clip(node: ImportedNode): Tensor {
  const [low, high] = [node.optionalFloat('min'), node.optionalFloat('max')];
  const lower = low === undefined ? node.optional(1) : constant(low);
  const upper = high === undefined ? node.optional(2) : constant(high);
  const x = node.input(0);
  if (x.dtype === 'float32') return Clip.apply([x, lower, upper], {});
  const raised = lower === undefined ? x : maximum(x, lower);
  return upper === undefined ? raised : minimum(raised, upper);
}

// Conversions between types that the engine holds as one and the same change nothing.
function convert(node: ImportedNode, dtype: DType, elementType: number | undefined): Tensor {
  const x = cast(node.input(0), dtype);
  return elementType === TensorProto_DataType.BFLOAT16 ? roundedToBfloat16(x) : x;
}

/**
 * x with the 8 significant bits of bfloat16, by Veltkamp's splitting: c - (c - x) with c = (2^16 + 1) x, whose gradient is 1. Numbers
 * that are so large that c would overflow, infinity and NaN stay as they are.
 */
function roundedToBfloat16(x: Tensor): Tensor {
  const c = mul(x, 2 ** 16 + 1);
  return where(less(abs(x), 2 ** 110), sub(c, sub(c, x)), x);
}

// In inference it hands on its input; the mask, where it is asked for, keeps everything.
function dropout(node: ImportedNode): Tensor | readonly Tensor[] {
  node.ignore('ratio', 'seed');
  const training = node.host(2, 'training_mode')?.data[0] ?? 0;
  const ratio = node.has(1) ? (node.host(1, 'the ratio')?.data[0] ?? 0) : 0.5;
  if (training !== 0 && ratio !== 0) node.fail('drops out as in training; export the model for inference');
  const x = node.input(0);
  return node.outputs.length < 2 ? x : [x, expand(constant(bool([true], [])), x.shape)];
}
