import { encodeOnnx, Graph, input, nn, softmax } from '@latentbrush/engine';
import { languageModel, namedStates, stateInputs } from './model.ts';
import type { LanguageModel } from './sample.ts';

/** An ONNX file and what its inputs and outputs are called. */
export interface ExportedModel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * The model as an ONNX file that any ONNX runtime loads.
 *
 * A recurrent model does one step: inputs `token` int64 `[1, 1]` and the states `state/<layer>/h` (and `/c`) float32
 * `[1, units]`, zeros at first; outputs `probabilities` float32 `[1, vocabulary]` of the next token, and the states
 * `state/<layer>/h:next` to feed at the next step. A convolutional model reads `tokens` int64 `[1, window]` and gives
 * `probabilities`. The metadata hold the vocabulary as JSON.
 */
export function exportOnnx({ architecture, vocabulary, weights, window }: LanguageModel): ExportedModel {
  const recurrent = architecture.model !== 'conv';
  const tokens = recurrent ? input('token', [1, 1], 'int64') : input('tokens', [1, window], 'int64');
  const { logits, states } = languageModel(nn.Parameters.frozen(weights), tokens, architecture, 'last', {
    states: stateInputs(architecture, 1),
    inference: true,
  });
  const next = Object.entries(namedStates(states)).map(([name, tensor]) => [`${name}:next`, tensor] as const);
  const graph = new Graph({ probabilities: softmax(logits), ...Object.fromEntries(next) });
  const bytes = encodeOnnx(graph, {
    description: `Latentbrush text model: ${architecture.layers} x ${architecture.model} of ${architecture.units} units`,
    metadata: { vocabulary: JSON.stringify(vocabulary), architecture: JSON.stringify(architecture) },
  });
  return { bytes, inputs: [...graph.inputs.keys()], outputs: [...graph.outputs.keys()] };
}
