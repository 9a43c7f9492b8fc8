import { modelError } from '../file/model-error.ts';
import type { NodeProto } from '../../schema/onnx_pb.ts';
import { reshape } from '../../../ops/index.ts';
import { nodeLabel, type ImportedValue, type NodeAttributes } from '../node/imported-node.ts';

const BROADCASTING = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'And',
  'Or',
  'Xor',
  'Equal',
  'Greater',
  'Less',
  'PRelu',
]);

/**
 * The inputs of a node of opset 6, changed to broadcast as in later opsets. In opset 6 the second input of a binary operator is aligned
 * with the axes of the first from the attribute `axis` on (a slope of PRelu: the channels); in later opsets, with the last axes.
 */
export function alignedInputs(
  proto: NodeProto,
  attributes: NodeAttributes,
  inputs: readonly (ImportedValue | undefined)[],
): readonly (ImportedValue | undefined)[] {
  const [a, b] = inputs;
  if (!BROADCASTING.has(proto.opType) || a === undefined || b === undefined) return inputs;
  const given = attributes.get('axis');
  const isSlope = proto.opType === 'PRelu' && b.tensor.shape.length === 1 && a.tensor.rank > 1;
  if (given === undefined && !isSlope) return inputs;
  const axis = isSlope ? 1 : Number(given?.i ?? 0n);
  const from = axis < 0 ? axis + a.tensor.rank : axis;
  const missing = a.tensor.rank - from - b.tensor.rank;
  if (isSlope && b.tensor.shape[0] === 1) return inputs;
  if (missing < 0)
    throw modelError(`${nodeLabel(proto)} has axis ${axis}, from which its second input does not fit`);
  const shape = [...b.tensor.shape, ...Array.from({ length: missing }, () => 1)];
  const aligned = {
    ...b,
    tensor: reshape(b.tensor, shape),
    host: b.host && { ...b.host, shape },
  };
  return [a, aligned];
}

/** Attributes of opset 6 for broadcasting. */
export function broadcastAttributes({ opType }: NodeProto): readonly string[] {
  if (opType === 'Gemm') return ['broadcast'];
  return BROADCASTING.has(opType) ? ['broadcast', 'axis'] : [];
}
