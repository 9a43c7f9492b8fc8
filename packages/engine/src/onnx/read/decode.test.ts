import { create } from '@bufbuild/protobuf';
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { grad } from '../../autodiff.ts';
import { InputError } from '../../errors.ts';
import { float32, int64 } from '../../graph/ndarray.ts';
import { listOnnxInputs, listOnnxNodes } from './contents.ts';
import { decodeOnnx, type DecodeOptions } from './decode.ts';
import { onnxInitializers } from './initializers.ts';
import { branch, declaration, int, ints, modelBytes, modelProto, node, bytesOf } from './testing/models.ts';
import { refusal } from './testing/refusal.ts';
import {
  AttributeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  type NodeProto,
} from '../schema/onnx_pb.ts';
import { reduceSum, square } from '../../ops/index.ts';
import { compile } from '../../session.ts';

const picture = { x: { dtype: 'float32' as const, shape: [1, 2, 4, 4] } };

// A trunk for any size, and a classifier only for 4 x 4, with an unknown operator.
const classifier = modelProto({
  opset: 13,
  inputs: picture,
  initializers: {
    w: float32(Float32Array.from({ length: 32 * 3 }, Math.sin), [32, 3]),
    wanted: int64([1, 32]),
  },
  nodes: [
    node('Relu', ['x'], ['features'], {}, 'relu1'),
    node('Reshape', ['features', 'wanted'], ['flat'], {}, 'flatten'),
    node('MatMul', ['flat', 'w'], ['scores'], {}, 'dense'),
    node('Mystery', ['scores'], ['y'], {}, 'magic'),
  ],
});

describe('decoding only what is requested', () => {
  const bytes = bytesOf(classifier);

  it('leaves out what the requested values do not need', () => {
    const { outputs, values } = decodeOnnx(bytes, { until: ['features'], inputShapes: { x: [2, 2, 9, 7] } });
    expect(outputs.features?.shape).toEqual([2, 2, 9, 7]);
    expect([...values.keys()]).toEqual(['x', 'features']);
  });

  it('accepts the name of a node for its first output', () => {
    const { outputs, value } = decodeOnnx(bytes, { until: ['dense'] });
    expect(outputs.dense).toBe(value('scores'));
  });

  it('decodes more when a value is requested, and says then why it cannot', () => {
    const model = decodeOnnx(bytes, { until: [], inputShapes: { x: [1, 2, 5, 5] } });
    expect(model.value('relu1').shape).toEqual([1, 2, 5, 5]);
    const reason = /node "flatten" \(Reshape\) does not fit its inputs: Reshape: \[1, 2, 5, 5\]/;
    expect(() => model.value('flat')).toThrow(reason);
    expect(() => model.value('scores')).toThrow(reason);
    expect(() => model.value('nothing')).toThrow('no node or value is named "nothing"');
  });

  it('decodes the outputs of the model by default, and names what is missing', () => {
    expect(refusal(bytes)).toBe(
      'ONNX model: node "magic" (Mystery) uses operator Mystery, which the engine does not have',
    );
  });

  it('accepts an unknown node that no output needs', () => {
    const spare = modelBytes({
      opset: 13,
      inputs: picture,
      nodes: [node('Relu', ['x'], ['y']), node('Mystery', ['x'], ['z'])],
    });
    const { values, value } = decodeOnnx(spare);
    expect([...values.keys()]).toEqual(['x', 'y']);
    expect(() => value('z')).toThrow('node "Mystery -> z" uses operator Mystery');
  });
});

