import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { listExternalFiles } from '../contents.ts';
import { decodeOnnx } from '../decode.ts';
import { onnxInitializers } from '../initializers.ts';
import { modelProto, node, bytesOf } from '../testing/models.ts';
import { refusal } from '../testing/refusal.ts';
import {
  TensorProto_DataType,
  TensorProto_DataLocation,
  TensorProtoSchema,
  StringStringEntryProtoSchema,
} from '../../schema/onnx_pb.ts';

const picture = { x: { dtype: 'float32' as const, shape: [1, 2, 4, 4] } };

describe('weights in other files', () => {
  const external = (location: string, bytes: Record<string, string> = {}): Uint8Array => {
    const model = modelProto({ opset: 13, inputs: picture, nodes: [node('Add', ['x', 'w'], ['y'])] });
    const entries = Object.entries({ location, ...bytes });
    model.graph!.initializer.push(
      create(TensorProtoSchema, {
        name: 'w',
        dataType: TensorProto_DataType.FLOAT,
        dims: [1n],
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData: entries.map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
      }),
    );
    return bytesOf(model);
  };

  it('are read from a file beside the given model, completely or in part', () => {
    const file = new Uint8Array(Float32Array.of(5, 6, 7).buffer);
    const stored = (bytes: Record<string, string>) => {
      const model = external('weights/model.data', bytes);
      expect(listExternalFiles(model)).toEqual(['weights/model.data']);
      const externalFiles = new Map([['weights/model.data', file]]);
      expect(decodeOnnx(model, { externalFiles, until: ['y'] }).outputs.y?.shape).toEqual([1, 2, 4, 4]);
      return [...onnxInitializers(model, externalFiles).get('w')!.data];
    };
    expect(stored({ offset: '0', length: '4' })).toEqual([5]);
    expect(stored({ offset: '4', length: '4', checksum: 'unused' })).toEqual([6]);
    expect(stored({ offset: '8' })).toEqual([7]);
    expect(listExternalFiles(external('../model.data'))).toEqual([]);
  });

  it('are refused where the file is not given, or its path leaves the folder', () => {
    const outside = (path: string) =>
      `ONNX model: "w" points to the file "${path}" outside the model's own folder; such a model is refused`;
    for (const path of ['../../etc/passwd', '/etc/passwd', 'a/../../b', '..\\b', 'C:\\b', '\\\\host\\b']) {
      expect(refusal(external(path))).toBe(outside(path));
      expect(() => onnxInitializers(external(path))).toThrow(outside(path));
    }
    expect(refusal(external('model.data'))).toBe(
      'ONNX model: "w" keeps its data in another file, "model.data", which is missing; put it beside the model, or save the model as one file',
    );
  });

  it('are refused when their length is more than the file has, or is no whole number', () => {
    const files = new Map([['model.data', new Uint8Array(8)]]);
    const told = (entries: Record<string, string>) =>
      refusal(external('model.data', entries), { externalFiles: files });
    expect(told({ offset: '8' })).toBe('ONNX model: "w" has 0 elements, but its shape needs 1');
    expect(told({ offset: '4', length: '5' })).toBe(
      'ONNX model: "w" takes 5 bytes from byte 4 of "model.data", which has 8',
    );
    expect(told({ offset: '9' })).toBe(
      'ONNX model: "w" takes -1 bytes from byte 9 of "model.data", which has 8',
    );
    expect(told({ length: '3' })).toBe('ONNX model: "w" has 3 bytes, but its shape needs 4');
    for (const offset of ['-1', '1e3', ' 4', '', '9'.repeat(400)])
      expect(told({ offset })).toContain(`the offset "${offset}", which is no number of bytes`);
    expect(
      refusal(external('../model.data'), { externalFiles: new Map([['../model.data', new Uint8Array(4)]]) }),
    ).toContain("outside the model's own folder");
  });
});
