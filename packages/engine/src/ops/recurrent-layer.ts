import { ShapeError } from '../errors.ts';
import { formatShape, sameShape, sizeOf, type Shape } from '../graph/dtype.ts';
import { zeros } from '../graph/ndarray.ts';
import { constant, type Tensor } from '../graph/tensor.ts';
import { add } from './arithmetic.ts';
import { oneHot } from './indexing.ts';
import { gemm } from './matmul.ts';
import { reduceSum } from './reduction.ts';
import { reshape } from './shape.ts';

/**
 * The input of a recurrent layer: vectors `[steps, batch, features]`, or token ids int64 `[steps, batch]`, which mean one-hot vectors of
 * `depth` features. The product of a one-hot vector with the kernel is a row of the kernel, so tokens need a lookup, not a product.
 */
export type RecurrentInput = Tensor | { readonly tokens: Tensor; readonly depth: number };

/** Weights of a recurrent layer in Keras' layout. */
export interface RecurrentWeights {
  /** W `[features, gates · units]` */
  readonly kernel: Tensor;
  /** U `[units, gates · units]` */
  readonly recurrentKernel: Tensor;
  /** b `[gates · units]` */
  readonly bias: Tensor;
}

/** The results of a recurrent layer. */
export interface RecurrentOutput<State extends readonly Tensor[]> {
  /** Hidden states of all steps `[steps, batch, units]`. */
  readonly sequence: Tensor;
  /** State after the last step, each `[batch, units]`: h and c of an LSTM, h of a GRU. */
  readonly state: State;
}

/** @throws ShapeError when the shapes of a layer do not match */
export function checkLayer(
  operator: string,
  gates: number,
  x: RecurrentInput,
  { kernel, recurrentKernel, bias }: RecurrentWeights,
  states: readonly Tensor[],
): { batch: number; units: number } {
  const read = 'tokens' in x ? [...x.tokens.shape, x.depth] : x.shape;
  const [units = 0] = recurrentKernel.shape;
  const columns = gates * units;
  const [, batch = 0, features = 0] = read;
  const expected: readonly (readonly [string, Tensor, Shape])[] = [
    ['kernel', kernel, [features, columns]],
    ['recurrent kernel', recurrentKernel, [units, columns]],
    ['bias', bias, [columns]],
    ...states.map((state) => ['state', state, [batch, units]] as const),
  ];
  if (read.length !== 3) {
    throw new ShapeError(`${operator}: expected input [steps, batch, features], got ${formatShape(read)}`);
  }
  for (const [what, tensor, shape] of expected) {
    if (!sameShape(tensor.shape, shape)) {
      throw new ShapeError(
        `${operator}: expected ${what} ${formatShape(shape)} for input ${formatShape(read)} and ${units} units, got ${formatShape(tensor.shape)}`,
      );
    }
  }
  return { batch, units };
}

/** The state before the first step, unless another one is given. */
export function zeroState(batch: number, units: number): Tensor {
  return constant(zeros([batch, units], 'float32'));
}

/** The inputs of a layer, in the order of the gradients of {@link layerGradients}. */
export function layerInputs(
  x: RecurrentInput,
  { kernel, recurrentKernel, bias }: RecurrentWeights,
): Tensor[] {
  return [...('tokens' in x ? [] : [x]), kernel, recurrentKernel, bias];
}

/**
 * The gradients of the inputs of a layer. Each weight's gradient is one product over all steps and the whole batch, N = steps · batch rows.
 * @param befores h before each step `[N, units]`
 * @param dProjected gradients of x W + b, `[N, gates · units]`
 * @param dRecurrent gradients of h U, `[N, gates · units]`
 */
export function layerGradients(
  x: RecurrentInput,
  { kernel }: RecurrentWeights,
  befores: Tensor,
  dProjected: Tensor,
  dRecurrent: Tensor,
): Tensor[] {
  const dRecurrentKernel = gemm(befores, dRecurrent, { transA: true });
  const dBias = reduceSum(dProjected, [0]);
  if ('tokens' in x) {
    const read = oneHot(reshape(x.tokens, [sizeOf(x.tokens.shape)]), x.depth);
    return [gemm(read, dProjected, { transA: true }), dRecurrentKernel, dBias];
  }
  const dKernel = gemm(reshape(x, [-1, x.dimension(2)]), dProjected, { transA: true });
  const dx = reshape(gemm(dProjected, kernel, { transB: true }), x.shape);
  return [dx, dKernel, dRecurrentKernel, dBias];
}

/** The sum of two gradients. Either may be missing, because nothing depends on that value. */
export function sumOf(a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined {
  return a === undefined || b === undefined ? (a ?? b) : add(a, b);
}
