import { create, toBinary } from '@bufbuild/protobuf';
import { sizeOf } from '../../graph/dtype.ts';
import { resolve, type Graph } from '../../graph/graph.ts';
import type { NDArray } from '../../graph/ndarray.ts';
import type { Tensor } from '../../graph/tensor.ts';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type NodeProto,
  type TensorProto,
} from '../schema/onnx_pb.ts';
import { WRITTEN } from '../schema/versions.ts';
import { freedConstants, type FreeDimension } from './free-dimension.ts';
import { encodeTensor, encodeValueInfo, sizeNodes } from './messages.ts';
import { freshNames, nameOf } from './names.ts';
import { encodeNode } from './node.ts';

export interface EncodeOptions {
  /** Key-value pairs stored in the model, for example the vocabulary of a text model. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** A sentence about the model for readers of the file. */
  readonly description?: string;
  /** A dimension of inputs and outputs that the user of the model chooses (default: none). */
  readonly freeDimension?: FreeDimension;
}

/**
 * Writes a graph as an ONNX model (opset 17). Values are numbered in topological order, so the same graph
 * always gives the same bytes; equal small constants are stored once.
 */
export function encodeOnnx(graph: Graph, options: EncodeOptions = {}): Uint8Array<ArrayBuffer> {
  const names = new Map<Tensor, string>();
  const initializers: TensorProto[] = [];
  const nodes: NodeProto[] = [];
  const taken = new Set([...graph.inputs.keys(), ...graph.outputs.keys()]);
  const fresh = freshNames(taken);

  for (const [name, tensor] of graph.inputs) names.set(tensor, name);
  const storedConstants = new Map<string, string>();
  const { freeDimension: free } = options;
  const freed = free && freedConstants(graph, free);
  for (const tensor of graph.constants) {
    if (freed?.sizes.has(tensor) === true) continue; // written at its first use
    const value = freed?.targets.get(tensor) ?? constantOf(tensor);
    const key = constantKey(value);
    const stored = key === undefined ? undefined : storedConstants.get(key);
    const name = stored ?? fresh('constant');
    names.set(tensor, name);
    if (stored !== undefined) continue;
    if (key !== undefined) storedConstants.set(key, name);
    initializers.push(encodeTensor(name, value));
  }

  const aliases: [from: Tensor, to: string][] = [];
  for (const [name, output] of graph.outputs) {
    const tensor = resolve(output);
    if (names.has(tensor) || tensor.source.kind !== 'node') aliases.push([tensor, name]);
    else names.set(tensor, name);
  }
  const read = new Set<Tensor | undefined>([
    ...graph.nodes.flatMap(({ inputs }) => inputs.map((tensor) => tensor && resolve(tensor))),
    ...[...graph.outputs.values()].map(resolve),
  ]);
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (!names.has(output)) names.set(output, fresh(node.operator.type));
    for (const input of node.inputs) {
      const tensor = input && resolve(input);
      const size = tensor && freed?.sizes.get(tensor);
      if (tensor === undefined || size === undefined || names.has(tensor)) continue;
      const [first, rest, joined] = [fresh('Shape'), fresh('constant'), fresh('Concat')];
      initializers.push(encodeTensor(rest, size.rest));
      nodes.push(...sizeNodes(nameOf(names, size.of), { first, rest, joined }));
      names.set(tensor, joined);
    }
    nodes.push(encodeNode(node, names, read, fresh));
  }
  for (const [tensor, name] of aliases) {
    nodes.push(
      create(NodeProtoSchema, { opType: 'Identity', name, input: [nameOf(names, tensor)], output: [name] }),
    );
  }

  const domains = new Set(graph.nodes.flatMap(({ operator: { domain } }) => domain ?? []));
  const model = create(ModelProtoSchema, {
    irVersion: WRITTEN.ir,
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(WRITTEN.opset) }),
      ...[...domains].map((domain) => create(OperatorSetIdProtoSchema, { domain, version: 1n })),
    ],
    producerName: 'latentbrush',
    docString: options.description ?? '',
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
    graph: create(GraphProtoSchema, {
      name: 'graph',
      node: nodes,
      initializer: initializers,
      input: [...graph.inputs].map(([name, { dtype, shape }]) => encodeValueInfo(name, dtype, shape, free)),
      output: [...graph.outputs].map(([name, { dtype, shape }]) => encodeValueInfo(name, dtype, shape, free)),
    }),
  });
  return toBinary(ModelProtoSchema, model);
}

function constantOf(tensor: Tensor): NDArray {
  if (tensor.source.kind !== 'constant') throw new Error(`${tensor.toString()} is not a constant`);
  return tensor.source.value;
}

const SMALL = 64;

function constantKey(value: NDArray): string | undefined {
  if (sizeOf(value.shape) > SMALL) return undefined;
  return `${value.dtype} ${value.shape.join(',')} ${Array.from(value.data as ArrayLike<number | bigint>, writeNumber).join(',')}`;
}

function writeNumber(value: number | bigint): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
