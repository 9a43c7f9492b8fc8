import type { Tensor } from '../../../graph/tensor.ts';
import {
  abs,
  add,
  argMax,
  clip,
  div,
  elu,
  erf,
  greater,
  less,
  sub,
  logSoftmax,
  mul,
  oneHot,
  reshape,
  sigmoid,
  softmax,
  softplus,
  tanh,
  transpose,
  where,
} from '../../../ops/index.ts';
import { sizeOf } from '../../../graph/dtype.ts';
import { normalizeAxis } from '../../../graph/shapes.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import type { Translators } from '../node/translator.ts';

// Klambauer et al. 2017, as ONNX rounds them
const SELU = { alpha: 1.67326319217681884765625, gamma: 1.05070102214813232421875 };

/** Activation functions that the engine composes; Relu, Sigmoid, Tanh and others are its own operators. */
export const activations: Translators = {
  Selu: (node) => mul(elu(node.input(0), node.float('alpha', SELU.alpha)), node.float('gamma', SELU.gamma)),
  // alpha (exp(x / alpha) - 1) below zero (Barron 2017)
  Celu: (node) => {
    const alpha = node.float('alpha', 1);
    return mul(elu(div(node.input(0), alpha), 1), alpha);
  },
  ThresholdedRelu: (node) => where(greater(node.input(0), node.float('alpha', 1)), node.input(0), 0),
  PRelu: (node) => where(greater(node.input(0), 0), node.input(0), mul(node.input(0), node.input(1))),
  HardSwish: (node) => mul(node.input(0), clip(add(mul(node.input(0), 1 / 6), 0.5), 0, 1)),
  Swish: swish,
  SwiGLU: (node) => mul(swish(node), node.input(1)),
  Mish: (node) => mul(node.input(0), tanh(softplus(node.input(0)))),
  Softsign: (node) => div(node.input(0), add(abs(node.input(0)), 1)),
  Shrink: (node) => {
    const [x, lambd, bias] = [node.input(0), node.float('lambd', 0.5), node.float('bias', 0)];
    return where(greater(x, lambd), sub(x, bias), where(less(x, -lambd), add(x, bias), 0));
  },
  Gelu: (node) => gelu(node.input(0), node.choice('approximate', 'none', 'tanh')),
  Softmax: (node) => alongAxis(node, softmax),
  LogSoftmax: (node) => alongAxis(node, logSoftmax),
  // 1 at the first of the largest elements, 0 elsewhere: it has no slope
  Hardmax: (node) =>
    alongAxis(node, (x, given) => {
      const axis = normalizeAxis('Hardmax', given, x.rank);
      const vectors = oneHot(argMax(x, axis), x.dimension(axis));
      const last = x.rank - 1;
      const places = x.shape.map((_, i) => (i === axis ? last : i < axis ? i : i - 1));
      return transpose(vectors, places);
    }),
};

function swish(node: ImportedNode): Tensor {
  return mul(node.input(0), sigmoid(mul(node.input(0), node.float('alpha', 1))));
}

function gelu(x: Tensor, approximate: 'none' | 'tanh'): Tensor {
  if (approximate === 'none') return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));
  const cubed = mul(mul(mul(x, x), x), 0.044715);
  return mul(mul(x, 0.5), add(tanh(mul(add(x, cubed), Math.sqrt(2 / Math.PI))), 1));
}

// Before opset 13 all axes from the given one on were taken together, and the default was the channels.
function alongAxis(node: ImportedNode, apply: (x: Tensor, axis: number) => Tensor): Tensor {
  const x = node.input(0);
  if (node.opset >= 13) return apply(x, node.int('axis', -1));
  const axis = normalizeAxis(node.type, node.int('axis', 1), x.rank);
  if (axis === x.rank - 1) return apply(x, axis);
  const rows = sizeOf(x.shape.slice(0, axis));
  return reshape(apply(reshape(x, [rows, sizeOf(x.shape.slice(axis))]), 1), x.shape);
}
