import { create, toBinary } from '@bufbuild/protobuf';
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { describe, expect, it, vi } from 'vitest';
import { grad } from '../../autodiff.ts';
import { sizeOf, type Shape } from '../../graph/dtype.ts';
import { float32, int64, type NDArray } from '../../graph/ndarray.ts';
import { constant, type Tensor } from '../../graph/tensor.ts';
import { mul, reduceSum, slice, square } from '../../ops/index.ts';
import { compile } from '../../session.ts';
import { decodeOnnx } from './decode.ts';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  FunctionProtoSchema,
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  type ModelProto,
} from '../schema/onnx_pb.ts';
import { declaration, int, ints, modelProto, node } from './testing/models.ts';

const bytesOf = (model: ModelProto): Uint8Array => toBinary(ModelProtoSchema, model);

function wave(shape: Shape, phase = 0): NDArray<'float32'> {
  return float32(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1.3 * i + phase)),
    shape,
  );
}

/** The output y of a model for its input x, here and in ONNX Runtime. */
async function bothOf(bytes: Uint8Array, x: NDArray): Promise<{ here: number[]; there: number[] }> {
  const session = await compile({ y: decodeOnnx(bytes).outputs.y! });
  const here = (await session.run({ x })).y;
  await session.release();
  const original = await InferenceSession.create(bytes);
  const there = (await original.run({ x: new RuntimeTensor(x.dtype, x.data, x.shape) })).y!;
  await original.release();
  expect(here.shape).toEqual(there.dims);
  const numbers = (data: unknown): number[] => Array.from(data as ArrayLike<number | bigint>, Number);
  return { here: numbers(here.data), there: numbers(there.data) };
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-5): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    if (!(Math.abs(actual[i]! - value) <= tolerance * Math.max(1, Math.abs(value))))
      throw new Error(`element ${i}: ${actual[i]}, expected ${value}`);
  });
}

/** The gradient to x of a loss on y along a direction, by the rules and by finite differences. */
async function slopes(bytes: Uint8Array, x: NDArray<'float32'>): Promise<[rule: number, difference: number]> {
  const { inputs, outputs } = decodeOnnx(bytes);
  const y = outputs.y!;
  const loss = reduceSum(mul(y, constant(wave(y.shape, 0.4))));
  const [dx] = grad(loss, [inputs.get('x')!]) as [Tensor];
  const session = await compile({ loss, dx });
  const direction = wave(x.shape, 2).data;
  const lossAt = async (step: number): Promise<number> => {
    const moved = x.data.map((value, i) => value + step * direction[i]!);
    return Number((await session.run({ x: float32(moved, x.shape) }, ['loss'])).loss.data[0]);
  };
  const { data } = (await session.run({ x }, ['dx'])).dx;
  const rule = (data as Float32Array).reduce((sum, value, i) => sum + value * direction[i]!, 0);
  const difference = ((await lossAt(5e-3)) - (await lossAt(-5e-3))) / 1e-2;
  await session.release();
  return [rule, difference];
}

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

  it('are put in where they are called, with the attributes of the call and their defaults', async () => {
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

  it('are refused when they call themselves, or more of them than any network has', () => {
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
    expect(() => decodeOnnx(bytesOf(doubling))).toThrow(/functions that call one another without end/);
  });
});

