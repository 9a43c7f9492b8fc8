import { fromBinary } from '@bufbuild/protobuf';
import { attachExternalData, type ExternalFiles } from './external-data.ts';
import { modelError } from './model-error.ts';
import { ModelProtoSchema, type GraphProto, type ModelProto } from '../../schema/onnx_pb.ts';

/** Maximum number of nodes of a model: the largest networks in use have about ten thousand. */
const MAX_NODES = 200_000;

/** A model file as protobuf messages, with its graph. */
export interface ParsedModel {
  readonly model: ModelProto;
  readonly graph: GraphProto;
}

/**
 * Parses the bytes of an ONNX file. Tensor data are not copied: they stay views of `bytes`.
 * @param files the files with the model's weights, if they are in other files
 * @throws InputError in one line when it is not an ONNX file, is damaged or has more nodes than any network
 */
export function parseModel(bytes: Uint8Array, files?: ExternalFiles): ParsedModel {
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw modelError(`the bytes are not a whole ONNX file (${reason})`);
  }
  const { graph } = model;
  if (graph === undefined) throw modelError('it contains no graph; give a complete .onnx file');
  if (graph.node.length > MAX_NODES) {
    throw modelError(`it has ${graph.node.length} nodes, expected at most ${MAX_NODES}`);
  }
  if (files !== undefined) attachExternalData(graph, files);
  return { model, graph };
}
