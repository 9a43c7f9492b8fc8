import { zeros, type NDArray } from '../graph/ndarray.ts';
import type { Tensor } from '../graph/tensor.ts';
import { add, clip, div, maximum, mul, sqrt, square } from '../ops/arithmetic.ts';
import { reduceSum } from '../ops/reduction.ts';

/** Tensors by parameter name. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/**
 * An update rule as a graph. Its memory between steps (momenta, averages) is in slots: further variables of the
 * training state, one for each parameter, named `<slot>:<parameter>`.
 */
export interface Optimizer {
  readonly slots: readonly string[];
  /**
   * Builds the update of one parameter.
   * @param rate float32 scalar, see {@link Optimizer.rate}
   * @param slots the optimiser's slots for this parameter, in the order of `slots`
   * @returns the new parameter and the new slots
   */
  update(
    parameter: Tensor,
    gradient: Tensor,
    rate: Tensor,
    slots: readonly Tensor[],
  ): readonly [Tensor, ...Tensor[]];
  /**
   * The number that multiplies the step at step `step` (from 0), computed on the host in float64: the learning rate with
   * its decay and, for Adam, the bias correction.
   */
  rate(step: number): number;
  /** Clipping of the gradients before the update. */
  readonly clipping: Clipping;
  /** The learning rate before decay; change it between steps for schedules. */
  learningRate: number;
}

/** Keras' options against exploding gradients; each is off by default. */
export interface Clipping {
  /** Each element of a gradient is limited to [-clipvalue, clipvalue]. */
  readonly clipvalue?: number | undefined;
  /** The gradient of each parameter is scaled down to at most this L2 norm. */
  readonly clipnorm?: number | undefined;
  /** All gradients together are scaled down to at most this L2 norm (Pascanu et al. 2013). */
  readonly globalClipnorm?: number | undefined;
}

export interface LearningRateOptions {
  readonly learningRate?: number | undefined;
  /** Time-based decay as in Keras 2: learningRate / (1 + decay · step) (default 0). */
  readonly decay?: number | undefined;
}

/** learningRate / (1 + decay · step) */
export function decayed(learningRate: number, decay: number, step: number): number {
  return learningRate / (1 + decay * step);
}

/** Applies {@link Clipping} to gradients by name. */
export function clipGradients(
  gradients: NamedTensors,
  { clipvalue, clipnorm, globalClipnorm }: Clipping,
): NamedTensors {
  let clipped = Object.entries(gradients);
  if (clipvalue !== undefined) clipped = clipped.map(([name, g]) => [name, clip(g, -clipvalue, clipvalue)]);
  if (clipnorm !== undefined)
    clipped = clipped.map(([name, g]) => [name, mul(g, scaleToNorm(sumOfSquares(g), clipnorm))]);
  if (globalClipnorm !== undefined && clipped.length > 0) {
    const total = clipped.map(([, g]) => sumOfSquares(g)).reduce((sum, term) => add(sum, term));
    const scale = scaleToNorm(total, globalClipnorm);
    clipped = clipped.map(([name, g]) => [name, mul(g, scale)]);
  }
  return Object.fromEntries(clipped);
}

function sumOfSquares(x: Tensor): Tensor {
  return reduceSum(square(x));
}

// limit / max(norm, limit): 1 while the norm is within the limit
function scaleToNorm(squaredNorm: Tensor, limit: number): Tensor {
  return div(limit, maximum(sqrt(squaredNorm), limit));
}

/** Initial slots (zeros) of an optimiser for parameters of the given shapes, by name. */
export function initialSlots(optimizer: Optimizer, parameters: NamedTensors): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { shape }]) =>
      optimizer.slots.map((slot) => [`${slot}:${name}`, zeros(shape, 'float32')] as const),
    ),
  );
}
