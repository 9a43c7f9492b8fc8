import { ShapeError } from '../errors.ts';
import { formatShape, sameShape, sizeOf, type Shape } from '../graph/dtype.ts';
import { zeros } from '../graph/ndarray.ts';
import { constant, customGradient, type Tensor } from '../graph/tensor.ts';
import { sigmoid, tanh } from './activation.ts';
import { add, mul, sub } from './arithmetic.ts';
import { gather, oneHot } from './indexing.ts';
import { gemm, matmul } from './matmul.ts';
import { reduceSum } from './reduction.ts';
import { concat, matrixTranspose, reshape, split, squeeze, stack } from './shape.ts';

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

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), in Keras' layout:
 *
 *     i, f, g, o = split(x W + b + h U)                    gate order i, f, c, o
 *     c' = sigmoid(f) · c + sigmoid(i) · tanh(g)
 *     h' = sigmoid(o) · tanh(c')
 *
 * Unrolled over the steps. It has its own gradient rule: backpropagation through time, step by step, for the gates and the states, and
 * computes the gradient of each weight in one product over all steps.
 *
 * @param initialState h and c, each `[batch, units]` (default zeros)
 * @throws ShapeError when the shapes do not match
 */
export function unrolledLstm(
  x: RecurrentInput,
  weights: RecurrentWeights,
  initialState?: readonly [h: Tensor, c: Tensor],
): RecurrentOutput<readonly [h: Tensor, c: Tensor]> {
  const { batch, units } = checkLayer('lstm', 4, x, weights, initialState ?? []);
  const { recurrentKernel } = weights;
  const [h0, c0] = initialState ?? [zeroState(batch, units), zeroState(batch, units)];
  const quarters = [units, units, units, units];

  const steps: LstmStep[] = [];
  let [h, c] = [h0, c0];
  for (const projected of projectSteps(x, weights)) {
    const before = h;
    const gates = gemm(before, recurrentKernel, { bias: projected }); // [batch, 4 · units]
    const [zi, zf, zg, zo] = split(gates, quarters, 1) as [Tensor, Tensor, Tensor, Tensor];
    const [i, f, g, o] = [sigmoid(zi), sigmoid(zf), tanh(zg), sigmoid(zo)];
    const [kept, written] = [mul(f, c), mul(i, g)];
    c = add(kept, written);
    const squashed = tanh(c);
    h = mul(o, squashed);
    steps.push({ i, f, g, o, kept, written, squashed, before, h });
  }
  const sequence = stack(steps.map((step) => step.h));
  const inputs = [...layerInputs(x, weights), h0, c0];
  const outputs = customGradient('lstm', inputs, [sequence, h, c], ([dSequence, dh, dc]) => {
    const back = lstmBackward(steps, recurrentKernel, { dSequence, dh, dc });
    const befores = steps.map(({ before }) => before);
    return [...layerGradients(x, weights, befores, back.dGates, back.dGates), back.dh, back.dc];
  });
  const [y, hLast, cLast] = outputs as [Tensor, Tensor, Tensor];
  return { sequence: y, state: [hLast, cLast] };
}

/** The values of one LSTM step that its gradient needs, each `[batch, units]`. */
interface LstmStep {
  readonly i: Tensor;
  readonly f: Tensor;
  readonly g: Tensor;
  readonly o: Tensor;
  /** f · c before the step */
  readonly kept: Tensor;
  /** i · g */
  readonly written: Tensor;
  /** tanh(c) after the step */
  readonly squashed: Tensor;
  /** h before the step */
  readonly before: Tensor;
  readonly h: Tensor;
}