describe('shapes of inputs', () => {
  const open = modelProto({ opset: 13, inputs: {}, nodes: [node('Relu', ['x'], ['y'])] });
  open.graph!.input.push(declaration('x', ['batch', 3, 'height', '']));

  it('are fixed by the caller where they are open', () => {
    expect(listOnnxInputs(bytesOf(open))).toEqual([
      { name: 'x', dtype: 'float32', dimensions: ['batch', 3, 'height', ''] },
    ]);
    const { outputs } = decodeOnnx(bytesOf(open), { inputShapes: { x: [1, 3, 5, 6] } });
    expect(outputs.y?.shape).toEqual([1, 3, 5, 6]);
  });

  it.each<[string, DecodeOptions, string]>([
    ['missing', {}, 'input "x" has open dimensions [batch, 3, height, ?]; give its shape'],
    [
      'of another rank',
      { inputShapes: { x: [3, 5, 6] } },
      'input "x" cannot have shape [3, 5, 6]; the model declares [batch, 3, height, ?]',
    ],
    [
      'of nothing',
      { inputShapes: { x: [1, 3, 0, 5] } },
      'input "x" cannot have shape [1, 3, 0, 5]; sizes are whole numbers from 1',
    ],
    [
      'for another input',
      { inputShapes: { x: [1, 3, 5, 5], z: [1] } },
      'it has no input "z" to give a shape to; its inputs are "x"',
    ],
  ])('are refused when %s', (_, options, message) => {
    expect(refusal(bytesOf(open), options)).toBe(`ONNX model: ${message}`);
  });

  it('are open also when the file declares 0 or -1', () => {
    const model = modelProto({ opset: 13, inputs: {}, nodes: [node('Relu', ['x'], ['y'])] });
    model.graph!.input.push(declaration('x', [-1, 3, 0, 4]));
    expect(listOnnxInputs(bytesOf(model))[0]?.dimensions).toEqual(['', 3, '', 4]);
  });

  it('may replace the shapes that the model was exported with', async () => {
    const fixture = readFileSync(new URL('testing/residual-17.onnx', import.meta.url));
    const { inputs, outputs } = decodeOnnx(fixture, { inputShapes: { picture: [1, 3, 40, 31] } });
    expect(outputs.result?.shape).toEqual([1, 5]);
    const [dx] = grad(reduceSum(square(outputs.result!)), [inputs.get('picture')!]);
    const session = await compile({ dx: dx! });
    const zeros = float32(new Float32Array(3 * 40 * 31), [1, 3, 40, 31]);
    expect((await session.run({ picture: zeros })).dx.shape).toEqual([1, 3, 40, 31]);
  });

  it('count 8-bit pixels as float32, so that the picture has a gradient', async () => {
    const model = modelProto({
      opset: 13,
      inputs: {},
      nodes: [node('Cast', ['x'], ['f'], { to: int(1) }), node('Mul', ['f', 'f'], ['y'])],
    });
    model.graph!.input.push(declaration('x', [2], TensorProto_DataType.UINT8));
    const { inputs, outputs } = decodeOnnx(bytesOf(model));
    const [dx] = grad(reduceSum(outputs.y!), [inputs.get('x')!]);
    const session = await compile({ dx: dx! });
    expect([...(await session.run({ x: float32([3, 200]) })).dx.data]).toEqual([6, 400]);
  });

  it('skip the weights, which were inputs as well before IR version 4', () => {
    const model = modelProto({
      opset: 7,
      irVersion: 3,
      inputs: { x: { dtype: 'float32', shape: [2] }, w: { dtype: 'float32', shape: [2] } },
      initializers: { w: float32([1, 2]) },
      nodes: [node('Mul', ['x', 'w'], ['y'])],
    });
    expect([...decodeOnnx(bytesOf(model)).inputs.keys()]).toEqual(['x']);
    expect(listOnnxInputs(bytesOf(model)).map(({ name }) => name)).toEqual(['x']);
  });
});

