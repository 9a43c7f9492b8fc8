import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { float32, int64 } from '../../../graph/ndarray.ts';
import { decodeOnnx } from '../decode.ts';
import { declaration, modelProto, node, bytesOf } from '../testing/models.ts';
import { TensorProto_DataType, TensorProtoSchema } from '../../schema/onnx_pb.ts';
import { compile } from '../../../session.ts';

describe('integers of few bits', () => {
  const model = (type: string, elementType: number, second: readonly number[]): Uint8Array => {
    const proto = modelProto({ opset: 14, inputs: {}, nodes: [node(type, ['x', 'w'], ['y'])] });
    proto.graph!.input.push(declaration('x', [4], elementType));
    proto.graph!.initializer.push(
      create(TensorProtoSchema, { name: 'w', dataType: elementType, dims: [4n], int32Data: [...second] }),
    );
    return bytesOf(proto);
  };
  const run = async (bytes: Uint8Array, values: readonly number[]): Promise<number[]> => {
    const { inputs, outputs } = decodeOnnx(bytes);
    const session = await compile({ y: outputs.y! });
    const x = inputs.get('x')!.dtype === 'int64' ? int64(values, [4]) : float32(values, [4]);
    const { data } = (await session.run({ x })).y;
    await session.release();
    return Array.from(data as ArrayLike<number | bigint>, Number);
  };

  it.each([
    ['Div', 'UINT8', [200, 7, 255, 0], [3, 8, 255, 9], [66, 0, 1, 0]],
    ['Add', 'UINT8', [200, 7, 255, 0], [100, 8, 1, 9], [44, 15, 0, 9]],
    ['Sub', 'UINT8', [3, 7, 0, 9], [100, 8, 1, 9], [159, 255, 255, 0]],
    ['Mul', 'INT8', [100, -128, 7, -3], [2, 1, -19, 50], [-56, -128, 123, 106]],
    ['Div', 'INT8', [-7, 7, -128, 5], [2, -2, -1, 3], [-3, -3, -128, 1]],
    ['Add', 'INT16', [32767, -32768, 5, 0], [1, -1, 6, 0], [-32768, 32767, 11, 0]],
    ['Add', 'INT32', [2147483647, -2147483648, 5, 0], [1, -1, 6, 0], [-2147483648, 2147483647, 11, 0]],
  ] as const)('%s of %s wraps around', async (type, element, first, second, expected) => {
    expect(await run(model(type, TensorProto_DataType[element], second), first)).toEqual(expected);
  });

  it('are refused where the engine would compute them in floats', () => {
    const proto = modelProto({
      opset: 14,
      inputs: {},
      nodes: [node('Resize', ['x', '', 's'], ['y'], { mode: 'linear' })],
    });
    proto.graph!.input.push(declaration('x', [1, 1, 2, 2], TensorProto_DataType.UINT8));
    proto.graph!.initializer.push(
      create(TensorProtoSchema, {
        name: 's',
        dataType: TensorProto_DataType.FLOAT,
        dims: [4n],
        floatData: [1, 1, 3, 3],
      }),
    );
    expect(() => decodeOnnx(bytesOf(proto))).toThrow(
      'node "Resize -> y" computes with whole numbers of few bits',
    );
    expect(() => decodeOnnx(model('Mul', TensorProto_DataType.INT16, [1, 1, 1, 1]))).toThrow(
      'cast them to floats first',
    );
  });
});