describe('opset 6', () => {
  const inputs = { x: { dtype: 'float32' as const, shape: [2, 3, 2, 2] } };
  it('broadcasts from an axis on, and PRelu over the channels', async () => {
    const x = wave([2, 3, 2, 2]);
    const model = bytesOf(
      modelProto({
        opset: 6,
        inputs,
        initializers: { w: float32([10, 20, 30]), slope: float32([2, 3, 4]) },
        nodes: [
          node('PRelu', ['x', 'slope'], ['p']),
          node('Add', ['p', 'w'], ['y'], { broadcast: int(1), axis: int(1) }),
        ],
      }),
    );
    const session = await compile({ y: decodeOnnx(model).outputs.y! });
    const { y } = await session.run({ x });
    await session.release();
    const channel = (i: number) => Math.floor(i / 4) % 3;
    expectClose(
      [...(y.data as Float32Array)],
      Array.from(x.data, (v, i) => (v > 0 ? v : v * (2 + channel(i))) + 10 * (1 + channel(i))),
    );
  });

  it('refuses what works as in training', () => {
    const bytes = (attributes: Parameters<typeof node>[3]) =>
      bytesOf(modelProto({ opset: 6, inputs, nodes: [node('Dropout', ['x'], ['y'], attributes)] }));
    expect(() => decodeOnnx(bytes({ ratio: 0.5 }))).toThrow('node "Dropout -> y" works as in training');
    expect(decodeOnnx(bytes({ is_test: int(1) })).outputs.y?.shape).toEqual([2, 3, 2, 2]);
  });
});

describe('quantised networks', () => {
  const { INT8, UINT8 } = TensorProto_DataType;
  const bytes = (name: string, dataType: number, dims: readonly number[], values: readonly number[]) =>
    create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt), rawData: Uint8Array.from(values) });
  const base = (nodes: Parameters<typeof modelProto>[0]['nodes']): Uint8Array => {
    const model = modelProto({
      opset: 13,
      inputs: { x: { dtype: 'float32', shape: [1, 2, 4, 4] } },
      initializers: {
        xs: float32([0.02], []),
        ws: float32([0.01, 0.02, 0.03]),
        ys: float32([0.05], []),
        b: int64([]),
      },
      nodes,
    });
    const kernel = Array.from({ length: 3 * 2 * 9 }, (_, i) => (i * 37) % 251);
    model.graph!.initializer.push(
      bytes('xz', UINT8, [], [120]),
      bytes('w', INT8, [3, 2, 3, 3], kernel),
      bytes('wz', INT8, [3], [0, 0, 0]),
      bytes('yz', UINT8, [], [100]),
    );
    return bytesOf(model);
  };
  const dequantised = [
    node('QuantizeLinear', ['x', 'xs', 'xz'], ['q']),
    node('DequantizeLinear', ['q', 'xs', 'xz'], ['f']),
    node('DequantizeLinear', ['w', 'ws', 'wz'], ['wf'], { axis: int(0) }),
    node('Conv', ['f', 'wf'], ['c'], { pads: ints(1, 1, 1, 1) }),
  ];
  const forms = {
    'as QDQ': base([
      ...dequantised,
      node('QuantizeLinear', ['c', 'ys', 'yz'], ['r']),
      node('DequantizeLinear', ['r', 'ys', 'yz'], ['y']),
    ]),
    'as operators': base([
      node('QuantizeLinear', ['x', 'xs', 'xz'], ['q']),
      node('QLinearConv', ['q', 'xs', 'xz', 'w', 'ws', 'wz', 'ys', 'yz'], ['r'], { pads: ints(1, 1, 1, 1) }),
      node('DequantizeLinear', ['r', 'ys', 'yz'], ['y']),
    ]),
    'of what comes in': base([
      node('DynamicQuantizeLinear', ['x'], ['q', 's', 'z']),
      node('ConvInteger', ['q', 'w', 'z'], ['sums'], { pads: ints(1, 1, 1, 1) }),
      node('Cast', ['sums'], ['floats'], { to: int(1) }),
      node('Mul', ['floats', 's'], ['y']),
    ]),
  };
  it.each(Object.entries(forms))('%s give the numbers of ONNX Runtime, to one step', async (_, model) => {
    const { here, there } = await bothOf(model, wave([1, 2, 4, 4]));
    expect(new Set(there).size).toBeGreaterThan(20);
    here.forEach((value, i) => expect(Math.abs(value - there[i]!)).toBeLessThan(0.051));
    const same = here.filter((value, i) => Math.abs(value - there[i]!) < 1e-3).length;
    expect(same).toBeGreaterThan(0.9 * here.length);
  });

  it('hand the gradient through what they round, and not through what they cut off', async () => {
    const { inputs, outputs } = decodeOnnx(
      base([
        node('QuantizeLinear', ['x', 'xs', 'xz'], ['q']),
        node('DequantizeLinear', ['q', 'xs', 'xz'], ['y']),
      ]),
    );
    const [dx] = grad(reduceSum(outputs.y!), [inputs.get('x')!]) as [Tensor];
    const session = await compile({ dx });
    const x = float32(
      Float32Array.from({ length: 32 }, (_, i) => (i === 3 ? 9 : i === 5 ? -9 : 0.3)),
      [1, 2, 4, 4],
    );
    const { data } = (await session.run({ x })).dx;
    await session.release();
    expectClose(
      [...(data as Float32Array)],
      Array.from({ length: 32 }, (_, i) => (i === 3 || i === 5 ? 0 : 1)),
    );
  });
});

