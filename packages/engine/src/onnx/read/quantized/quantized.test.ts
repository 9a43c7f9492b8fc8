import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { grad } from '../../../autodiff.ts';
import { float32, int64 } from '../../../graph/ndarray.ts';
import type { Tensor } from '../../../graph/tensor.ts';
import { decodeOnnx } from '../decode.ts';
import { wave, bothOf, expectClose } from '../testing/compare.ts';
import { int, ints, modelProto, node, bytesOf } from '../testing/models.ts';
import { TensorProto_DataType, TensorProtoSchema } from '../../schema/onnx_pb.ts';
import { reduceSum } from '../../../ops/index.ts';
import { compile } from '../../../session.ts';

describe('quantised networks', () => {
  const { FLOAT, INT8, UINT8 } = TensorProto_DataType;
  const bytes = (name: string, dataType: number, dims: readonly number[], values: readonly number[]) =>
    create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt), rawData: Uint8Array.from(values) });
  const base = (nodes: Parameters<typeof modelProto>[0]['nodes'], opset = 13): Uint8Array => {
    const model = modelProto({
      opset,
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
    'as QDQ of opset 23, with the precision of the division': base(
      [
        ...dequantised,
        node('QuantizeLinear', ['c', 'ys', 'yz'], ['r'], { precision: int(FLOAT) }),
        node('DequantizeLinear', ['r', 'ys', 'yz'], ['y']),
      ],
      23,
    ),
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
  it.each(Object.entries(forms))(
    '%s give the numbers of ONNX Runtime, within one quantisation step',
    async (_, model) => {
      const { here, there } = await bothOf(model, wave([1, 2, 4, 4]));
      expect(new Set(there).size).toBeGreaterThan(20);
      here.forEach((value, i) => expect(Math.abs(value - there[i]!)).toBeLessThan(0.051));
      const same = here.filter((value, i) => Math.abs(value - there[i]!) < 1e-3).length;
      expect(same).toBeGreaterThan(0.9 * here.length);
    },
  );

  it('pass the gradient through rounding, but not through clipping', async () => {
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
