import type { Tensor } from '../graph/tensor.ts';
import { gruInference, lstmInference } from '../ops/recurrent-fused.ts';
import { scannedGru, scannedLstm } from '../ops/recurrent-scan.ts';
import { unrolledGru, unrolledLstm, type RecurrentInput, type RecurrentOutput } from '../ops/recurrent.ts';
import { forgetGateBias, glorotUniform, orthogonal, zerosInitializer } from './initializers.ts';
import type { Parameters } from './parameters.ts';

export interface RecurrentOptions<State extends readonly Tensor[]> {
  readonly units: number;
  /** Initial states (default zeros). */
  readonly initialState?: State | undefined;
  /** Use ONNX Runtime's fused operator, which is faster and has no gradient (default false). */
  readonly inference?: boolean;
  /**
   * Put each step into the graph on its own (default false). Only then can its gradients be differentiated again. The values are the same, but
   * ONNX Runtime takes long to compile graphs of many steps: its time grows with the square of their number.
   */
  readonly unroll?: boolean;
}

type Layer<Run> = { readonly fused: Run; readonly scanned: Run; readonly unrolled: Run };

function chosen<Run>(
  { fused, scanned, unrolled }: Layer<Run>,
  { inference = false, unroll = false }: Pick<RecurrentOptions<[]>, 'inference' | 'unroll'>,
): Run {
  if (inference) return fused;
  return unroll ? unrolled : scanned;
}

function featuresOf(x: RecurrentInput): number {
  return 'tokens' in x ? x.depth : x.dimension(2);
}

/**
 * Long short-term memory layer: Keras' LSTM with its defaults (see {@link unrolledLstm} for the formulas).
 * @param parameters weights `kernel` [features, 4 · units] (glorotUniform), `recurrent_kernel` [units, 4 · units]
 *   (orthogonal), `bias` [4 · units] (1 at the forget gates), gate order i, f, c, o
 */
export function lstm(
  parameters: Parameters,
  x: RecurrentInput,
  options: RecurrentOptions<readonly [h: Tensor, c: Tensor]>,
): RecurrentOutput<readonly [h: Tensor, c: Tensor]> {
  const { units, initialState } = options;
  const kernel = parameters.get('kernel', [featuresOf(x), 4 * units], glorotUniform);
  const recurrentKernel = parameters.get('recurrent_kernel', [units, 4 * units], orthogonal);
  const bias = parameters.get('bias', [4 * units], forgetGateBias);
  const layer = { fused: lstmInference, scanned: scannedLstm, unrolled: unrolledLstm };
  return chosen(layer, options)(x, { kernel, recurrentKernel, bias }, initialState);
}

/**
 * Gated recurrent unit layer: Keras' GRU with its defaults, reset_after=True (see {@link unrolledGru} for the formulas).
 * @param parameters weights `kernel` [features, 3 · units] (glorotUniform), `recurrent_kernel` [units, 3 · units]
 *   (orthogonal), `bias` and `recurrent_bias` [3 · units] (zeros), gate order z, r, h
 */
export function gru(
  parameters: Parameters,
  x: RecurrentInput,
  options: RecurrentOptions<readonly [h: Tensor]>,
): RecurrentOutput<readonly [h: Tensor]> {
  const { units, initialState } = options;
  const kernel = parameters.get('kernel', [featuresOf(x), 3 * units], glorotUniform);
  const recurrentKernel = parameters.get('recurrent_kernel', [units, 3 * units], orthogonal);
  const bias = parameters.get('bias', [3 * units], zerosInitializer);
  const recurrentBias = parameters.get('recurrent_bias', [3 * units], zerosInitializer);
  const layer = { fused: gruInference, scanned: scannedGru, unrolled: unrolledGru };
  return chosen(layer, options)(x, { kernel, recurrentKernel, bias, recurrentBias }, initialState);
}
