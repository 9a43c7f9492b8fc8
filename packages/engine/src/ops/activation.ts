import { defineOperator, floatAttribute, intAttribute } from '../graph/operator.ts';
import { normalizeAxis, requireDType } from '../graph/shapes.ts';
import type { Tensor } from '../graph/tensor.ts';
import { add, clip, erf, exp, mul, sub } from './arithmetic.ts';
import { greater, logicalAnd, less, where } from './comparison.ts';
import { unaryOperator } from './elementwise.ts';
import { stopGradient } from './identity.ts';
import { reduceSum } from './reduction.ts';

/** The largest power of two of a float32: times this, every normal number but 0 is at least 1 in size. */
const STEEPEST = 2 ** 127;

export const Relu = unaryOperator('Relu', {}, (dy, _x, y) => mul(dy, step(y)));

// The slope is 1 or alpha, with the steepest possible change in between. Several times faster than Where.
export const LeakyRelu = unaryOperator('LeakyRelu', { alpha: floatAttribute(0.01) }, (dy, x, _y, { alpha }) =>
  alpha >= 0 && alpha <= 1
    ? mul(dy, clip(mul(stopGradient(x), STEEPEST), alpha, 1))
    : where(greater(x, 0), dy, mul(dy, alpha)),
);

export const HardSigmoid = unaryOperator(
  'HardSigmoid',
  { alpha: floatAttribute(0.2), beta: floatAttribute(0.5) },
  (dy, _x, y, { alpha }) => where(logicalAnd(greater(y, 0), less(y, 1)), mul(dy, alpha), 0),
);

// For x <= 0: d (alpha (eˣ - 1)) / dx = alpha eˣ = y + alpha
export const Elu = unaryOperator('Elu', { alpha: floatAttribute(1) }, (dy, x, y, { alpha }) =>
  where(greater(x, 0), dy, mul(dy, add(y, alpha))),
);

export const Softplus = unaryOperator('Softplus', {}, (dy, x) => mul(dy, sigmoid(x)));
export const Sigmoid = unaryOperator('Sigmoid', {}, (dy, _x, y) => mul(dy, mul(y, sub(1, y))));
export const Tanh = unaryOperator('Tanh', {}, (dy, _x, y) => mul(dy, sub(1, mul(y, y))));

/** max(x, 0); the gradient at 0 is 0. */
export function relu(x: Tensor): Tensor {
  return Relu.apply([x], {});
}

/**
 * x for x > 0, else alpha · x.
 * @param alpha slope on the negative side (default 0.3, as in Keras' LeakyReLU layer)
 */
export function leakyRelu(x: Tensor, alpha = 0.3): Tensor {
  return LeakyRelu.apply([x], { alpha });
}

/** x for x > 0, else alpha · (eˣ - 1) (Clevert et al. 2015; alpha 1 as in Keras). */
export function elu(x: Tensor, alpha = 1): Tensor {
  return Elu.apply([x], { alpha });
}

/** log(1 + eˣ), a smooth relu. */
export function softplus(x: Tensor): Tensor {
  return Softplus.apply([x], {});
}

/** The logistic function 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Tensor): Tensor {
  return Sigmoid.apply([x], {});
}

/** Hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  return Tanh.apply([x], {});
}

/**
 * max(0, min(1, alpha · x + beta)), a sigmoid of straight lines; the gradient at its corners is 0.
 * @param alpha slope (default 1/6, as in Keras 3)
 * @param beta value at 0 (default 0.5)
 */
export function hardSigmoid(x: Tensor, { alpha = 1 / 6, beta = 0.5 } = {}): Tensor {
  return HardSigmoid.apply([x], { alpha, beta });
}

/**
 * 1 where x > 0, else 0, as x float32; the gradient is 0. NaN stays NaN; subnormal x, below 1.2e-38, may give a value between.
 *
 * It is a hard sigmoid, as steep as float32 allows. It takes one pass over the elements; a comparison and a cast take two. ONNX
 * Runtime keeps it in the layout of its convolutions.
 */
export function step(x: Tensor): Tensor {
  return hardSigmoid(stopGradient(x), { alpha: STEEPEST, beta: 0 });
}

/** 1 - {@link step}: 1 where x ≤ 0, else 0. */
export function stepDown(x: Tensor): Tensor {
  return hardSigmoid(stopGradient(x), { alpha: -STEEPEST, beta: 1 });
}

/** x · Φ(x) with the normal distribution function Φ, exact by erf (Hendrycks & Gimpel 2016). */
export function gelu(x: Tensor): Tensor {
  return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));
}

function alongAxis(type: string, gradient: (dy: Tensor, y: Tensor, axis: number) => Tensor) {
  return defineOperator({
    type,
    attributes: { axis: intAttribute(-1) },
    infer: ([x]: readonly [Tensor], { axis }) => {
      requireDType(type, x, 'float32');
      normalizeAxis(type, axis, x.rank);
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    gradient: ([dy], { outputs: [y], attributes: { axis } }) =>
      y === undefined ? [] : [gradient(dy, y, axis)],
  });
}

export const Softmax = alongAxis('Softmax', (dy, y, axis) =>
  mul(y, sub(dy, reduceSum(mul(dy, y), [axis], { keepDims: true }))),
);

export const LogSoftmax = alongAxis('LogSoftmax', (dy, y, axis) => {
  // softmax(x) from the output y = log softmax(x), which is already known
  return sub(dy, mul(exp(y), reduceSum(dy, [axis], { keepDims: true })));
});

/** exp(x) / Σ exp(x) along an axis, computed around the largest element so that it cannot overflow. */
export function softmax(x: Tensor, axis = -1): Tensor {
  return Softmax.apply([x], { axis: normalizeAxis('Softmax', axis, x.rank) });
}

/** log of {@link softmax}, exact also if the softmax underflows. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return LogSoftmax.apply([x], { axis: normalizeAxis('LogSoftmax', axis, x.rank) });
}
