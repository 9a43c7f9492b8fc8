import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { decodeOnnx } from '../decode.ts';
import { wave, expectClose } from '../testing/compare.ts';
import { modelProto, node, bytesOf } from '../testing/models.ts';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  OperatorSetIdProtoSchema,
  type ModelProto,
} from '../../schema/onnx_pb.ts';
import { compile } from '../../../session.ts';

describe('functions that a model defines itself', () => {
  // scaled(a, b; alpha, gain = 3) = elu(a; alpha) * gain + b, called twice, once from another function
  const model = (): ModelProto => {
    const elu = node('Elu', ['a'], ['e']);
    elu.attribute.push(reference('alpha', 'alpha', AttributeProto_AttributeType.FLOAT));
    const gain = node('Constant', [], ['g']);
    gain.attribute.push(reference('value_float', 'gain', AttributeProto_AttributeType.FLOAT));
    const scaled = create(FunctionProtoSchema, {
      name: 'scaled',
      domain: 'custom',
      input: ['a', 'b'],
      output: ['c'],
      attribute: ['alpha'],
      attributeProto: [
        create(AttributeProtoSchema, { name: 'gain', type: AttributeProto_AttributeType.FLOAT, f: 3 }),
      ],
      opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: 17n })],
      node: [elu, gain, node('Mul', ['e', 'g'], ['m']), node('Add', ['m', 'b'], ['c'])],
    });
    const call = Object.assign(node('scaled', ['p', 'q'], ['r'], { alpha: 0.5, gain: 2 }), {
      domain: 'custom',
    });
    const outer = create(FunctionProtoSchema, {
      name: 'outer',
      domain: 'custom',
      input: ['p', 'q'],
      output: ['r'],
      opsetImport: [
        create(OperatorSetIdProtoSchema, { domain: '', version: 17n }),
        create(OperatorSetIdProtoSchema, { domain: 'custom', version: 1n }),
      ],
      node: [node('Mystery', ['p'], ['unused']), call],
    });
    const proto = modelProto({
      opset: 17,
      inputs: { x: { dtype: 'float32', shape: [2, 3] } },
      nodes: [
        Object.assign(node('scaled', ['x', 'x'], ['s'], { alpha: 1 }), { domain: 'custom' }),
        Object.assign(node('outer', ['s', 'x'], ['y']), { domain: 'custom' }),
      ],
    });
    proto.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: 'custom', version: 1n }));
    proto.functions.push(scaled, outer);
    return proto;
  };
  const reference = (name: string, refAttrName: string, type: AttributeProto_AttributeType) =>
    create(AttributeProtoSchema, { name, refAttrName, type });

  it('are inlined where they are called, with the attributes of the call and their defaults', async () => {
    const x = wave([2, 3]);
    const session = await compile({ y: decodeOnnx(bytesOf(model())).outputs.y! });
    const { y } = await session.run({ x });
    await session.release();
    const elu = (value: number, alpha: number) => (value > 0 ? value : alpha * (Math.exp(value) - 1));
    const scaled = Array.from(x.data, (value) => elu(value, 1) * 3 + value);
    expectClose(
      [...(y.data as Float32Array)],
      scaled.map((value, i) => elu(value, 0.5) * 2 + x.data[i]!),
    );
  });

  it('are refused when they call themselves, or when there are too many', () => {
    const recursive = model();
    recursive.functions[1]!.node = [Object.assign(node('outer', ['p', 'q'], ['r']), { domain: 'custom' })];
    expect(() => decodeOnnx(bytesOf(recursive))).toThrow(/node "outer -> r" is part of functions that call/);

    // each of 40 functions calls the one before twice
    const doubling = modelProto({
      opset: 17,
      inputs: { x: { dtype: 'float32', shape: [2] } },
      nodes: [Object.assign(node('f39', ['x'], ['y']), { domain: 'custom' })],
    });
    for (let i = 0; i < 40; i++) {
      const inner = (input: string, output: string) =>
        i === 0
          ? node('Neg', [input], [output])
          : Object.assign(node(`f${i - 1}`, [input], [output]), { domain: 'custom' });
      doubling.functions.push(
        create(FunctionProtoSchema, {
          name: `f${i}`,
          domain: 'custom',
          input: ['a'],
          output: ['c'],
          node: [inner('a', 'b'), inner('b', 'c')],
        }),
      );
    }
    expect(() => decodeOnnx(bytesOf(doubling))).toThrow(/functions that call each other without end/);
  });
});
