import { constant } from '../../../graph/tensor.ts';
import type { TensorProto } from '../../schema/onnx_pb.ts';
import { decodeTensor, heldDType } from '../file/tensors.ts';
import { toHostArray } from './host-array.ts';
import type { ImportedValue } from './imported-node.ts';

/**
 * A stored tensor of a model, in the engine's format.
 * @throws InputError as {@link decodeTensor}
 */
export function storedValue(proto: TensorProto, what: string = proto.name): ImportedValue {
  const array = decodeTensor(proto, what, heldDType(proto.dataType, what));
  return { tensor: constant(array), host: toHostArray(array), elementType: proto.dataType };
}
