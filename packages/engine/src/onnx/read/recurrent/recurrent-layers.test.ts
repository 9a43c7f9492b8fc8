import { describe, expect, it } from 'vitest';
import { decodeOnnx } from '../decode.ts';
import { wave, bothOf, expectClose, slopes } from '../testing/compare.ts';
import { int, modelProto, node, bytesOf } from '../testing/models.ts';

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

  it('support clipping before the gates, step by step', async () => {
    const model = layer('GRU', 1, { clip: 0.5 });
    const { here, there } = await bothOf(model, wave([steps, batch, features]));
    expectClose(here, there);
  });

  it('name the weight whose shape is wrong', () => {
    expect(() => decodeOnnx(layer('LSTM', 1, { direction: 'bidirectional' }))).toThrow(
      /node "LSTM -> y" does not fit its inputs: (LSTM: W is \[1, 8, 3\], expected \[2, 8, 3\]|\[1, )/,
    );
  });
});
