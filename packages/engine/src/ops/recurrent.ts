import { zeros } from '../graph/ndarray.ts';
import { constant, customGradient, type Tensor } from '../graph/tensor.ts';
import { add } from './arithmetic.ts';
import { gather } from './indexing.ts';
import { matmul } from './matmul.ts';
import {
  checkLayer,
  layerGradients,
  layerInputs,
  sumOf,
  zeroState,
  type RecurrentInput,
  type RecurrentOutput,
  type RecurrentWeights,
} from './recurrent-layer.ts';
import {
  gruStep,
  gruStepGradients,
  lstmStep,
  lstmStepGradients,
  type GruStep,
  type LstmStep,
} from './recurrent-steps.ts';
import { reduceSum } from './reduction.ts';
import { concat, matrixTranspose, split, squeeze, stack } from './shape.ts';

export type { RecurrentInput, RecurrentOutput, RecurrentWeights } from './recurrent-layer.ts';

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

  const steps: LstmStep[] = [];
  const befores: Tensor[] = [];
  let [h, c] = [h0, c0];
  for (const projected of projectSteps(x, weights)) {
    befores.push(h);
    const step = lstmStep(projected, recurrentKernel, h, c);
    ({ h, c } = step);
    steps.push(step);
  }
  const sequence = stack(steps.map((step) => step.h));
  const inputs = [...layerInputs(x, weights), h0, c0];
  const outputs = customGradient('lstm', inputs, [sequence, h, c], ([dSequence, dhLast, dcLast]) => {
    const transposed = matrixTranspose(recurrentKernel);
    const dOutputs = dSequence && stepsOf(dSequence);
    const dGates: Tensor[] = [];
    let [dh, dc] = [dhLast, dcLast];
    for (const [t, step] of [...steps.entries()].reverse()) {
      const dhNow = sumOf(dh, dOutputs?.[t]) ?? constant(zeros(step.h.shape, 'float32'));
      const back = lstmStepGradients(step, transposed, dhNow, dc);
      dGates.unshift(back.gates);
      ({ dh, dc } = back);
    }
    const dRows = concat(dGates, 0);
    return [...layerGradients(x, weights, concat(befores, 0), dRows, dRows), dh, dc];
  });
  const [y, hLast, cLast] = outputs as [Tensor, Tensor, Tensor];
  return { sequence: y, state: [hLast, cLast] };
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
  const befores: Tensor[] = [];
  let h = h0;
  for (const projected of projectSteps(x, weights)) {
    befores.push(h);
    const step = gruStep(projected, recurrentKernel, recurrentBias, h);
    ({ h } = step);
    steps.push(step);
  }
  const sequence = stack(steps.map((step) => step.h));
  const inputs = [...layerInputs(x, weights), recurrentBias, h0];
  const outputs = customGradient('gru', inputs, [sequence, h], ([dSequence, dhLast]) => {
    const transposed = matrixTranspose(recurrentKernel);
    const dOutputs = dSequence && stepsOf(dSequence);
    const dProjected: Tensor[] = [];
    const dRecurrent: Tensor[] = [];
    let dh = dhLast;
    for (const [t, step] of [...steps.entries()].reverse()) {
      const dhNow = sumOf(dh, dOutputs?.[t]) ?? constant(zeros(step.h.shape, 'float32'));
      const back = gruStepGradients(step, transposed, dhNow);
      dProjected.unshift(back.dProjected);
      dRecurrent.unshift(back.dRecurrent);
      ({ dh } = back);
    }
    const dRecurrentRows = concat(dRecurrent, 0);
    return [
      ...layerGradients(x, weights, concat(befores, 0), concat(dProjected, 0), dRecurrentRows),
      reduceSum(dRecurrentRows, [0]),
      dh,
    ];
  });
  const [y, hLast] = outputs as [Tensor, Tensor];
  return { sequence: y, state: [hLast] };
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
