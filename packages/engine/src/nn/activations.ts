import { elu, gelu, leakyRelu, relu, sigmoid, softmax, softplus, tanh } from '../ops/activation.ts';
import type { Tensor } from '../graph/tensor.ts';

const functions = {
  linear: (x: Tensor) => x,
  relu,
  leakyRelu: (x: Tensor) => leakyRelu(x),
  elu: (x: Tensor) => elu(x),
  gelu,
  sigmoid,
  softplus,
  softmax: (x: Tensor) => softmax(x),
  tanh,
} as const;

/** Activation functions by their names in layers. */
export type Activation = keyof typeof functions;

/** Applies an activation function; softmax runs over the last axis. */
export function activate(x: Tensor, activation: Activation = 'linear'): Tensor {
  return functions[activation](x);
}
