/*
 * The training loss of a language model as a graph: cross-entropy of the next token, in nats, mean over the targets.
 */
import {
  crossEntropyOfEach,
  div,
  input,
  mul,
  type nn,
  reduceMean,
  reduceSum,
  type Tensor,
} from '@latentbrush/engine';
import { languageModel, namedStates, stateInputs, type Architecture } from './network.ts';
import type { TrainOptions } from './options.ts';

/** Names of the graph's inputs, which are those of a `Batch`. */
export interface BatchLoss {
  readonly loss: Tensor;
  /** New states by the names of their inputs, for the next batch (objective sequence on recurrent nets; else none). */
  readonly carried: Readonly<Record<string, Tensor>>;
}

type LossOptions = Pick<TrainOptions, 'objective' | 'window' | 'batchSize'>;

/** Name of the input with the sum of the weights of all shards, a scalar. */
export const TOTAL_WEIGHT = 'total_weight';

/**
 * The loss over one batch: inputs `tokens` int64 `[B, T]`, `targets` int64 `[B]` or `[B, T]`, `weights` `[B]`.
 * Objective `last` predicts the token after the window. Objective `sequence` predicts the token after each position, and begins with the
 * states from the end of the last batch (truncated back-propagation).
 * @param mode.shards number of parts of the batch: then `B` is the batch of one part, and the loss its part of the mean, see {@link TOTAL_WEIGHT}
 */
export function lossOfBatch(
  parameters: nn.Parameters,
  architecture: Architecture,
  { objective: kind, window, batchSize }: LossOptions,
  mode: {
    readonly dropout?: { masks: nn.DropoutMasks; rate: number } | undefined;
    readonly inference?: boolean;
    readonly shards?: number;
  } = {},
): BatchLoss {
  const { shards = 1 } = mode;
  const rows = batchSize / shards;
  const tokens = input('tokens', [rows, window], 'int64');
  const weights = input('weights', [rows]);
  const total = shards === 1 ? reduceSum(weights) : input(TOTAL_WEIGHT, []);
  if (kind === 'last') {
    const { logits } = languageModel(parameters, tokens, architecture, 'last', mode); // [B, V]
    const each = crossEntropyOfEach(logits, input('targets', [rows], 'int64')); // [B]
    return { loss: div(reduceSum(mul(each, weights)), total), carried: {} };
  }
  const before = stateInputs(architecture, rows);
  const { logits, states } = languageModel(parameters, tokens, architecture, 'all', {
    ...mode,
    states: before,
  });
  const each = crossEntropyOfEach(logits, input('targets', [rows, window], 'int64')); // [B, T]
  const loss = div(reduceSum(mul(reduceMean(each, [1]), weights)), total);
  return { loss, carried: namedStates(states) };
}
