import { fromBinary } from '@bufbuild/protobuf';
import { InputError } from '../errors.ts';
import { sizeOf, type DType, type Shape } from '../graph/dtype.ts';
import type { NDArray } from '../graph/ndarray.ts';
import { applyOperator, type AttributeSpecs, type AttributeValue, type Operator } from '../graph/operator.ts';
import { constant, input, type Tensor } from '../graph/tensor.ts';
import { operators } from '../ops/registry.ts';
import {
  ModelProtoSchema,
  type AttributeProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnx_pb.ts';
import { ONNX_ELEMENT_TYPE } from '../graph/element-type.ts';
import { OPSET_VERSION } from './encode.ts';

/** An ONNX model as tensors: feed `inputs`, fetch `outputs`, or reach any value between by its name. */
export interface DecodedModel {
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Every named value of the model. */
  readonly values: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly description: string;
}

/**
 * Reads an ONNX model of opset 17 whose operators this engine defines, as {@link encodeOnnx} writes it.
 * @param bytes the whole file; treated as untrusted
 * @throws InputError in one line when it is not an ONNX model, is damaged, or uses what the engine does not have
 */
export function decodeOnnx(bytes: Uint8Array): DecodedModel {
  const model = parse(bytes);
  const { graph } = model;
  if (graph === undefined) throw new InputError('ONNX model: it holds no graph; give a complete .onnx file');
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  if (opset?.version !== BigInt(OPSET_VERSION)) {
    throw new InputError(
      `ONNX model: opset ${opset?.version ?? 'missing'} is not supported; convert the model to opset ${OPSET_VERSION}`,
    );
  }

  const values = new Map<string, Tensor>();
  for (const initializer of graph.initializer)
    values.set(initializer.name, constant(decodeTensor(initializer)));
  const inputs = new Map<string, Tensor>();
  for (const info of graph.input) {
    if (values.has(info.name)) continue;
    const { dtype, shape } = decodeValueInfo(info);
    const tensor = input(info.name, shape, dtype);
    inputs.set(info.name, tensor);
    values.set(info.name, tensor);
  }
  for (const node of graph.node) decodeNode(node, values);
  const outputs: Record<string, Tensor> = Object.create(null) as Record<string, Tensor>;
  for (const { name } of graph.output) outputs[name] = valueNamed(values, name, 'the list of outputs');

  return {
    inputs,
    outputs,
    values,
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    description: model.docString,
  };
}

function parse(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`ONNX model: the bytes are not a whole ONNX file (${reason})`);
  }
}

function valueNamed(values: ReadonlyMap<string, Tensor>, name: string, user: string): Tensor {
  const tensor = values.get(name);
  if (tensor === undefined) {
    throw new InputError(`ONNX model: ${user} uses "${name}", which nothing before it computes`);
  }
  return tensor;
}

function decodeNode(node: NodeProto, values: Map<string, Tensor>): void {
  const operator = operators.get(node.opType);
  if (operator === undefined || (node.domain !== '' && node.domain !== 'ai.onnx')) {
    throw new InputError(
      `ONNX model: node "${node.name}" uses operator ${node.opType}, which the engine does not have`,
    );
  }
  const inputs = node.input.map((name) =>
    name === '' ? undefined : valueNamed(values, name, `node "${node.name}" (${node.opType})`),
  );
  const outputs = applyDecoded(operator, inputs, node);
  node.output.forEach((name, index) => {
    const output = outputs[index];
    if (output === undefined) {
      throw new InputError(
        `ONNX model: node "${node.name}" (${node.opType}) has ${node.output.length} outputs, expected ${outputs.length}`,
      );
    }
    if (name !== '') values.set(name, output);
  });
}

function applyDecoded(
  operator: Operator,
  inputs: (Tensor | undefined)[],
  node: NodeProto,
): readonly Tensor[] {
  const attributes = decodeAttributes(operator.attributes, node);
  try {
    return applyOperator(operator, inputs, attributes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `ONNX model: node "${node.name}" (${node.opType}) does not fit its inputs: ${reason}`,
    );
  }
}

