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

/**
 * The loss over one batch: inputs `tokens` int64 `[B, T]`, `targets` int64 `[B]` or `[B, T]`, `weights` `[B]`.
 * Objective `last` predicts the token after the window. Objective `sequence` predicts the token after each position, and begins with the
 * states from the end of the last batch (truncated back-propagation).
 */
export function lossOfBatch(
  parameters: nn.Parameters,
  architecture: Architecture,
  { objective: kind, window, batchSize }: LossOptions,
  mode: {
    readonly dropout?: { masks: nn.DropoutMasks; rate: number } | undefined;
    readonly inference?: boolean;
  } = {},
): BatchLoss {
  const tokens = input('tokens', [batchSize, window], 'int64');
  const weights = input('weights', [batchSize]);
  if (kind === 'last') {
    const { logits } = languageModel(parameters, tokens, architecture, 'last', mode); // [B, V]
    const each = crossEntropyOfEach(logits, input('targets', [batchSize], 'int64')); // [B]
    return { loss: div(reduceSum(mul(each, weights)), reduceSum(weights)), carried: {} };
  }
  const before = stateInputs(architecture, batchSize);
  const { logits, states } = languageModel(parameters, tokens, architecture, 'all', {
    ...mode,
    states: before,
  });
  const each = crossEntropyOfEach(logits, input('targets', [batchSize, window], 'int64')); // [B, T]
  const loss = div(reduceSum(mul(reduceMean(each, [1]), weights)), reduceSum(weights));
  return { loss, carried: namedStates(states) };
}
