import type { DType } from '../../graph/dtype.ts';
import { decodeInputType } from './file/input-types.ts';
import { externalTensors, leavesFolder, locationOf } from './file/external-data.ts';
import { parseModel } from './file/parse.ts';

/** One node of a model file, for listings of layers. */
export interface OnnxNode {
  /** The node's name; many exporters leave it empty. */
  readonly name: string;
  /** ONNX operator type, with its domain in front if it is not ONNX's own: `Conv`, `com.microsoft.FusedConv`. */
  readonly operator: string;
  /** Names of its output values, for requests. */
  readonly outputs: readonly string[];
}

/**
 * The nodes of an ONNX file in the order of computation. Cheap: shapes are not inferred and weights are not read, so this
 * also lists models that cannot be decoded.
 * @throws InputError in one line when it is not an ONNX file or is damaged
 */
export function listOnnxNodes(bytes: Uint8Array): OnnxNode[] {
  return parseModel(bytes).graph.node.map(({ name, domain, opType, output }) => ({
    name,
    operator: domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`,
    outputs: output.filter((value) => value !== ''),
  }));
}

/** One input of a model file. */
export interface OnnxInput {
  readonly name: string;
  readonly dtype: DType;
  /**
   * Sizes as the file declares them, outermost first: a number if fixed, the name of the dimension (possibly empty) if open. `undefined`:
   * the file does not give the number of dimensions.
   */
  readonly dimensions: readonly (number | string)[] | undefined;
}

/**
 * The inputs of an ONNX file, without those that are only defaults of weights. Cheap, like {@link listOnnxNodes}.
 * @throws InputError in one line when it is not an ONNX file, is damaged, or an input is not a tensor of a known type
 */
export function listOnnxInputs(bytes: Uint8Array): OnnxInput[] {
  const { graph } = parseModel(bytes);
  const stored = new Set(graph.initializer.map(({ name }) => name));
  return graph.input
    .filter(({ name }) => !stored.has(name))
    .map((info) => {
      const { dtype, dimensions } = decodeInputType(info);
      return { name: info.name, dtype, dimensions };
    });
}

/**
 * The files of a model's weights, as paths relative to its own folder: PyTorch's exporter writes large models this way. Paths that leave
 * the folder are not listed; a model that needs such a path is refused when it is decoded.
 * @throws InputError in one line when it is not an ONNX file or is damaged
 */
export function listExternalFiles(bytes: Uint8Array): string[] {
  const locations = externalTensors(parseModel(bytes).graph).map(locationOf);
  return [...new Set(locations)].filter((path) => path !== '' && !leavesFolder(path));
}
