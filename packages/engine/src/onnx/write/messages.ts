import { create } from '@bufbuild/protobuf';
import type { DType, Shape } from '../../graph/dtype.ts';
import { ONNX_ELEMENT_TYPE } from '../../graph/element-type.ts';
import type { NDArray } from '../../graph/ndarray.ts';
import type { AttributeSpec, AttributeValue } from '../../graph/operator.ts';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
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
import type { FreeDimension } from './free-dimension.ts';

/**
 * The nodes that compute a shape whose first dimension is that of a tensor.
 * @param of name of the tensor
 * @param names of the first dimension, of the stored rest, and of both joined: the shape
 */
export function sizeNodes(
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

/** An attribute that is a number, a text or a list of whole numbers. */
export function encodeAttribute(name: string, spec: AttributeSpec, value: AttributeValue): AttributeProto {
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

/** A stored tensor; its bytes are shared, not copied. */
export function encodeTensor(name: string, value: NDArray): TensorProto {
  const data = value.data;
  return create(TensorProtoSchema, {
    name,
    dataType: ONNX_ELEMENT_TYPE[value.dtype],
    dims: value.shape.map(BigInt),
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  });
}

/**
 * The declared type of an input or output.
 * @param free the dimension that stays open, if any
 */
export function encodeValueInfo(
  name: string,
  dtype: DType,
  shape: Shape,
  free?: FreeDimension,
): ValueInfoProto {
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
