import type { NDArray } from '../../graph/ndarray.ts';
import type { ExternalFiles } from './file/external-data.ts';
import { modelError } from './file/model-error.ts';
import type { TensorProto } from '../schema/onnx_pb.ts';
import { parseModel } from './file/parse.ts';
import { decodeTensor, isNumeric } from './file/tensors.ts';

/**
 * The weights in an ONNX file by name: its initialisers, and the values of its Constant nodes, where some exporters store them. Floats of
 * any width become float32, whole numbers int64; texts and complex numbers are left out. Nothing else of the model is read, so it can use
 * any operators.
 * @param bytes the whole file; treated as untrusted
 * @param externalFiles the files with the model's weights, if they are in other files: see `listExternalFiles`
 * @throws InputError in one line when it is not an ONNX file or is damaged, a tensor is stored in a file that was not given, or two have the
 *   same name
 */
export function onnxInitializers(bytes: Uint8Array, externalFiles?: ExternalFiles): Map<string, NDArray> {
  const { graph } = parseModel(bytes, externalFiles);
  const arrays = new Map<string, NDArray>();
  const add = (name: string, proto: TensorProto): void => {
    if (!isNumeric(proto.dataType)) return;
    if (arrays.has(name)) throw modelError(`two of its tensors are named "${name}"`);
    arrays.set(name, decodeTensor(proto, name));
  };
  for (const proto of graph.initializer) add(proto.name, proto);
  for (const node of graph.node) {
    if (node.opType !== 'Constant') continue;
    const value = node.attribute.find(({ name }) => name === 'value')?.t;
    const [name] = node.output;
    if (value !== undefined && name !== undefined) add(name, value);
  }
  return arrays;
}
