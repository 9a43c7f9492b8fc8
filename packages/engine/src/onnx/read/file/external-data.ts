import { modelError } from './model-error.ts';
import { TensorProto_DataLocation, type GraphProto, type TensorProto } from '../../schema/onnx_pb.ts';

/** The whole files with a model's weights, by their names in the model: paths relative to its folder. */
export type ExternalFiles = ReadonlyMap<string, Uint8Array>;

/** Whether a tensor's elements are in another file. */
export function isExternal({ dataLocation, externalData }: TensorProto): boolean {
  return dataLocation === TensorProto_DataLocation.EXTERNAL || externalData.length > 0;
}

/** The file with the elements of an external tensor, by its name in the model. */
export function locationOf(proto: TensorProto): string {
  return entryOf(proto, 'location') ?? '';
}

/** Whether a path leaves its starting folder, on any operating system. */
export function leavesFolder(path: string): boolean {
  return /^([/\\]|[a-z]:)/i.test(path) || path.split(/[/\\]/).includes('..');
}

/** The tensors of a graph that are in other files, also those within nodes and branches. */
export function externalTensors(graph: GraphProto): TensorProto[] {
  const tensors = [...graph.initializer];
  for (const node of graph.node) {
    for (const { t, tensors: several, g, graphs } of node.attribute) {
      tensors.push(...(t === undefined ? several : [t, ...several]));
      for (const inner of g === undefined ? graphs : [g, ...graphs]) tensors.push(...externalTensors(inner));
    }
  }
  return tensors.filter(isExternal);
}

/**
 * Gives external tensors the bytes of their files, as views. Those with a missing file do not change. @throws InputError when a tensor
 * needs bytes that its file does not have
 */
export function attachExternalData(graph: GraphProto, files: ExternalFiles): void {
  for (const proto of externalTensors(graph)) {
    const location = locationOf(proto);
    const file = files.get(location);
    if (file === undefined || leavesFolder(location)) continue;
    const offset = numberOf(proto, 'offset') ?? 0;
    const length = numberOf(proto, 'length') ?? file.length - offset;
    if (!(offset >= 0 && length >= 0 && offset + length <= file.length)) {
      throw modelError(
        `"${proto.name}" takes ${length} bytes from byte ${offset} of "${location}", which has ${file.length}`,
      );
    }
    proto.rawData = file.subarray(offset, offset + length);
    proto.dataLocation = TensorProto_DataLocation.DEFAULT;
    proto.externalData = [];
  }
}

function entryOf({ externalData }: TensorProto, wanted: string): string | undefined {
  return externalData.find(({ key }) => key === wanted)?.value;
}

function numberOf(proto: TensorProto, wanted: string): number | undefined {
  const text = entryOf(proto, wanted);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw modelError(`"${proto.name}" has the ${wanted} "${text}", which is no number of bytes`);
  return Number(text);
}