function decodeAttributes(specs: AttributeSpecs, node: NodeProto): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const proto = node.attribute.find((attribute) => attribute.name === name);
    const value = proto === undefined ? spec.default : decodeAttribute(proto, spec.type);
    if (value !== undefined) attributes[name] = value;
  }
  for (const { name } of node.attribute) {
    if (!(name in specs)) {
      throw new InputError(
        `ONNX model: node "${node.name}" (${node.opType}) has attribute "${name}", which the engine does not have`,
      );
    }
  }
  return attributes;
}

function decodeAttribute(proto: AttributeProto, type: 'int' | 'ints' | 'float' | 'string'): AttributeValue {
  if (type === 'int') return Number(proto.i);
  if (type === 'float') return proto.f;
  if (type === 'ints') return proto.ints.map(Number);
  return new TextDecoder().decode(proto.s);
}

function decodeDType(elementType: number, name: string): DType {
  const found = (['float32', 'int64', 'bool'] as const).find(
    (dtype) => ONNX_ELEMENT_TYPE[dtype] === elementType,
  );
  if (found === undefined) {
    throw new InputError(
      `ONNX model: "${name}" has element type ${elementType}; float32, int64 and bool are supported`,
    );
  }
  return found;
}

function decodeShape(dims: readonly bigint[], name: string): Shape {
  const shape = dims.map(Number);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0) || !Number.isSafeInteger(sizeOf(shape))) {
    throw new InputError(`ONNX model: "${name}" has the impossible shape [${dims.join(', ')}]`);
  }
  return shape;
}

function decodeTensor(proto: TensorProto): NDArray {
  const { name } = proto;
  const dtype = decodeDType(proto.dataType, name);
  const shape = decodeShape(proto.dims, name);
  if (proto.externalData.length > 0) {
    throw new InputError(`ONNX model: "${name}" keeps its data in another file; save the model as one file`);
  }
  const size = sizeOf(shape);
  const bytesPerElement = { float32: 4, int64: 8, bool: 1 }[dtype];
  const raw = proto.rawData;
  if (raw.length > 0 || size === 0) {
    if (raw.length !== size * bytesPerElement) {
      throw new InputError(
        `ONNX model: "${name}" holds ${raw.length} bytes, but its shape needs ${size * bytesPerElement}`,
      );
    }
    const bytes = Uint8Array.from(raw);
    if (dtype === 'float32') return { dtype, shape, data: new Float32Array(bytes.buffer) };
    if (dtype === 'int64') return { dtype, shape, data: new BigInt64Array(bytes.buffer) };
    return { dtype, shape, data: bytes };
  }
  const listed = { float32: proto.floatData, int64: proto.int64Data, bool: proto.int32Data }[dtype];
  if (listed.length !== size) {
    throw new InputError(
      `ONNX model: "${name}" holds ${listed.length} elements, but its shape needs ${size}`,
    );
  }
  if (dtype === 'float32') return { dtype, shape, data: Float32Array.from(proto.floatData) };
  if (dtype === 'int64') return { dtype, shape, data: BigInt64Array.from(proto.int64Data) };
  return { dtype, shape, data: Uint8Array.from(proto.int32Data) };
}

function decodeValueInfo(info: ValueInfoProto): { dtype: DType; shape: Shape } {
  if (info.type?.value.case !== 'tensorType') {
    throw new InputError(`ONNX model: input "${info.name}" is not a tensor`);
  }
  const { elemType, shape } = info.type.value.value;
  const dims = (shape?.dim ?? []).map(({ value }) => {
    if (value.case === 'dimValue') return value.value;
    throw new InputError(
      `ONNX model: input "${info.name}" has a dimension that is not fixed; export with static shapes`,
    );
  });
  return { dtype: decodeDType(elemType, info.name), shape: decodeShape(dims, info.name) };
}
