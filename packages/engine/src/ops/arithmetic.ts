import { broadcastShapes, requireDType } from '../graph/shapes.ts';
import { defineOperator, intAttribute } from '../graph/operator.ts';
import { asTensor, constant, type Operand, type Tensor } from '../graph/tensor.ts';
import { cast, equal, greaterOrEqual, lessOrEqual, logicalAnd, where } from './comparison.ts';
import { binaryOperator, unaryOperator } from './elementwise.ts';

export const Add = binaryOperator('Add', (dy) => [dy, dy]);
export const Sub = binaryOperator('Sub', (dy) => [dy, neg(dy)]);
export const Mul = binaryOperator('Mul', (dy, a, b) => [mul(dy, b), mul(dy, a)]);
export const Div = binaryOperator('Div', (dy, _a, b, y) => [div(dy, b), neg(div(mul(dy, y), b))]);
export const Pow = binaryOperator('Pow', (dy, x, p, y) => [
  mul(dy, mul(p, pow(x, sub(p, 1)))),
  p.source.kind === 'constant' ? undefined : mul(dy, mul(y, log(x))),
]);

/** a + b, element by element, with broadcasting. */
export function add(a: Operand, b: Operand): Tensor {
  return Add.apply([asTensor(a), asTensor(b)], {});
}

/** a - b, element by element, with broadcasting. */
export function sub(a: Operand, b: Operand): Tensor {
  return Sub.apply([asTensor(a), asTensor(b)], {});
}

/** a · b, element by element, with broadcasting. */
export function mul(a: Operand, b: Operand): Tensor {
  return Mul.apply([asTensor(a), asTensor(b)], {});
}

/** a / b, element by element, with broadcasting. */
export function div(a: Operand, b: Operand): Tensor {
  return Div.apply([asTensor(a), asTensor(b)], {});
}

/** xᵖ, element by element, with broadcasting. The gradient with respect to a computed p needs x > 0. */
export function pow(x: Operand, p: Operand): Tensor {
  return Pow.apply([asTensor(x), asTensor(p)], {});
}

export const Neg = unaryOperator('Neg', {}, (dy) => neg(dy), ['float32', 'int64']);
export const Exp = unaryOperator('Exp', {}, (dy, _x, y) => mul(dy, y));
export const Log = unaryOperator('Log', {}, (dy, x) => div(dy, x));
export const Sqrt = unaryOperator('Sqrt', {}, (dy, _x, y) => div(mul(dy, 0.5), y));
export const Abs = unaryOperator('Abs', {}, (dy, x) => mul(dy, sign(x)), ['float32', 'int64']);
export const Sign = unaryOperator('Sign', {}, () => undefined, ['float32', 'int64']);
export const Floor = unaryOperator('Floor', {}, () => undefined);
export const Round = unaryOperator('Round', {}, () => undefined);
export const Sin = unaryOperator('Sin', {}, (dy, x) => mul(dy, cos(x)));
export const Cos = unaryOperator('Cos', {}, (dy, x) => neg(mul(dy, sin(x))));
export const Atan = unaryOperator('Atan', {}, (dy, x) => div(dy, add(square(x), 1)));
// d erf(x) / dx = 2 / sqrt(pi) · exp(-x²)
export const Erf = unaryOperator('Erf', {}, (dy, x) =>
  mul(mul(dy, 2 / Math.sqrt(Math.PI)), exp(neg(square(x)))),
);

/** -x. */
export function neg(x: Tensor): Tensor {
  return Neg.apply([x], {});
}

/** eˣ. */
export function exp(x: Tensor): Tensor {
  return Exp.apply([x], {});
}

/** Natural logarithm; -infinity at 0, NaN below. */
export function log(x: Tensor): Tensor {
  return Log.apply([x], {});
}

/** Square root; its gradient at 0 is infinite. */
export function sqrt(x: Tensor): Tensor {
  return Sqrt.apply([x], {});
}

/** |x|; the gradient at 0 is 0. */
export function abs(x: Tensor): Tensor {
  return Abs.apply([x], {});
}

/** -1, 0 or 1; the gradient is 0. */
export function sign(x: Tensor): Tensor {
  return Sign.apply([x], {});
}

/** The largest whole number not above x; the gradient is 0. */
export function floor(x: Tensor): Tensor {
  return Floor.apply([x], {});
}

/** The nearest whole number (the even one of two equally near); the gradient is 0. */
export function round(x: Tensor): Tensor {
  return Round.apply([x], {});
}

/** Sine, x in radians. */
export function sin(x: Tensor): Tensor {
  return Sin.apply([x], {});
}

/** Cosine, x in radians. */
export function cos(x: Tensor): Tensor {
  return Cos.apply([x], {});
}

/** Inverse tangent, in radians. */
export function atan(x: Tensor): Tensor {
  return Atan.apply([x], {});
}

/** The error function 2/√π · ∫₀ˣ exp(-t²) dt. */
export function erf(x: Tensor): Tensor {
  return Erf.apply([x], {});
}

/** x². */
export function square(x: Tensor): Tensor {
  return mul(x, x);
}

export const Min = binaryOperator('Min', (dy, a, b) => shareOfExtreme(dy, a, b, lessOrEqual(a, b)));
export const Max = binaryOperator('Max', (dy, a, b) => shareOfExtreme(dy, a, b, greaterOrEqual(a, b)));

// If both operands are equal, each gets half of the gradient, as in JAX and PyTorch.
function shareOfExtreme(dy: Tensor, a: Tensor, b: Tensor, aWinsOrTies: Tensor): [Tensor, Tensor] {
  const shareOfA = sub(cast(aWinsOrTies, 'float32'), mul(cast(equal(a, b), 'float32'), 0.5));
  return [mul(dy, shareOfA), mul(dy, sub(1, shareOfA))];
}

/** The smaller of a and b, element by element, with broadcasting. */
export function minimum(a: Operand, b: Operand): Tensor {
  return Min.apply([asTensor(a), asTensor(b)], {});
}

/** The larger of a and b, element by element, with broadcasting. */
export function maximum(a: Operand, b: Operand): Tensor {
  return Max.apply([asTensor(a), asTensor(b)], {});
}

export const Mod = defineOperator({
  type: 'Mod',
  attributes: { fmod: intAttribute(0) },
  infer: ([a, b]: readonly [Tensor, Tensor]) => {
    requireDType('Mod', a, 'int64');
    requireDType('Mod', b, 'int64');
    return [{ dtype: a.dtype, shape: broadcastShapes('Mod', a.shape, b.shape) }];
  },
  gradient: () => [undefined, undefined],
});

/** The remainder of int64 a / b, with the sign of b (as in Python), element by element, with broadcasting. */
export function mod(a: Tensor, b: Tensor): Tensor {
  return Mod.apply([a, b], { fmod: 0 });
}

export const Clip = defineOperator({
  type: 'Clip',
  attributes: {},
  infer: ([x]: readonly [Tensor, (Tensor | undefined)?, (Tensor | undefined)?]) => {
    requireDType('Clip', x, 'float32');
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  gradient: ([dy], { inputs: [x, low, high] }) => {
    const inside = [low && greaterOrEqual(x, low), high && lessOrEqual(x, high)].filter(
      (side) => side !== undefined,
    );
    const [first, second] = inside;
    if (first === undefined) return [dy];
    return [where(second === undefined ? first : logicalAnd(first, second), dy, 0), undefined, undefined];
  },
});

/** x limited to [low, high]; the gradient passes where x is inside, including the ends. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  return Clip.apply([x, constant(low), constant(high)], {});
}
