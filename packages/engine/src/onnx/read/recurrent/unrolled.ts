import type { Tensor } from '../../../graph/tensor.ts';
import {
  abs,
  add,
  clip,
  div,
  elu,
  gemm,
  hardSigmoid,
  leakyRelu,
  matmul,
  mul,
  relu,
  sigmoid,
  slice,
  softplus,
  split,
  squeeze,
  stack,
  sub,
  tanh,
  transpose,
  where,
} from '../../../ops/index.ts';

export type RecurrentKind = 'LSTM' | 'GRU' | 'RNN';

/** A recurrent layer of ONNX, without its weights. */
export interface Layer {
  readonly kind: RecurrentKind;
  readonly units: number;
  /** ONNX's names of the activations: of the gates, the candidate, and the output of an LSTM; for each direction. */
  readonly activations: readonly string[];
  /** Limit of the inputs of an activation. */
  readonly clip: number | undefined;
  readonly linearBeforeReset: boolean;
  /** Whether an LSTM couples its input and forget gates. */
  readonly inputForget: boolean;
  /** Steps of each sequence of the batch, if they differ. */
  readonly lengths: readonly number[] | undefined;
}

/** One direction of a layer with its weights in ONNX's layout. */
export interface Pass {
  /** `[steps, batch, features]` */
  readonly x: Tensor;
  /** `[gates · units, features]`, gates in the order i, o, f, c of an LSTM and z, r, h of a GRU */
  readonly w: Tensor;
  /** `[gates · units, units]` */
  readonly r: Tensor;
  /** `[2 · gates · units]`: of the input, then of the state */
  readonly bias: Tensor | undefined;
  /** `[3 · units]` of an LSTM: i, o, f */
  readonly peepholes: Tensor | undefined;
  /** h, and c of an LSTM, `[batch, units]` */
  readonly states: readonly Tensor[];
  readonly backwards: boolean;
}

type Activation = (x: Tensor) => Tensor;

/** Activations by ONNX's names, with ONNX's parameters. */
export const RECURRENT_ACTIVATIONS: ReadonlyMap<string, Activation> = new Map<string, Activation>([
  ['Sigmoid', sigmoid],
  ['Tanh', tanh],
  ['Relu', relu],
  ['LeakyRelu', (x) => leakyRelu(x, 0.01)],
  ['HardSigmoid', (x) => hardSigmoid(x, { alpha: 0.2, beta: 0.5 })],
  ['Elu', (x) => elu(x, 1)],
  ['Softsign', (x) => div(x, add(abs(x), 1))],
  ['Softplus', softplus],
]);

/**
 * A recurrent layer unrolled step by step, with the formulas of ONNX's LSTM, GRU and RNN.
 * @param isRunning for each step `[batch, 1]` whether the sequence continues: after its end the output is 0 and the state stays
 */
export function unrolled(
  layer: Layer,
  pass: Pass,
  isRunning: readonly Tensor[] | undefined,
): { readonly sequence: Tensor; readonly states: readonly Tensor[] } {
  const { units, kind } = layer;
  const gates = pass.w.dimension(0);
  const [ofInput, ofState] = pass.bias === undefined ? [] : split(pass.bias, [gates, gates], 0);
  const products = matmul(pass.x, transpose(pass.w));
  const projected = ofInput === undefined ? products : add(products, ofInput);
  const recurrent = transpose(pass.r);
  const step = { LSTM: lstmStep, GRU: gruStep, RNN: rnnStep }[kind];
  const names = layer.activations;
  const perPass = kind === 'LSTM' ? 3 : kind === 'GRU' ? 2 : 1;
  const own = pass.backwards && names.length > perPass ? names.slice(perPass) : names.slice(0, perPass);
  const activations = own.map((name): Activation => {
    const activation = RECURRENT_ACTIVATIONS.get(name) ?? tanh;
    const { clip: limit } = layer;
    return limit === undefined || limit <= 0 ? activation : (x) => activation(clip(x, -limit, limit));
  });
  const weights: StepWeights = { recurrent, ofState, peepholes: pass.peepholes, units, layer, activations };
  let { states } = pass;
  const outputs: Tensor[] = [];
  for (let t = 0; t < pass.x.dimension(0); t++) {
    const input = squeeze(slice(projected, [t], [t + 1]), [0]);
    const next = step(input, states, weights);
    const running = isRunning?.[t];
    const before = states;
    states = running === undefined ? next : next.map((state, i) => where(running, state, before[i] ?? state));
    const output = next[0] ?? input;
    outputs.push(running === undefined ? output : where(running, output, 0));
  }
  return { sequence: stack(outputs), states };
}

interface StepWeights {
  readonly recurrent: Tensor;
  readonly ofState: Tensor | undefined;
  readonly peepholes: Tensor | undefined;
  readonly units: number;
  readonly layer: Layer;
  readonly activations: readonly Activation[];
}

type Step = (input: Tensor, states: readonly Tensor[], weights: StepWeights) => readonly Tensor[];

const rnnStep: Step = (input, [h], { recurrent, ofState, activations: [f = tanh] }) => {
  if (h === undefined) return [];
  return [f(add(input, gemm(h, recurrent, { bias: ofState })))];
};

const lstmStep: Step = (input, [h, c], { recurrent, ofState, peepholes, units, layer, activations }) => {
  const [f = sigmoid, g = tanh, squash = tanh] = activations;
  if (h === undefined || c === undefined) return [];
  const gates = add(input, gemm(h, recurrent, { bias: ofState }));
  const [zi, zo, zf, zc] = split(gates, [units, units, units, units], 1) as [Tensor, Tensor, Tensor, Tensor];
  const [pi, po, pf] = peepholes === undefined ? [] : split(peepholes, [units, units, units], 0);
  const seen = (z: Tensor, p: Tensor | undefined, cell: Tensor): Tensor =>
    p === undefined ? z : add(z, mul(p, cell));
  const i = f(seen(zi, pi, c));
  const forget = layer.inputForget ? sub(1, i) : f(seen(zf, pf, c));
  const cell = add(mul(forget, c), mul(i, g(zc)));
  return [mul(f(seen(zo, po, cell)), unlimited(squash, layer, cell)), cell];
};

// The limit applies to the inputs of the gates, not to the cell in the output.
function unlimited(squash: Activation, { clip: limit, activations }: Layer, cell: Tensor): Tensor {
  return limit === undefined
    ? squash(cell)
    : (RECURRENT_ACTIVATIONS.get(activations[2] ?? 'Tanh') ?? tanh)(cell);
}

const gruStep: Step = (input, [h], { recurrent, ofState, units, layer, activations }) => {
  const [f = sigmoid, g = tanh] = activations;
  if (h === undefined) return [];
  const parts = [2 * units, units];
  const [xGates, xCandidate] = split(input, parts, 1) as [Tensor, Tensor];
  const [rGates, rCandidate] = split(recurrent, parts, 1) as [Tensor, Tensor];
  const [bGates, bCandidate] = ofState === undefined ? [] : split(ofState, parts, 0);
  const gates = f(add(xGates, gemm(h, rGates, { bias: bGates })));
  const [z, r] = split(gates, [units, units], 1) as [Tensor, Tensor];
  const candidate = layer.linearBeforeReset
    ? g(add(xCandidate, mul(r, gemm(h, rCandidate, { bias: bCandidate }))))
    : g(add(xCandidate, gemm(mul(r, h), rCandidate, { bias: bCandidate })));
  return [add(candidate, mul(z, sub(h, candidate)))];
};
