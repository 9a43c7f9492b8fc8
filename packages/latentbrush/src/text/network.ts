/*
 * Character (and word) language models: a network reads tokens and predicts the probabilities of the next one. Chollet, Deep Learning with
 * Python, 8.1; Graves 2013 (arXiv:1308.0850); causal dilated convolutions after van den Oord et al. 2016 (arXiv:1609.03499). Shapes: T
 * steps, B batch, V vocabulary, E input features, H units.
 */
import * as op from '@latentbrush/engine';
import { input, nn, type Tensor } from '@latentbrush/engine';
import type { TrainOptions } from './options.ts';

/** The definition of a network; everything else about training can change. */
export type Architecture = Pick<TrainOptions, 'model' | 'units' | 'layers' | 'embedding' | 'kernelSize'> & {
  readonly vocabularySize: number;
};

/** h and c of each LSTM layer, h of each GRU layer; a convolutional model has none. */
export type States = readonly (readonly Tensor[])[];

/** How to build a graph of the network. */
export interface NetworkOptions {
  /** Dropout layers and their rate, in training. */
  readonly dropout?: { readonly masks: nn.DropoutMasks; readonly rate: number } | undefined;
  /** Initial states (default zeros). */
  readonly states?: States | undefined;
  /** Use fused operators without gradients. */
  readonly inference?: boolean;
}

/**
 * The network. It returns logits of the next token, for all steps or only for the last one.
 * @param tokens int64 `[B, T]`; the number V stands for "nothing" and is read as a zero vector
 * @returns `logits` `[B, T, V]` for `positions: 'all'`, `[B, V]` for `'last'`, and the states after the last step
 */
export function languageModel(
  parameters: nn.Parameters,
  tokens: Tensor,
  architecture: Architecture,
  positions: 'all' | 'last',
  options: NetworkOptions = {},
): { logits: Tensor; states: States } {
  const { vocabularySize, units } = architecture;
  const { sequence, states } =
    architecture.model === 'conv'
      ? { sequence: convolutions(parameters, tokens, architecture, options), states: [] }
      : recurrent(parameters, tokens, architecture, options);
  // sequence: [T, B, H]
  const steps = sequence.dimension(0);
  const read =
    positions === 'last'
      ? op.squeeze(op.slice(sequence, [steps - 1], [steps], [0]), [0]) // [B, H]
      : op.transpose(sequence, [1, 0, 2]); // [B, T, H]
  const logits = nn.dense(parameters.scope('dense'), read, { units: vocabularySize });
  if (read.dimension(-1) !== units)
    throw new Error('language model: the last layer has another size than units');
  return { logits, states };
}

function recurrent(
  parameters: nn.Parameters,
  tokens: Tensor,
  architecture: Architecture,
  { dropout, states: before, inference = false }: NetworkOptions,
): { sequence: Tensor; states: States } {
  const { model, units, layers, embedding, vocabularySize } = architecture;
  const byTime = op.transpose(tokens); // [T, B]
  let x: nn.RecurrentInput =
    embedding > 0
      ? nn.embedding(parameters.scope('embedding'), byTime, {
          vocabularySize: vocabularySize + 1,
          units: embedding,
        })
      : { tokens: byTime, depth: vocabularySize };
  const states: (readonly Tensor[])[] = [];
  let sequence: Tensor | undefined;
  for (let layer = 1; layer <= layers; layer++) {
    const name = `${model}_${layer}`;
    const output = recurrentLayer(model, parameters.scope(name), x, units, before?.[layer - 1], inference);
    states.push(output.state);
    sequence = dropout ? dropout.masks.apply(name, output.sequence, dropout.rate) : output.sequence; // [T, B, H]
    x = sequence;
  }
  if (sequence === undefined) throw new Error('language model: there are no layers');
  return { sequence, states };
}

function recurrentLayer(
  model: Architecture['model'],
  parameters: nn.Parameters,
  x: nn.RecurrentInput,
  units: number,
  before: readonly Tensor[] | undefined,
  inference: boolean,
): { sequence: Tensor; state: readonly Tensor[] } {
  const [h, c] = before ?? [];
  if (model === 'gru') return nn.gru(parameters, x, { units, inference, initialState: h && [h] });
  return nn.lstm(parameters, x, { units, inference, initialState: h && c && [h, c] });
}

// Layer l looks back kernelSize · 2ˡ steps: the field of view doubles with each layer. Residual from the second on.
function convolutions(
  parameters: nn.Parameters,
  tokens: Tensor,
  { units, layers, embedding, kernelSize, vocabularySize }: Architecture,
  { dropout }: NetworkOptions,
): Tensor {
  const vectors =
    embedding > 0
      ? nn.embedding(parameters.scope('embedding'), tokens, {
          vocabularySize: vocabularySize + 1,
          units: embedding,
        })
      : op.oneHot(tokens, vocabularySize); // [B, T, E]
  let x = op.transpose(vectors, [0, 2, 1]); // [B, E, T]
  for (let layer = 1; layer <= layers; layer++) {
    const name = `conv_${layer}`;
    const y = nn.conv1d(parameters.scope(name), x, {
      filters: units,
      kernelSize,
      dilations: 2 ** (layer - 1),
      padding: 'causal',
      activation: 'relu',
      kernelInitializer: nn.heNormal,
    }); // [B, H, T]
    const dropped = dropout ? dropout.masks.apply(name, y, dropout.rate) : y;
    x = layer === 1 ? dropped : op.add(x, dropped);
  }
  return op.transpose(x, [2, 0, 1]); // [T, B, H]
}

/** Inputs for the states of each layer, named `state/<layer>/h` and `/c`, each `[batch, units]`. */
export function stateInputs({ model, layers, units }: Architecture, batch: number): States {
  if (model === 'conv') return [];
  return Array.from({ length: layers }, (_, layer) =>
    stateNames(model).map((name) => input(`state/${layer + 1}/${name}`, [batch, units])),
  );
}

/** New values of states under the names of {@link stateInputs}, ready to be fetched or fed again. */
export function namedStates(states: States): Record<string, Tensor> {
  return Object.fromEntries(
    states.flatMap((layer, i) =>
      layer.map((tensor, k) => [`state/${i + 1}/${k === 0 ? 'h' : 'c'}`, tensor] as const),
    ),
  );
}

function stateNames(model: Architecture['model']): readonly string[] {
  return model === 'lstm' ? ['h', 'c'] : ['h'];
}

/**
 * The parameters of a network, without running it: their names, shapes and initial values.
 * @example
 * const parameters = text.parametersOf({
 *   model: 'lstm',
 *   units: 128,
 *   layers: 1,
 *   embedding: 0,
 *   kernelSize: 3,
 *   vocabularySize: 57,
 * });
 * console.log(parameters.list().map(({ name }) => name)); // [ 'lstm_1/kernel', 'lstm_1/recurrent_kernel', 'lstm_1/bias', 'dense/kernel', 'dense/bias' ]
 */
export function parametersOf(architecture: Architecture): nn.Parameters {
  const parameters = new nn.Parameters();
  languageModel(parameters, input('tokens', [1, 1], 'int64'), architecture, 'last', { inference: true });
  return parameters;
}
