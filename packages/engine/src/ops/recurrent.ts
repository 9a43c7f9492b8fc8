import { ShapeError } from '../errors.ts';
import { formatShape, sameShape } from '../graph/dtype.ts';
import { zeros } from '../graph/ndarray.ts';
import { constant, customGradient, type Tensor } from '../graph/tensor.ts';
import { add, mul, sub } from './arithmetic.ts';
import { sigmoid, tanh } from './activation.ts';
import { gemm, matmul } from './matmul.ts';
import { reduceSum } from './reduction.ts';
import { concat, matrixTranspose, split, squeeze, stack } from './shape.ts';

/** What a recurrent layer gives. */
export interface RecurrentOutput<State extends readonly Tensor[]> {
  /** Hidden states of all steps `[steps, batch, units]`. */
  readonly sequence: Tensor;
  /** State after the last step, each `[batch, units]`: h and c of an LSTM, h of a GRU. */
  readonly state: State;
}

function checkKernels(operator: string, projected: Tensor, recurrentKernel: Tensor, gates: number): void {
  const [units, columns] = recurrentKernel.shape;
  if (
    projected.rank !== 3 ||
    recurrentKernel.rank !== 2 ||
    columns !== (units ?? 0) * gates ||
    projected.dimension(2) !== columns
  ) {
    throw new ShapeError(
      `${operator}: expected projections [steps, batch, ${gates} · units] and recurrent kernel [units, ${gates} · units], got ${formatShape(projected.shape)} and ${formatShape(recurrentKernel.shape)}`,
    );
  }
}

function checkState(operator: string, state: Tensor, batch: number, units: number): void {
  if (!sameShape(state.shape, [batch, units])) {
    throw new ShapeError(`${operator}: expected states ${formatShape([batch, units])}, got ${formatShape(state.shape)}`);
  }
}

// Step t of [steps, batch, features] for every t.
function stepsOf(x: Tensor): readonly Tensor[] {
  return split(
    x,
    Array.from({ length: x.dimension(0) }, () => 1),
    0,
  ).map((step) => squeeze(step, [0]));
}

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), in Keras' layout:
 *
 *     i, f, g, o = split(x W + b + h U)                    gate order i, f, c, o
 *     c' = sigmoid(f) · c + sigmoid(i) · tanh(g)
 *     h' = sigmoid(o) · tanh(c')
 *
 * Unrolled over the steps. The gradient is written by hand: it goes back through time step by step for the gates and
 * the states, and takes the gradient of U in one product over all steps.
 *
 * @param projected x W + b for all steps `[steps, batch, 4 · units]`: it does not depend on the state, so it is one
 *   product, or one lookup for one-hot inputs
 * @param recurrentKernel U `[units, 4 · units]`
 * @param initialState h and c, each `[batch, units]` (default zeros)
 * @throws ShapeError when the shapes do not fit
 */
export function lstm(
  projected: Tensor,
  recurrentKernel: Tensor,
  initialState?: readonly [h: Tensor, c: Tensor],
): RecurrentOutput<readonly [h: Tensor, c: Tensor]> {
  checkKernels('lstm', projected, recurrentKernel, 4);
  const [batch, units] = [projected.dimension(1), recurrentKernel.dimension(0)];
  const zero = constant(zeros([batch, units], 'float32'));
  const [h0, c0] = initialState ?? [zero, zero];
  checkState('lstm', h0, batch, units);
  checkState('lstm', c0, batch, units);

  const steps: LstmStep[] = [];
  let [h, c] = [h0, c0];
  for (const x of stepsOf(projected)) {
    const gates = add(x, matmul(h, recurrentKernel)); // [batch, 4 · units]
    const [inputForget, candidate, output] = split(gates, [2 * units, units, units], 1) as [Tensor, Tensor, Tensor];
    const [i, f] = split(sigmoid(inputForget), [units, units], 1) as [Tensor, Tensor];
    const g = tanh(candidate);
    const o = sigmoid(output);
    const previous = c;
    c = add(mul(f, previous), mul(i, g));
    const squashed = tanh(c);
    const before = h;
    h = mul(o, squashed);
    steps.push({ i, f, g, o, previous, squashed, before, h });
  }
  const sequence = stack(steps.map((step) => step.h));
  const inputs = [projected, recurrentKernel, h0, c0];
  const [y, hLast, cLast] = customGradient('lstm', inputs, [sequence, h, c], ([dSequence, dh, dc]) =>
    lstmGradient(steps, recurrentKernel, { dSequence, dh, dc }),
  ) as [Tensor, Tensor, Tensor];
  return { sequence: y, state: [hLast, cLast] };
}

/** The values of one step that its gradient needs, each `[batch, units]`. */
interface LstmStep {
  readonly i: Tensor;
  readonly f: Tensor;
  readonly g: Tensor;
  readonly o: Tensor;
  /** c before the step */
  readonly previous: Tensor;
  /** tanh(c) after the step */
  readonly squashed: Tensor;
  /** h before the step */
  readonly before: Tensor;
  readonly h: Tensor;
}

