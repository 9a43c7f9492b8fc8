import { bool } from '../../../graph/ndarray.ts';
import { constant, indices, type Tensor } from '../../../graph/tensor.ts';
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
  logicalNot,
  maximum,
  minimum,
  mod,
  mul,
  neg,
  pow,
  sin,
  sub,
  cast,
  where,
} from '../../../ops/index.ts';
import { Clip } from '../../../ops/arithmetic.ts';
import { wholeRange } from '../../schema/element-types.ts';
import { wrapped } from '../normalize/result-types.ts';
import { toHostArray, toNDArray } from '../node/host-array.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import type { Translators } from '../node/translator.ts';

/** Arithmetic and comparisons, element by element. */
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

  Div: divide,
  Mod: modulo,
  BitShift: bitShift,
  Clip: clip,
  IsNaN: (node) => logicalNot(equal(node.input(0), node.input(0))),
  IsInf: (node) => {
    const x = node.input(0);
    const [low, high] = [node.int('detect_negative', 1) === 1, node.int('detect_positive', 1) === 1];
    if (low && high) return equal(abs(x), Infinity);
    if (low || high) return equal(x, low ? -Infinity : Infinity);
    return expand(constant(bool([false], [])), x.shape);
  },
  Xor: (node) => logicalNot(equal(node.input(0), node.input(1))),
  Dropout: dropout,
};

// The exponent can be a whole number of another dtype than the base. As a constant it needs no gradient.
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

// The remainder of a / b: with fmod as in C, with the sign of a; otherwise as in Python, with the sign of b.
function modulo(node: ImportedNode): Tensor {
  const [a, b] = [node.input(0), node.input(1)];
  const likeC = node.int('fmod', 0) === 1;
  if (a.dtype === 'int64') return likeC ? sub(a, mul(div(a, b), b)) : mod(a, b);
  const quotient = div(a, b);
  const rest = sub(a, mul(likeC ? truncated(quotient) : floor(quotient), b));
  const { source } = b;
  if (source.kind === 'constant' && !Array.from(source.value.data, Number).some(isEndless)) return rest;
  // a is within one infinite step of 0, unless it is infinite as well.
  const within = likeC ? a : where(less(mul(sign(a), b), 0), b, a);
  return where(equal(abs(b), Infinity), add(within, sub(a, a)), rest);
}

function isEndless(value: number): boolean {
  return Math.abs(value) === Infinity;
}

/** x without its fractional part. */
export function truncated(x: Tensor): Tensor {
  return mul(sign(x), floor(abs(x)));
}

// Division of whole numbers rounds towards zero, also if they are stored as floats.
function divide(node: ImportedNode): Tensor {
  const quotient = div(node.input(0), node.input(1));
  const isWhole = wholeRange(node.elementType(0) ?? 0) !== undefined;
  return isWhole && quotient.dtype === 'float32' ? truncated(quotient) : quotient;
}

// a · 2ᵇ, or a / 2ᵇ rounded down, for unsigned numbers.
function bitShift(node: ImportedNode): Tensor {
  const direction = node.text('direction');
  if (direction !== 'LEFT' && direction !== 'RIGHT')
    node.fail(`has direction "${direction}", expected LEFT or RIGHT`);
  const [a, amount] = [cast(node.input(0), 'int64'), cast(node.input(1), 'int64')];
  const factor = pow(indices(2), amount);
  const range = wholeRange(node.elementType(0) ?? 0) ?? node.fail('shifts values that are no whole numbers');
  if (range.low < 0)
    node.fail(
      'shifts signed integers, which the engine does not support; export the model with unsigned ones',
    );
  const shifted = direction === 'LEFT' ? wrapped(mul(a, factor), range) : div(a, factor);
  return cast(shifted, node.input(0).dtype);
}

// Before opset 11 the limits were attributes. Our own files keep their inputs.
function clip(node: ImportedNode): Tensor {
  const [low, high] = [node.optionalFloat('min'), node.optionalFloat('max')];
  const lower = low === undefined ? node.optional(1) : constant(low);
  const upper = high === undefined ? node.optional(2) : constant(high);
  const x = node.input(0);
  if (x.dtype === 'float32') return Clip.apply([x, lower, upper], {});
  const raised = lower === undefined ? x : maximum(x, lower);
  return upper === undefined ? raised : minimum(raised, upper);
}

// In inference it returns its input; its mask, if requested, keeps everything.
function dropout(node: ImportedNode): Tensor | readonly Tensor[] {
  node.ignore('ratio', 'seed');
  if (node.opset < 7) node.requireTestMode();
  const training = node.host(2, 'training_mode')?.data[0] ?? 0;
  const ratio = node.has(1) ? (node.host(1, 'the ratio')?.data[0] ?? 0) : 0.5;
  if (training !== 0 && ratio !== 0) node.fail('drops out as in training; export the model for inference');
  const x = node.input(0);
  return node.outputs.length < 2 ? x : [x, expand(constant(bool([true], [])), x.shape)];
}
