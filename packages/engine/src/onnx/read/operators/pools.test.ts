import { describe, expect, it } from 'vitest';
import { float32, int64 } from '../../../graph/ndarray.ts';
import { decodeOnnx } from '../decode.ts';
import { expectClose } from '../testing/compare.ts';
import { compile } from '../../../session.ts';
import { ints, modelProto, node, bytesOf, int } from '../testing/models.ts';
import { picture, single, wave, testCases } from '../testing/operator-cases.ts';

testCases({
  GlobalAveragePool: single('GlobalAveragePool', [7], picture),
  GlobalMaxPool: single('GlobalMaxPool', [7], wave(2, 3, 3, 2)),
  'MaxPool with nothing given': single('MaxPool', [7, 8, 11], picture, { kernel_shape: ints(2, 3) }),
  'MaxPool, auto_pad': single('MaxPool', [8, 12], picture, {
    kernel_shape: ints(3, 3),
    strides: ints(2, 2),
    auto_pad: 'SAME_UPPER',
  }),
  'MaxPool, auto_pad below': single('MaxPool', [8], picture, {
    kernel_shape: ints(2, 2),
    strides: ints(2, 2),
    auto_pad: 'SAME_LOWER',
  }),
  'MaxPool rounded up': single('MaxPool', [10, 12], wave(1, 2, 8, 9), {
    kernel_shape: ints(3, 2),
    strides: ints(2, 2),
    ceil_mode: int(1),
  }),
  'MaxPool rounded up with pads': single('MaxPool', [11], wave(1, 2, 8, 8), {
    kernel_shape: ints(3, 3),
    strides: ints(2, 3),
    pads: ints(1, 1, 1, 1),
    ceil_mode: int(1),
  }),
  'MaxPool rounded up, the last window outside': single('MaxPool', [11], wave(1, 1, 4, 4), {
    kernel_shape: ints(1, 1),
    strides: ints(2, 3),
    ceil_mode: int(1),
  }),
  'MaxPool with dilation': single('MaxPool', [10, 12], picture, {
    kernel_shape: ints(2, 3),
    dilations: ints(3, 2),
    pads: ints(1, 1, 0, 1),
    strides: ints(1, 2),
    storage_order: int(0),
  }),
  'AveragePool with pads': single('AveragePool', [7, 11], picture, {
    kernel_shape: ints(3, 3),
    pads: ints(1, 1, 1, 1),
    strides: ints(2, 1),
  }),
  'AveragePool that counts pads': single('AveragePool', [7, 11], picture, {
    kernel_shape: ints(3, 3),
    pads: ints(1, 0, 1, 2),
    count_include_pad: int(1),
  }),
  'AveragePool, auto_pad': single('AveragePool', [7], picture, {
    kernel_shape: ints(2, 2),
    auto_pad: 'SAME_UPPER',
  }),
  'AveragePool rounded up': single('AveragePool', [10, 19], wave(1, 2, 8, 9), {
    kernel_shape: ints(3, 2),
    strides: ints(2, 2),
    ceil_mode: int(1),
  }),
  'AveragePool rounded up that counts pads': single('AveragePool', [19], wave(1, 2, 8, 9), {
    kernel_shape: ints(3, 2),
    strides: ints(2, 2),
    pads: ints(1, 1, 1, 1),
    ceil_mode: int(1),
    count_include_pad: int(1),
  }),
  'AveragePool with dilation': single('AveragePool', [19], picture, {
    kernel_shape: ints(2, 3),
    dilations: ints(2, 2),
    pads: ints(1, 1, 1, 1),
  }),
});

describe('ONNX Runtime', () => {
  it('never gets a pool right after a Pad: it would merge them, with pads that are too wide', async () => {
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