function lstmGradient(
  steps: readonly LstmStep[],
  recurrentKernel: Tensor,
  last: { dSequence: Tensor | undefined; dh: Tensor | undefined; dc: Tensor | undefined },
): readonly (Tensor | undefined)[] {
  const transposed = matrixTranspose(recurrentKernel);
  const dOutputs = last.dSequence && stepsOf(last.dSequence);
  const dGates: Tensor[] = [];
  let { dh, dc } = last;
  for (const [t, step] of [...steps.entries()].reverse()) {
    const { i, f, g, o, previous, squashed } = step;
    const dhNow = sumOf(dh, dOutputs?.[t]) ?? constant(zeros(step.h.shape, 'float32'));
    const dOutput = mul(mul(dhNow, squashed), sigmoidSlope(o));
    const throughOutput = mul(mul(dhNow, o), sub(1, mul(squashed, squashed)));
    const dcNow = sumOf(dc, throughOutput) ?? throughOutput;
    const dInput = mul(mul(dcNow, g), sigmoidSlope(i));
    const dForget = mul(mul(dcNow, previous), sigmoidSlope(f));
    const dCandidate = mul(mul(dcNow, i), sub(1, mul(g, g)));
    const gates = concat([dInput, dForget, dCandidate, dOutput], 1);
    dGates.unshift(gates);
    dh = matmul(gates, transposed);
    dc = mul(dcNow, f);
  }
  const dKernel = gemm(concat(steps.map(({ before }) => before), 0), concat(dGates, 0), { transA: true });
  return [stack(dGates), dKernel, dh, dc];
}

// The sum of gradients of which either may be missing, because nothing depends on that value.
function sumOf(a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined {
  return a === undefined || b === undefined ? (a ?? b) : add(a, b);
}

// d sigmoid(x) / dx from the value y = sigmoid(x)
function sigmoidSlope(y: Tensor): Tensor {
  return mul(y, sub(1, y));
}

/**
 * Gated recurrent unit (Cho et al. 2014), in Keras' default form `reset_after=True`, which is also PyTorch's:
 *
 *     z, r = sigmoid(split(x W + b + h U + b_r))           gate order z, r, h
 *     g = tanh(x W_h + b_h + r · (h U_h + b_rh))
 *     h' = z · h + (1 - z) · g
 *
 * @param projected x W + b for all steps `[steps, batch, 3 · units]`
 * @param recurrentKernel U `[units, 3 · units]`
 * @param recurrentBias b_r `[3 · units]`
 * @param initialState h `[batch, units]` (default zeros)
 * @throws ShapeError when the shapes do not fit
 */
export function gru(
  projected: Tensor,
  recurrentKernel: Tensor,
  recurrentBias: Tensor,
  initialState?: readonly [h: Tensor],
): RecurrentOutput<readonly [h: Tensor]> {
  checkKernels('gru', projected, recurrentKernel, 3);
  const [batch, units] = [projected.dimension(1), recurrentKernel.dimension(0)];
  const [h0] = initialState ?? [constant(zeros([batch, units], 'float32'))];
  checkState('gru', h0, batch, units);

  const steps: GruStep[] = [];
  let h = h0;
  for (const x of stepsOf(projected)) {
    const recurrent = add(matmul(h, recurrentKernel), recurrentBias); // [batch, 3 · units]
    const [xGates, xCandidate] = split(x, [2 * units, units], 1) as [Tensor, Tensor];
    const [hGates, hCandidate] = split(recurrent, [2 * units, units], 1) as [Tensor, Tensor];
    const [z, r] = split(sigmoid(add(xGates, hGates)), [units, units], 1) as [Tensor, Tensor];
    const g = tanh(add(xCandidate, mul(r, hCandidate)));
    const before = h;
    h = add(g, mul(z, sub(before, g)));
    steps.push({ z, r, g, hCandidate, before, h });
  }
  const sequence = stack(steps.map((step) => step.h));
  const inputs = [projected, recurrentKernel, recurrentBias, h0];
  const [y, hLast] = customGradient('gru', inputs, [sequence, h], ([dSequence, dh]) =>
    gruGradient(steps, recurrentKernel, { dSequence, dh }),
  ) as [Tensor, Tensor];
  return { sequence: y, state: [hLast] };
}

/** The values of one step that its gradient needs, each `[batch, units]`. */
interface GruStep {
  readonly z: Tensor;
  readonly r: Tensor;
  readonly g: Tensor;
  /** h U_h + b_rh */
  readonly hCandidate: Tensor;
  /** h before the step */
  readonly before: Tensor;
  readonly h: Tensor;
}

function gruGradient(
  steps: readonly GruStep[],
  recurrentKernel: Tensor,
  last: { dSequence: Tensor | undefined; dh: Tensor | undefined },
): readonly (Tensor | undefined)[] {
  const transposed = matrixTranspose(recurrentKernel);
  const dOutputs = last.dSequence && stepsOf(last.dSequence);
  const dProjected: Tensor[] = [];
  const dRecurrent: Tensor[] = [];
  let { dh } = last;
  for (const [t, { z, r, g, hCandidate, before }] of [...steps.entries()].reverse()) {
    const dhNow = sumOf(dh, dOutputs?.[t]) ?? constant(zeros(before.shape, 'float32'));
    const dUpdate = mul(mul(dhNow, sub(before, g)), sigmoidSlope(z));
    const dCandidate = mul(mul(dhNow, sub(1, z)), sub(1, mul(g, g)));
    const dReset = mul(mul(dCandidate, hCandidate), sigmoidSlope(r));
    dProjected.unshift(concat([dUpdate, dReset, dCandidate], 1));
    const recurrent = concat([dUpdate, dReset, mul(dCandidate, r)], 1);
    dRecurrent.unshift(recurrent);
    dh = add(mul(dhNow, z), matmul(recurrent, transposed));
  }
  const allRecurrent = concat(dRecurrent, 0);
  const dKernel = gemm(concat(steps.map(({ before }) => before), 0), allRecurrent, { transA: true });
  return [stack(dProjected), dKernel, reduceSum(allRecurrent, [0]), dh];
}
