import { describe, expect, it } from 'vitest';
import { float32, int64 } from '../../../graph/ndarray.ts';
import { decodeOnnx } from '../decode.ts';
import { expectClose } from '../testing/compare.ts';
import { ints, modelProto, node, bytesOf } from '../testing/models.ts';
import { compile } from '../../../session.ts';

describe('ONNX Runtime', () => {
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
