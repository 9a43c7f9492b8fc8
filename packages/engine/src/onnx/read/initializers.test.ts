import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { bool, float32, int64 } from '../../graph/ndarray.ts';
import { onnxInitializers } from './initializers.ts';
import { modelBytes, modelProto, node, bytesOf } from './testing/models.ts';
import { TensorProto_DataType, TensorProtoSchema } from '../schema/onnx_pb.ts';

const picture = { x: { dtype: 'float32' as const, shape: [1, 2, 4, 4] } };

describe('weights of a model file', () => {
  it('give initialisers and Constant nodes by name', () => {
    const bytes = modelBytes({
      opset: 13,
      inputs: picture,
      initializers: { a: float32([1, 2], [2, 1]), b: bool([true, false]) },
      nodes: [node('Constant', [], ['c'], { value: int64([-5]) }), node('Mystery', ['x'], ['y'])],
    });
    expect(onnxInitializers(bytes)).toEqual(
      new Map<string, unknown>([
        ['a', float32([1, 2], [2, 1])],
        ['b', bool([true, false])],
        ['c', int64([-5])],
      ]),
    );
  });

  it('leave out texts, such as the names of classes', () => {
    const model = modelProto({ opset: 13, inputs: {}, initializers: { a: float32([1]) }, nodes: [] });
    const stringData = [new TextEncoder().encode('tench')];
    const dataType = TensorProto_DataType.STRING;
    model.graph!.initializer.push(create(TensorProtoSchema, { name: 's', dataType, dims: [1n], stringData }));
    expect([...onnxInitializers(bytesOf(model)).keys()]).toEqual(['a']);
  });

  it('do not share the memory of the file', () => {
    const bytes = modelBytes({ opset: 13, inputs: {}, initializers: { a: float32([1, 2]) }, nodes: [] });
    const arrays = onnxInitializers(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    bytes.fill(0);
    expect(arrays.get('a')).toEqual(float32([1, 2]));
  });

  const stored: Record<string, [MessageInitShape<typeof TensorProtoSchema>, readonly number[]]> = {
    FLOAT16: [{ rawData: new Uint8Array([0, 0x3e, 0, 0xc0, 1, 0, 0, 0x7c]) }, [1.5, -2, 2 ** -24, Infinity]],
    BFLOAT16: [{ rawData: new Uint8Array([0xc0, 0x3f]) }, [1.5]],
    DOUBLE: [{ doubleData: [0.1] }, [Math.fround(0.1)]],
    UINT8: [{ rawData: new Uint8Array([255, 1]) }, [255, 1]],
    INT8: [{ int32Data: [-3] }, [-3]],
    INT32: [{ rawData: new Uint8Array([254, 255, 255, 255]) }, [-2]],
    UINT16: [{ int32Data: [65_535] }, [65_535]],
    UINT32: [{ uint64Data: [4_000_000_000n] }, [4_000_000_000]],
    UINT64: [{ rawData: new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]) }, [1]],
    BOOL: [{ int32Data: [1, 0] }, [1, 0]],
  };
  it.each(Object.entries(stored))('read %s', (type, [data, expected]) => {
    const dataType = TensorProto_DataType[type as keyof typeof TensorProto_DataType];
    const model = modelProto({ opset: 13, inputs: {}, nodes: [] });
    const dims = [BigInt(expected.length)];
    model.graph!.initializer.push(create(TensorProtoSchema, { name: 'a', dataType, dims, ...data }));
    const array = onnxInitializers(bytesOf(model)).get('a')!;
    expect(Array.from(array.data as ArrayLike<number | bigint>, Number)).toEqual(expected);
    expect(array.dtype).toBe(/FLOAT|DOUBLE/.test(type) ? 'float32' : type === 'BOOL' ? 'bool' : 'int64');
  });
});
