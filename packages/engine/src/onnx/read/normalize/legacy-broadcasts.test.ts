import { describe, expect, it } from 'vitest';
import { float32 } from '../../../graph/ndarray.ts';
import { decodeOnnx } from '../decode.ts';
import { wave, expectClose } from '../testing/compare.ts';
import { int, modelProto, node, bytesOf } from '../testing/models.ts';
import { compile } from '../../../session.ts';

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

  it('refuses operators in training mode', () => {
    const bytes = (attributes: Parameters<typeof node>[3]) =>
      bytesOf(modelProto({ opset: 6, inputs, nodes: [node('Dropout', ['x'], ['y'], attributes)] }));
    expect(() => decodeOnnx(bytes({ ratio: 0.5 }))).toThrow('node "Dropout -> y" works as in training');
    expect(decodeOnnx(bytes({ is_test: int(1) })).outputs.y?.shape).toEqual([2, 3, 2, 2]);
  });
});