// Back through time, with dc the gradient of c and z the values before each gate's function:
//   dc += dh · o · (1 - tanh²c) = dh · (o - h · tanh c)
//   dz_i = dc · g · i · (1 - i) = dc · (written - written · i),  dz_f likewise with kept,
//   dz_g = dc · i · (1 - g²) = dc · (i - written · g),  dz_o = dh · tanh c · o · (1 - o) = dh · (h - h · o)
function lstmBackward(
  steps: readonly LstmStep[],
  recurrentKernel: Tensor,
  last: { dSequence: Tensor | undefined; dh: Tensor | undefined; dc: Tensor | undefined },
): { dGates: Tensor[]; dh: Tensor | undefined; dc: Tensor | undefined } {
  const transposed = matrixTranspose(recurrentKernel);
  const dOutputs = last.dSequence && stepsOf(last.dSequence);
  const dGates: Tensor[] = [];
  let { dh, dc } = last;
  for (const [t, { i, f, g, o, kept, written, squashed, h }] of [...steps.entries()].reverse()) {
    const dhNow = sumOf(dh, dOutputs?.[t]) ?? constant(zeros(h.shape, 'float32'));
    const throughOutput = mul(dhNow, sub(o, mul(h, squashed)));
    const dcNow = sumOf(dc, throughOutput) ?? throughOutput;
    const gates = concat(
      [
        mul(dcNow, sub(written, mul(written, i))),
        mul(dcNow, sub(kept, mul(kept, f))),
        mul(dcNow, sub(i, mul(written, g))),
        mul(dhNow, sub(h, mul(h, o))),
      ],
      1,
    );
    dGates.unshift(gates);
    dh = matmul(gates, transposed);
    dc = mul(dcNow, f);
  }
  return { dGates, dh, dc };
}

/**
 * Gated recurrent unit (Cho et al. 2014), in Keras' default form `reset_after=True`, which is also PyTorch's:
 *
 *     z, r = sigmoid(split(x W + b + h U + b_r))           gate order z, r, h
 *     g = tanh(x W_h + b_h + r · (h U_h + b_rh))
 *     h' = z · h + (1 - z) · g = g + z · (h - g)
 *
 * @param weights with `recurrentBias` b_r `[3 · units]`
 * @param initialState h `[batch, units]` (default zeros)
 * @throws ShapeError when the shapes do not match
 */
export function unrolledGru(
  x: RecurrentInput,
  weights: RecurrentWeights & { readonly recurrentBias: Tensor },
  initialState?: readonly [h: Tensor],
): RecurrentOutput<readonly [h: Tensor]> {
  const { batch, units } = checkLayer('gru', 3, x, weights, initialState ?? []);
  const { recurrentKernel, recurrentBias } = weights;
  const [h0] = initialState ?? [zeroState(batch, units)];

  const steps: GruStep[] = [];
  let h = h0;
  for (const projected of projectSteps(x, weights)) {
    const before = h;
    const recurrent = gemm(before, recurrentKernel, { bias: recurrentBias }); // [batch, 3 · units]
    const [xGates, xCandidate] = split(projected, [2 * units, units], 1) as [Tensor, Tensor];
    const [hGates, hCandidate] = split(recurrent, [2 * units, units], 1) as [Tensor, Tensor];
    const [z, r] = split(sigmoid(add(xGates, hGates)), [units, units], 1) as [Tensor, Tensor];
    const reset = mul(r, hCandidate);
    const g = tanh(add(xCandidate, reset));
    const update = mul(z, sub(before, g));
    h = add(g, update);
    steps.push({ z, r, g, reset, update, before, h });
  }
  const sequence = stack(steps.map((step) => step.h));
  const inputs = [...layerInputs(x, weights), recurrentBias, h0];
  const outputs = customGradient('gru', inputs, [sequence, h], ([dSequence, dh]) => {
    const back = gruBackward(steps, recurrentKernel, { dSequence, dh });
    const befores = steps.map(({ before }) => before);
    const dRecurrentBias = reduceSum(concat(back.dRecurrent, 0), [0]);
    return [
      ...layerGradients(x, weights, befores, back.dProjected, back.dRecurrent),
      dRecurrentBias,
      back.dh,
    ];
  });
  const [y, hLast] = outputs as [Tensor, Tensor];
  return { sequence: y, state: [hLast] };
}

/** The values of one GRU step that its gradient needs, each `[batch, units]`. */
interface GruStep {
  readonly z: Tensor;
  readonly r: Tensor;
  readonly g: Tensor;
  /** r · (h U_h + b_rh) */
  readonly reset: Tensor;
  /** z · (h - g) */
  readonly update: Tensor;
  /** h before the step */
  readonly before: Tensor;
  readonly h: Tensor;
}

