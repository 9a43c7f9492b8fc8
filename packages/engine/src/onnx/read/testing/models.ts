import { create, toBinary } from '@bufbuild/protobuf';
import type { NDArray } from '../../../graph/ndarray.ts';
import type { Shape } from '../../../graph/dtype.ts';
import { ONNX_ELEMENT_TYPE } from '../../../graph/element-type.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '../../schema/onnx_pb.ts';

/** A whole-number attribute, since a plain number means a float. */
export const int = (value: number): { readonly int: number } => ({ int: value });
/** A list of whole numbers, since a plain list means floats. */
export const ints = (...values: readonly number[]): { readonly ints: readonly number[] } => ({
  ints: values,
});

export type Attribute =
  | number
  | string
  | readonly number[]
  | NDArray
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly graph: GraphProto };

/** A node in the notation of tests. */
export function node(
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
  name = '',
): NodeProto {
  return create(NodeProtoSchema, {
    opType: type,
    name,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
  });
}

function attribute(name: string, value: Attribute): AttributeProto {
  const { INT, INTS, FLOAT, FLOATS, STRING, TENSOR, GRAPH } = AttributeType;
  if (typeof value === 'number') return create(AttributeProtoSchema, { name, type: FLOAT, f: value });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: STRING, s: new TextEncoder().encode(value) });
  if ('int' in value) return create(AttributeProtoSchema, { name, type: INT, i: BigInt(value.int) });
  if ('ints' in value)
    return create(AttributeProtoSchema, { name, type: INTS, ints: value.ints.map(BigInt) });
  if ('graph' in value) return create(AttributeProtoSchema, { name, type: GRAPH, g: value.graph });
  if ('data' in value) return create(AttributeProtoSchema, { name, type: TENSOR, t: tensor(name, value) });
  return create(AttributeProtoSchema, { name, type: FLOATS, floats: [...value] });
}

/** A stored tensor. */
export function tensor(name: string, { dtype, shape, data }: NDArray): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: ONNX_ELEMENT_TYPE[dtype],
    dims: shape.map(BigInt),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
}

/** A declared input: sizes that are texts stay open. */
export function declaration(name: string, shape: readonly (number | string)[], elemType = 1) {
  const dim = shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof size === 'number'
          ? { case: 'dimValue', value: BigInt(size) }
          : { case: 'dimParam', value: size },
    }),
  );
  const tensorType = create(TypeProto_TensorSchema, {
    elemType,
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } }),
  });
}

export interface TestModel {
  readonly opset: number;
  readonly irVersion?: number;
  /** Fed arrays by name; their shapes are declared. */
  readonly inputs: Readonly<Record<string, { readonly dtype: NDArray['dtype']; readonly shape: Shape }>>;
  readonly initializers?: Readonly<Record<string, NDArray>>;
  readonly nodes: readonly NodeProto[];
  readonly outputs?: readonly string[];
}

/** A model as protobuf messages, for tests that damage it. */
export function modelProto({
  opset,
  irVersion = 8,
  inputs,
  initializers = {},
  nodes,
  outputs = ['y'],
}: TestModel): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(opset) })],
    graph: create(GraphProtoSchema, {
      name: 'test',
      node: [...nodes],
      initializer: Object.entries(initializers).map(([name, value]) => tensor(name, value)),
      input: Object.entries(inputs).map(([name, { shape, dtype }]) =>
        declaration(name, shape, ONNX_ELEMENT_TYPE[dtype]),
      ),
      output: outputs.map((name) => create(ValueInfoProtoSchema, { name })),
    }),
  });
}

/** The bytes of a model file. */
export function bytesOf(model: ModelProto): Uint8Array {
  return toBinary(ModelProtoSchema, model);
}

/** A model file. */
export function modelBytes(model: TestModel): Uint8Array {
  return bytesOf(modelProto(model));
}

/** A graph without inputs, for If. */
export function branch(nodes: readonly NodeProto[], outputs: readonly string[]): GraphProto {
  return create(GraphProtoSchema, {
    name: 'branch',
    node: [...nodes],
    output: outputs.map((name) => create(ValueInfoProtoSchema, { name })),
  });
}
