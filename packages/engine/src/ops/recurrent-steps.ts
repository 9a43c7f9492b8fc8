import type { Tensor } from '../graph/tensor.ts';
import { sigmoid, tanh } from './activation.ts';
import { add, mul, sub } from './arithmetic.ts';
import { gemm, matmul } from './matmul.ts';
import { concat, split } from './shape.ts';

/** The values of one LSTM step that its gradient needs, each `[batch, units]`. */
export interface LstmStep {
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
  readonly c: Tensor;
  readonly h: Tensor;
}

/**
 * One step of an LSTM.
 * @param projected x W + b `[batch, 4 · units]`
 */
export function lstmStep(
  projected: Tensor,
  recurrentKernel: Tensor,
  before: Tensor,
  cBefore: Tensor,
): LstmStep {
  const units = recurrentKernel.dimension(0);
  const gates = gemm(before, recurrentKernel, { bias: projected }); // [batch, 4 · units]
  const [zi, zf, zg, zo] = split(gates, [units, units, units, units], 1) as [Tensor, Tensor, Tensor, Tensor];
  const [i, f, g, o] = [sigmoid(zi), sigmoid(zf), tanh(zg), sigmoid(zo)];
  const [kept, written] = [mul(f, cBefore), mul(i, g)];
  const c = add(kept, written);
  const squashed = tanh(c);
  const h = mul(o, squashed);
  return { i, f, g, o, kept, written, squashed, c, h };
}

/**
 * The gradients of one step of an LSTM: of its gates `[batch, 4 · units]`, and of h and c before it. With dc the gradient of c and z the
 * values before each gate's function:
 *
 *     dc += dh · o · (1 - tanh²c) = dh · (o - h · tanh c)
 *     dz_i = dc · g · i · (1 - i) = dc · (written - written · i),  dz_f likewise with kept,
 *     dz_g = dc · i · (1 - g²) = dc · (i - written · g),  dz_o = dh · tanh c · o · (1 - o) = dh · (h - h · o)
 *
 * @param transposed the recurrent kernel, transposed
 * @param dc undefined: zero
 */
export function lstmStepGradients(
  { i, f, g, o, kept, written, squashed, h }: Omit<LstmStep, 'c'>,
  transposed: Tensor,
  dh: Tensor,
  dc: Tensor | undefined,
): { gates: Tensor; dh: Tensor; dc: Tensor } {
  const throughOutput = mul(dh, sub(o, mul(h, squashed)));
  const dcNow = dc === undefined ? throughOutput : add(dc, throughOutput);
  const gates = concat(
    [
      mul(dcNow, sub(written, mul(written, i))),
      mul(dcNow, sub(kept, mul(kept, f))),
      mul(dcNow, sub(i, mul(written, g))),
      mul(dh, sub(h, mul(h, o))),
    ],
    1,
  );
  return { gates, dh: matmul(gates, transposed), dc: mul(dcNow, f) };
}

/** The values of one GRU step that its gradient needs, each `[batch, units]`. */
export interface GruStep {
  readonly z: Tensor;
  readonly r: Tensor;
  readonly g: Tensor;
  /** r · (h U_h + b_rh) */
  readonly reset: Tensor;
  /** z · (h - g) */
  readonly update: Tensor;
  readonly h: Tensor;
}

/**
 * One step of a GRU.
 * @param projected x W + b `[batch, 3 · units]`
 */
export function gruStep(
  projected: Tensor,
  recurrentKernel: Tensor,
  recurrentBias: Tensor,
  before: Tensor,
): GruStep {
  const units = recurrentKernel.dimension(0);
  const recurrent = gemm(before, recurrentKernel, { bias: recurrentBias }); // [batch, 3 · units]
  const [xGates, xCandidate] = split(projected, [2 * units, units], 1) as [Tensor, Tensor];
  const [hGates, hCandidate] = split(recurrent, [2 * units, units], 1) as [Tensor, Tensor];
  const [z, r] = split(sigmoid(add(xGates, hGates)), [units, units], 1) as [Tensor, Tensor];
  const reset = mul(r, hCandidate);
  const g = tanh(add(xCandidate, reset));
  const update = mul(z, sub(before, g));
  return { z, r, g, reset, update, h: add(g, update) };
}

/**
 * The gradients of one step of a GRU: of x W + b and of h U + b_r `[batch, 3 · units]`, and of h before it. With
 * a = x W_h + b_h + reset the value before tanh:
 *
 *     da = dh · (1 - z) · (1 - g²),  dz_z = dh · (h - g) · z · (1 - z) = dh · (update - update · z),
 *     dz_r = da · (h U_h + b_rh) · r · (1 - r) = da · (reset - reset · r)
 *
 * @param transposed the recurrent kernel, transposed
 */
export function gruStepGradients(
  { z, r, g, reset, update }: Omit<GruStep, 'h'>,
  transposed: Tensor,
  dh: Tensor,
): { dProjected: Tensor; dRecurrent: Tensor; dh: Tensor } {
  const dKept = mul(dh, z);
  const dCandidate = mul(sub(dh, dKept), sub(1, mul(g, g)));
  const dUpdate = mul(dh, sub(update, mul(update, z)));
  const dReset = mul(dCandidate, sub(reset, mul(reset, r)));
  const dProjected = concat([dUpdate, dReset, dCandidate], 1);
  const dRecurrent = concat([dUpdate, dReset, mul(dCandidate, r)], 1);
  return { dProjected, dRecurrent, dh: gemm(dRecurrent, transposed, { bias: dKept }) };
}
