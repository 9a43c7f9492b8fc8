import type { Tensor } from '../../graph/tensor.ts';
import { FusedGru, FusedLstm } from '../../ops/recurrent-fused.ts';
import type { ImportedNode } from './imported-node.ts';
import type { Translators } from './translator.ts';

/** Fused recurrent layers: they run, but have no gradient. */
export const recurrents: Translators = {
  LSTM: (node) => {
    const inputs = recurrentInputs(node);
    if (node.has(7)) node.fail('has peepholes, which the engine does not have');
    return FusedLstm.applyAll(inputs, node.attributesFor(FusedLstm.attributes) as never);
  },
  GRU: (node) => FusedGru.applyAll(recurrentInputs(node), node.attributesFor(FusedGru.attributes) as never),
};

type RecurrentInputs = readonly [Tensor, Tensor, Tensor, ...(Tensor | undefined)[]];

function recurrentInputs(node: ImportedNode): RecurrentInputs {
  if (node.has(4)) node.fail('has sequences of different lengths, which the engine does not have');
  return [node.input(0), node.input(1), node.input(2), ...node.tensors.slice(3)];
}
