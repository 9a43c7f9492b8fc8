import { encodeOnnx, FREE_BATCH, Graph, input, nn, softmax } from '@latentbrush/engine';
import { languageModel, namedStates, stateInputs } from './network.ts';
import type { LanguageModel } from './model.ts';

/** An ONNX file with the names of its inputs and outputs. */
export interface ExportedModel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * The model as an ONNX file that any ONNX runtime loads.
 *
 * A recurrent model does one step: inputs `token` int64 `[batch, 1]` and the states `state/<layer>/h` (and `/c`) float32
 * `[batch, units]`, zeros at first; outputs `probabilities` float32 `[batch, vocabulary]` of the next token, and the states
 * `state/<layer>/h:next` to feed at the next step. A convolutional model reads `tokens` int64 `[batch, window]` and returns
 * `probabilities`. The metadata contain the vocabulary as JSON.
 * @example
 * const { model } = await text.load('runs/mine');
 * const { inputs, outputs } = text.exportOnnx(model);
 * console.log(inputs, outputs); // [ 'token', 'state/1/h', 'state/1/c' ] [ 'probabilities', 'state/1/h:next', 'state/1/c:next' ]
 */
export function exportOnnx({ architecture, vocabulary, weights, window }: LanguageModel): ExportedModel {
  const recurrent = architecture.model !== 'conv';
  const tokens = recurrent
    ? input('token', [FREE_BATCH.size, 1], 'int64')
    : input('tokens', [FREE_BATCH.size, window], 'int64');
  const { logits, states } = languageModel(nn.Parameters.frozen(weights), tokens, architecture, 'last', {
    states: stateInputs(architecture, FREE_BATCH.size),
    inference: true,
  });
  const next = Object.entries(namedStates(states)).map(([name, tensor]) => [`${name}:next`, tensor] as const);
  const graph = new Graph({ probabilities: softmax(logits), ...Object.fromEntries(next) });
  const bytes = encodeOnnx(graph, {
    freeDimension: FREE_BATCH,
    description: `Latentbrush text model: ${architecture.layers} x ${architecture.model} of ${architecture.units} units`,
    metadata: { vocabulary: JSON.stringify(vocabulary), architecture: JSON.stringify(architecture) },
  });
  return { bytes, inputs: [...graph.inputs.keys()], outputs: [...graph.outputs.keys()] };
}