describe('models that are refused, in one line', () => {
  const withNodes = (...nodes: NodeProto[]) => bytesOf(modelProto({ opset: 13, inputs: picture, nodes }));

  it.each<[string, () => Uint8Array, string]>([
    [
      'an old opset',
      () => modelBytes({ opset: 5, inputs: picture, nodes: [] }),
      'opset 5 is not supported; convert the model to one of 6 to 28',
    ],
    [
      'a new opset',
      () => modelBytes({ opset: 99, inputs: picture, nodes: [] }),
      'opset 99 is not supported; convert the model to one of 6 to 28',
    ],
    [
      'an operator of a vendor',
      () =>
        withNodes(Object.assign(node('FusedConv', ['x'], ['y'], {}, 'conv1'), { domain: 'com.microsoft' })),
      'node "conv1" (FusedConv) uses operator FusedConv of "com.microsoft", which is not one of ONNX\'s own; export with standard operators',
    ],
    [
      'a loop',
      () => withNodes(node('Loop', ['x'], ['y'], { body: { graph: branch([], []) } }, 'l')),
      'node "l" (Loop) contains graphs; export the model without control flow',
    ],
    [
      'a choice by the data',
      () =>
        withNodes(
          node('Equal', ['x', 'x'], ['c']),
          node('If', ['c'], ['y'], { then_branch: { graph: branch([], ['x']) } }, 'i'),
        ),
      'node "i" (If) chooses what to do by the data of a picture; export without it',
    ],
    [
      'a sequence',
      () => withNodes(node('SequenceConstruct', ['x'], ['y'])),
      'node "SequenceConstruct -> y" works on sequences; only tensors are supported',
    ],
    [
      'an unknown attribute',
      () => withNodes(node('Relu', ['x'], ['y'], { slope: 1 }, 'r')),
      'node "r" (Relu) has attribute "slope", which the engine does not have',
    ],
    [
      'an attribute of another type',
      () => withNodes(node('Flatten', ['x'], ['y'], { axis: 1 }, 'f')),
      'node "f" (Flatten) has attribute "axis" of another type than INT',
    ],
    [
      'a missing input',
      () => withNodes(node('Conv', ['x'], ['y'], {}, 'c')),
      'node "c" (Conv) lacks input 2',
    ],
    [
      'a value from nowhere',
      () => withNodes(node('Relu', ['z'], ['y'], {}, 'r')),
      'node "r" (Relu) uses "z", which nothing before it computes',
    ],
    [
      'two nodes of one value',
      () => withNodes(node('Relu', ['x'], ['y']), node('Abs', ['x'], ['y'])),
      'two nodes compute "y"',
    ],
    [
      'training',
      () =>
        withNodes(
          node('BatchNormalization', ['x', 'x', 'x', 'x', 'x'], ['y'], { training_mode: int(1) }, 'b'),
        ),
      'node "b" (BatchNormalization) has training_mode other than 0 (export the model for inference)',
    ],
    [
      'sizes by the data',
      () =>
        withNodes(node('Cast', ['x'], ['s'], { to: int(7) }), node('Reshape', ['x', 's'], ['y'], {}, 'r')),
      'node "r" (Reshape) takes the shape from the data of a picture; they must be known in advance',
    ],
    [
      'a window without end',
      () => withNodes(node('MaxPool', ['x'], ['y'], { kernel_shape: ints(2 ** 40, 2 ** 40) }, 'm')),
      `node "m" (MaxPool) slides a window of ${2 ** 80} elements, which is too many`,
    ],
    [
      'an enormous value',
      () =>
        withNodes(
          node('Constant', [], ['s'], { value_ints: ints(2 ** 20, 2 ** 20, 1, 1, 1) }),
          node('Expand', ['x', 's'], ['y'], {}, 'e'),
        ),
      'node "e" (Expand) computes the enormous shape [1048576, 1048576, 2, 4, 4]',
    ],
  ])('%s', (_, bytes, message) => {
    expect(refusal(bytes())).toContain(`ONNX model: ${message}`);
  });

  it('references to attributes of a function', () => {
    const relu = node('Elu', ['x'], ['y'], {}, 'e');
    relu.attribute.push(create(AttributeProtoSchema, { name: 'alpha', refAttrName: 'slope' }));
    expect(refusal(withNodes(relu))).toContain('refers to attributes of a function');
  });

  it('tensors that declare more than their data, before allocation', () => {
    const model = modelProto({ opset: 13, inputs: picture, nodes: [node('Add', ['x', 'w'], ['y'])] });
    const dims = [2n ** 30n, 2n ** 20n];
    model.graph!.initializer.push(
      create(TensorProtoSchema, { name: 'w', dataType: TensorProto_DataType.FLOAT, dims, floatData: [1] }),
    );
    expect(refusal(bytesOf(model))).toBe(`ONNX model: "w" has 1 elements, but its shape needs ${2 ** 50}`);
  });
});

describe('hostile files', () => {
  const shapes: Readonly<Record<string, readonly number[]>> = {
    'inception-9': [2, 3, 12, 11],
    'decoder-11': [1, 3, 6, 8],
    'shuffle-17': [1, 3, 8, 10],
    'responses-17': [1, 3, 12, 12],
    'transformer-17': [1, 3, 8, 12],
  };
  const originals = Object.entries(shapes).map(([name, shape]) => ({
    original: readFileSync(new URL(`testing/${name}.onnx`, import.meta.url)),
    inputShapes: { picture: shape },
  }));

  it('cause nothing worse than an InputError, however a file is changed', () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      to: fc.nat(255),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...originals),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 8 }),
        ({ original, inputShapes }, changes, cut) => {
          const bytes = new Uint8Array(original);
          for (const { at, to } of changes) bytes[Math.floor(at * bytes.length)] = to;
          const file = cut === null ? bytes : bytes.subarray(0, cut * bytes.length);
          for (const read of [
            () => decodeOnnx(file, { inputShapes }),
            () => onnxInitializers(file),
            () => listOnnxNodes(file),
          ]) {
            try {
              read();
            } catch (error) {
              if (!(error instanceof InputError)) throw error;
            }
          }
        },
      ),
      { numRuns: 3000 },
    );
  }, 60_000);

  it('cannot keep the reader busy with computing sizes', () => {
    const nodes = [node('Range', ['zero', 'many', 'one'], ['v0'])];
    for (let i = 0; i < 2000; i++) nodes.push(node('Add', [`v${i}`, `v${i}`], [`v${i + 1}`]));
    const bytes = modelBytes({
      opset: 13,
      inputs: picture,
      initializers: { zero: int64([0], []), many: int64([60_000], []), one: int64([1], []) },
      nodes,
      outputs: ['v2000'],
    });
    const before = performance.now();
    decodeOnnx(bytes);
    expect(performance.now() - before).toBeLessThan(20_000);
  }, 30_000);
});