describe('recurrent layers', () => {
  const [steps, batch, features, units] = [4, 2, 3, 2];
  const gates = { LSTM: 4, GRU: 3, RNN: 1 };
  const layer = (kind: keyof typeof gates, directions: number, attributes: Parameters<typeof node>[3]) => {
    const count = gates[kind];
    return bytesOf(
      modelProto({
        opset: 14,
        inputs: { x: { dtype: 'float32', shape: [steps, batch, features] } },
        initializers: {
          w: wave([directions, count * units, features], 1),
          r: wave([directions, count * units, units], 2),
          b: wave([directions, 2 * count * units], 3),
          h: wave([directions, batch, units], 4),
        },
        nodes: [node(kind, ['x', 'w', 'r', 'b', '', 'h'], ['y'], { hidden_size: int(units), ...attributes })],
      }),
    );
  };
  const kinds = ['LSTM', 'GRU', 'RNN'] as const;
  const directions = ['forward', 'reverse', 'bidirectional'] as const;
  it.each(kinds.flatMap((kind) => directions.map((direction) => [kind, direction] as const)))(
    '%s, %s: value of ONNX Runtime, gradient of finite differences',
    async (kind, direction) => {
      const model = layer(kind, direction === 'bidirectional' ? 2 : 1, { direction });
      const x = wave([steps, batch, features]);
      const { here, there } = await bothOf(model, x);
      expectClose(here, there);
      const [rule, difference] = await slopes(model, x);
      expect(Math.abs(rule - difference)).toBeLessThan(1e-2 * Math.max(1, Math.abs(difference)));
    },
  );

  it('with a limit on what goes into the gates, which is written out step by step', async () => {
    const model = layer('GRU', 1, { clip: 0.5 });
    const { here, there } = await bothOf(model, wave([steps, batch, features]));
    expectClose(here, there);
  });

  it('name the weight that does not fit', () => {
    expect(() => decodeOnnx(layer('LSTM', 1, { direction: 'bidirectional' }))).toThrow(
      /node "LSTM -> y" does not fit its inputs: (LSTM: W is \[1, 8, 3\], expected \[2, 8, 3\]|\[1, )/,
    );
  });
});

describe('whole numbers of few bits', () => {
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
  ] as const)('%s of %s comes back in at the other end', async (type, element, first, second, expected) => {
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

describe('ONNX Runtime', () => {
  it('does not write to the terminal: what it has to say is in the error', async () => {
    const create = vi.spyOn(InferenceSession, 'create');
    const session = await compile({ y: square(constant(2)) });
    await session.release();
    expect(create.mock.calls[0]).toMatchObject([{}, { logSeverityLevel: 4 }]); // 4: what ends the process
    create.mockRestore();
  });

  it('is not given a pool after a Pad, which it would merge into it with pads that are too wide', async () => {
    const model = bytesOf(
      modelProto({
        opset: 13,
        inputs: { x: { dtype: 'float32', shape: [1, 1, 4, 4] } },
        initializers: { pads: int64([0, 0, 3, 3, 0, 0, 3, 3]) },
        nodes: [
          node('Pad', ['x', 'pads'], ['p']),
          node('AveragePool', ['p'], ['y'], { kernel_shape: ints(2, 2), strides: ints(2, 2) }),
        ],
      }),
    );
    const session = await compile({ y: decodeOnnx(model).outputs.y! });
    const ones = float32(new Float32Array(16).fill(1), [1, 1, 4, 4]);
    const { y } = await session.run({ x: ones });
    await session.release();
    const weights = [0, 0.5, 1, 0.5, 0];
    expect(y.shape).toEqual([1, 1, 5, 5]);
    expectClose(
      [...(y.data as Float32Array)],
      weights.flatMap((row) => weights.map((column) => row * column)),
    );
  });
});

describe('Upsample and Resize to the nearest', () => {
  const picture = wave([1, 2, 3, 4]);
  const resize = (
    opset: number,
    attributes: Parameters<typeof node>[3],
    scales?: readonly number[],
    sizes?: readonly number[],
  ) => {
    const isUpsample = opset < 10;
    const inputs =
      opset < 11
        ? ['x', ...(scales ? ['scales'] : [])]
        : ['x', '', scales ? 'scales' : '', ...(sizes ? ['sizes'] : [])];
    return bytesOf(
      modelProto({
        opset,
        inputs: { x: { dtype: 'float32', shape: [1, 2, 3, 4] } },
        initializers: {
          kernel: wave([2, 2, 1, 1], 1),
          ...(scales === undefined ? {} : { scales: float32(scales) }),
          ...(sizes === undefined ? {} : { sizes: int64(sizes) }),
        },
        nodes: [
          node('Conv', ['x', 'kernel'], ['c']),
          node(isUpsample ? 'Upsample' : 'Resize', ['c', ...inputs.slice(1)], ['y'], attributes),
        ],
      }),
    );
  };
  const scales = [1, 1, 2, 2];
  const cases: Record<string, Uint8Array> = {
    'Upsample-7': resize(7, { scales }),
    'Upsample-9': resize(9, {}, scales),
    'Resize-10': resize(10, {}, scales),
    'Resize-10, by 3 and 2': resize(10, {}, [1, 1, 3, 2]),
    'Resize-13, sizes': resize(
      13,
      { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      undefined,
      [1, 2, 6, 8],
    ),
    'Resize-13, half pixels': resize(13, {}, scales),
    'Resize-18, ceil': resize(18, { nearest_mode: 'ceil' }, [1, 1, 2.5, 1.5]),
    'Resize-19, round_prefer_ceil': resize(
      19,
      { nearest_mode: 'round_prefer_ceil' },
      undefined,
      [1, 2, 7, 3],
    ),
  };
  it.each(Object.entries(cases))('%s: gradient of a part of the result', async (_, model) => {
    const { here, there } = await bothOf(model, picture);
    expectClose(here, there);
    const { inputs, outputs } = decodeOnnx(model);
    const y = outputs.y!;
    const inside = slice(y, [1, 1], [y.dimension(2) - 1, y.dimension(3) - 1], [2, 3]);
    const x = inputs.get('x')!;
    const [dx] = grad(mul(reduceSum(square(inside)), 0.5), [x]) as [Tensor];
    const session = await compile({ dx, loss: mul(reduceSum(square(inside)), 0.5) });
    const gradient = (await session.run({ x: picture })).dx.data as Float32Array;
    const direction = wave(picture.shape, 2).data;
    const lossAt = async (step: number) => {
      const moved = picture.data.map((value, i) => value + step * direction[i]!);
      return Number((await session.run({ x: float32(moved, picture.shape) })).loss.data[0]);
    };
    const rule = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
    const difference = ((await lossAt(5e-3)) - (await lossAt(-5e-3))) / 1e-2;
    await session.release();
    expect(Math.abs(rule - difference)).toBeLessThan(1e-2 * Math.max(1, Math.abs(difference)));
  });
});
