import { create, toBinary } from '@bufbuild/protobuf';
import { sizeOf, type DType, type Shape } from '../../graph/dtype.ts';
import { resolve, type Graph } from '../../graph/graph.ts';
import type { NDArray } from '../../graph/ndarray.ts';
import type { AttributeSpec, AttributeValue, Node } from '../../graph/operator.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { freedConstants, type FreeDimension } from './free-dimension.ts';
import { ONNX_ELEMENT_TYPE } from '../../graph/element-type.ts';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from '../schema/onnx_pb.ts';

/** Version of the ONNX operator set that the operators follow (ONNX 1.12). */
export const OPSET_VERSION = 17;
const IR_VERSION = 8n;

export interface EncodeOptions {
  /** Key-value pairs stored in the model, for example the vocabulary of a text model. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** A sentence about the model for whoever opens the file. */
  readonly description?: string;
  /** A dimension of inputs and outputs that whoever runs the model chooses (default: all are fixed). */
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
    if (freed?.sizes.has(tensor) === true) continue; // written where it is needed first
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
    nodes.push(encodeNode(node, names, read));
  }
  for (const [tensor, name] of aliases) {
    nodes.push(
      create(NodeProtoSchema, { opType: 'Identity', name, input: [nameOf(names, tensor)], output: [name] }),
    );
  }

  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(OPSET_VERSION) })],
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

function freshNames(taken: ReadonlySet<string>): (stem: string) => string {
  const counts = new Map<string, number>();
  return (stem) => {
    for (;;) {
      const count = (counts.get(stem) ?? 0) + 1;
      counts.set(stem, count);
      const name = `${stem}_${count}`;
      if (!taken.has(name)) return name;
    }
  };
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

function nameOf(names: ReadonlyMap<Tensor, string>, tensor: Tensor): string {
  const name = names.get(tensor);
  if (name === undefined)
    throw new Error(`${tensor.toString()} was not reached when the graph was collected`);
  return name;
}

function encodeNode(
  node: Node,
  names: ReadonlyMap<Tensor, string>,
  read: ReadonlySet<Tensor | undefined>,
): NodeProto {
  const inputs = node.inputs.map((tensor) => (tensor === undefined ? '' : nameOf(names, resolve(tensor))));
  while (inputs.at(-1) === '') inputs.pop();
  const { requiredOutputs = node.outputs.length } = node.operator;
  const outputs = node.outputs.map((tensor, index) =>
    index < requiredOutputs || read.has(tensor) ? nameOf(names, tensor) : '',
  );
  while (outputs.at(-1) === '') outputs.pop();
  return create(NodeProtoSchema, {
    opType: node.operator.type,
    name: outputs[0] ?? '',
    input: inputs,
    output: outputs,
    attribute: Object.entries(node.operator.attributes).flatMap(([name, spec]) => {
      const value = node.attributes[name];
      return value === undefined ? [] : [encodeAttribute(name, spec, value)];
    }),
  });
}

// A shape whose first dimension is that of another tensor.
function sizeNodes(
  of: string,
  { first, rest, joined }: Readonly<Record<'first' | 'rest' | 'joined', string>>,
): NodeProto[] {
  const attribute = (name: string, value: number): AttributeProto =>
    encodeAttribute(name, { type: 'int', default: undefined }, value);
  return [
    create(NodeProtoSchema, {
      opType: 'Shape',
      name: first,
      input: [of],
      output: [first],
      attribute: [attribute('start', 0), attribute('end', 1)],
    }),
    create(NodeProtoSchema, {
      opType: 'Concat',
      name: joined,
      input: [first, rest],
      output: [joined],
      attribute: [attribute('axis', 0)],
    }),
  ];
}

function encodeAttribute(name: string, spec: AttributeSpec, value: AttributeValue): AttributeProto {
  const { INT, INTS, FLOAT, STRING } = AttributeProto_AttributeType;
  if (spec.type === 'string' && typeof value === 'string') {
    return create(AttributeProtoSchema, { name, type: STRING, s: new TextEncoder().encode(value) });
  }
  if (spec.type === 'int' && typeof value === 'number') {
    return create(AttributeProtoSchema, { name, type: INT, i: BigInt(value) });
  }
  if (spec.type === 'float' && typeof value === 'number') {
    return create(AttributeProtoSchema, { name, type: FLOAT, f: value });
  }
  if (spec.type === 'ints' && typeof value === 'object') {
    return create(AttributeProtoSchema, { name, type: INTS, ints: value.map(BigInt) });
  }
  throw new Error(`attribute ${name}: ${typeof value} where ${spec.type} is wanted`);
}

function encodeTensor(name: string, value: NDArray): TensorProto {
  const data = value.data;
  return create(TensorProtoSchema, {
    name,
    dataType: ONNX_ELEMENT_TYPE[value.dtype],
    dims: value.shape.map(BigInt),
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  });
}

function encodeValueInfo(name: string, dtype: DType, shape: Shape, free?: FreeDimension): ValueInfoProto {
  const dim = shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        size === free?.size
          ? { case: 'dimParam', value: free.name }
          : { case: 'dimValue', value: BigInt(size) },
    }),
  );
  const tensorType = create(TypeProto_TensorSchema, {
    elemType: ONNX_ELEMENT_TYPE[dtype],
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } }),
  });
}