// Back through time, with a = x W_h + b_h + reset the value before tanh:
//   da = dh · (1 - z) · (1 - g²),  dz_z = dh · (h - g) · z · (1 - z) = dh · (update - update · z),
//   dz_r = da · (h U_h + b_rh) · r · (1 - r) = da · (reset - reset · r)
function gruBackward(
  steps: readonly GruStep[],
  recurrentKernel: Tensor,
  last: { dSequence: Tensor | undefined; dh: Tensor | undefined },
): { dProjected: Tensor[]; dRecurrent: Tensor[]; dh: Tensor | undefined } {
  const transposed = matrixTranspose(recurrentKernel);
  const dOutputs = last.dSequence && stepsOf(last.dSequence);
  const dProjected: Tensor[] = [];
  const dRecurrent: Tensor[] = [];
  let { dh } = last;
  for (const [t, { z, r, g, reset, update, h }] of [...steps.entries()].reverse()) {
    const dhNow = sumOf(dh, dOutputs?.[t]) ?? constant(zeros(h.shape, 'float32'));
    const dKept = mul(dhNow, z);
    const dCandidate = mul(sub(dhNow, dKept), sub(1, mul(g, g)));
    const dUpdate = mul(dhNow, sub(update, mul(update, z)));
    const dReset = mul(dCandidate, sub(reset, mul(reset, r)));
    dProjected.unshift(concat([dUpdate, dReset, dCandidate], 1));
    const recurrent = concat([dUpdate, dReset, mul(dCandidate, r)], 1);
    dRecurrent.unshift(recurrent);
    dh = gemm(recurrent, transposed, { bias: dKept });
  }
  return { dProjected, dRecurrent, dh };
}

function checkLayer(
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

function zeroState(batch: number, units: number): Tensor {
  return constant(zeros([batch, units], 'float32'));
}

// Step t of [steps, batch, features] for every t.
function stepsOf(x: Tensor): Tensor[] {
  const ones = Array.from({ length: x.dimension(0) }, () => 1);
  return split(x, ones, 0).map((step) => squeeze(step, [0]));
}

// x W + b of each step, [batch, gates · units]: it does not depend on the state.
function projectSteps(x: RecurrentInput, { kernel, bias }: RecurrentWeights): Tensor[] {
  if ('tokens' in x) {
    const rows = add(kernel, bias);
    return stepsOf(x.tokens).map((tokens) => gather(rows, tokens));
  }
  return stepsOf(add(matmul(x, kernel), bias));
}

// The inputs of a layer, in the order of the gradients of layerGradients.
function layerInputs(x: RecurrentInput, { kernel, recurrentKernel, bias }: RecurrentWeights): Tensor[] {
  return [...('tokens' in x ? [] : [x]), kernel, recurrentKernel, bias];
}

// Each weight's gradient is one product over all steps and the whole batch, N = steps · batch rows.
function layerGradients(
  x: RecurrentInput,
  { kernel }: RecurrentWeights,
  befores: readonly Tensor[],
  dProjected: readonly Tensor[],
  dRecurrent: readonly Tensor[],
): Tensor[] {
  const dRows = concat(dProjected, 0); // [N, gates · units]
  const dRecurrentRows = dRecurrent === dProjected ? dRows : concat(dRecurrent, 0);
  const dRecurrentKernel = gemm(concat(befores, 0), dRecurrentRows, { transA: true });
  const dBias = reduceSum(dRows, [0]);
  if ('tokens' in x) {
    const read = oneHot(reshape(x.tokens, [sizeOf(x.tokens.shape)]), x.depth);
    return [gemm(read, dRows, { transA: true }), dRecurrentKernel, dBias];
  }
  const dKernel = gemm(reshape(x, [-1, x.dimension(2)]), dRows, { transA: true });
  const dx = reshape(gemm(dRows, kernel, { transB: true }), x.shape);
  return [dx, dKernel, dRecurrentKernel, dBias];
}

// The sum of two gradients. Either may be missing, because nothing depends on that value.
function sumOf(a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined {
  return a === undefined || b === undefined ? (a ?? b) : add(a, b);
}
