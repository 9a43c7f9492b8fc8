import { describe, expect, it } from 'vitest';
import { bool, float32, int64, type NDArray } from '../../../graph/ndarray.ts';
import { compile } from '../../../session.ts';
import { decodeOnnx } from '../decode.ts';
import { expectClose } from '../testing/compare.ts';
import { int, modelBytes, node, type Attribute } from '../testing/models.ts';
import { single, testCases, wave } from '../testing/operator-cases.ts';

const mask = bool(
  Array.from({ length: 20 }, (_, index) => index % 3 !== 1),
  [4, 5],
);
// -Infinity hides: the second query sees no key.
const hidingMask = float32(
  Array.from({ length: 20 }, (_, index) =>
    index % 7 === 0 || Math.floor(index / 5) === 1 ? -Infinity : index / 10,
  ),
  [4, 5],
);
const heads = { q_num_heads: int(2), kv_num_heads: int(2) };

testCases({
  'Attention of heads': single(
    'Attention',
    [23, 24],
    wave(2, 3, 4, 6),
    {},
    wave(2, 3, 5, 6),
    wave(2, 3, 5, 2),
  ),
  'Attention with a scale': single('Attention', [23], wave(1, 2, 4, 6), { scale: 0.1 }, wave(1, 2, 5, 6), wave(1, 2, 5, 2)), // prettier-ignore
  'Attention with heads side by side': single('Attention', [23], wave(2, 4, 12), heads, wave(2, 5, 12), wave(2, 5, 6)), // prettier-ignore
  'Attention with a mask': single('Attention', [23], wave(1, 2, 4, 6), {}, wave(1, 2, 5, 6), wave(1, 2, 5, 2), mask), // prettier-ignore
  'Attention with a mask of numbers': single('Attention', [23], wave(1, 2, 4, 6), {}, wave(1, 2, 5, 6), wave(1, 2, 5, 2), wave(4, 5)), // prettier-ignore
  'Attention that is causal': single('Attention', [23], wave(1, 2, 5, 6), { is_causal: int(1) }, wave(1, 2, 5, 6), wave(1, 2, 5, 2)), // prettier-ignore
  'Attention with a query that sees nothing': single('Attention', [23], wave(1, 2, 4, 6), {}, wave(1, 2, 5, 6), wave(1, 2, 5, 2), hidingMask), // prettier-ignore
  'Attention of groups': single('Attention', [23], wave(1, 4, 4, 6), {}, wave(1, 2, 5, 6), wave(1, 2, 5, 2)),
});

// What ONNX Runtime does not do, or not for CPUs, compared with loops over ONNX's definition.
describe('Attention as ONNX defines it', () => {
  const [q, k, v] = [wave(1, 1, 4, 6), wave(1, 1, 5, 6), wave(1, 1, 5, 2)];
  const scale = 1 / Math.sqrt(6);

  /** Softmax over the keys that a query sees. */
  function expected(sees: (query: number, key: number) => boolean): { y: number[]; shares: number[] } {
    const y: number[] = [];
    const shares: number[] = [];
    for (let query = 0; query < 4; query++) {
      const weights = Array.from({ length: 5 }, (_, key) =>
        sees(query, key) ? Math.exp(score(query, key)) : 0,
      );
      const sum = weights.reduce((a, b) => a + b) || 1;
      shares.push(...weights.map((weight) => weight / sum));
      for (const feature of [0, 1])
        y.push(
          weights.reduce((total, weight, key) => total + (weight / sum) * v.data[key * 2 + feature]!, 0),
        );
    }
    return { y, shares };
  }

  const score = (query: number, key: number): number =>
    scale *
    Array.from({ length: 6 }, (_, i) => q.data[query * 6 + i]! * k.data[key * 6 + i]!).reduce(
      (a, b) => a + b,
    );

  async function run(attributes: Readonly<Record<string, Attribute>>, ...others: (NDArray | undefined)[]) {
    const stored = [k, v, ...others].map((value, i) => [value === undefined ? '' : `w${i}`, value] as const);
    const inputs = ['x', ...stored.map(([name]) => name)];
    const initializers = Object.fromEntries(stored.filter(([name]) => name !== '')) as Record<
      string,
      NDArray
    >;
    const outputs = ['y', '', '', 'stage'];
    const bytes = modelBytes({
      opset: 25,
      inputs: { x: q },
      initializers,
      nodes: [node('Attention', inputs, outputs, attributes)],
      outputs: ['y', 'stage'],
    });
    const session = await compile(decodeOnnx(bytes).outputs);
    const { y, stage } = await session.run({ x: q });
    await session.release();
    return { y: Array.from(y!.data, Number), stage: Array.from(stage!.data, Number) };
  }

  const all = Array.from({ length: 20 }, (_, i) => [Math.floor(i / 5), i % 5] as const);
  const mode = (number: number) => ({ qk_matmul_output_mode: int(number) });

  it('gives the scores as its fourth output, as PyTorch names it, before and after the mask', async () => {
    const scores = all.map(([query, key]) => score(query, key));
    const raw = await run({ softcap: 0.7 }, mask);
    expectClose(raw.stage, scores);
    const capped = scores.map((value) => 0.7 * Math.tanh(value / 0.7));
    expectClose((await run({ ...mode(1), softcap: 0.7 }, mask)).stage, capped);
    const { stage } = await run({ ...mode(2), softcap: 0.7 }, mask);
    expect(stage.map((value) => value === -Infinity)).toEqual(Array.from(mask.data, (seen) => seen === 0));
    expectClose(
      stage.filter((value) => value !== -Infinity),
      capped.filter((_, i) => mask.data[i] === 1),
    );
    expectClose((await run(mode(3), mask)).stage, expected((i, j) => mask.data[i * 5 + j] === 1).shares);
  });

  it('gives 0 for a query that sees no key, and NaN nowhere', async () => {
    const third = bool(all.map(([query]) => query !== 2), [4, 5]); // prettier-ignore
    const { y, stage } = await run(mode(3), third);
    const right = expected((query) => query !== 2);
    expectClose(y, right.y);
    expectClose(stage, right.shares);
    expect(y.slice(4, 6)).toEqual([0, 0]);
  });

  it('sees no keys behind the end of a mask', async () => {
    const short = bool(new Uint8Array(12).fill(1), [4, 3]);
    expectClose((await run({}, short)).y, expected((_, key) => key < 3).y);
    const numbers = float32(new Float32Array(12), [4, 3]);
    expectClose((await run({}, numbers)).y, expected((_, key) => key < 3).y);
  });

  it('sees the keys of a window', async () => {
    const window = { left_window_size: int(1), right_window_size: int(2) };
    const { y } = await run(window);
    expectClose(y, expected((query, key) => key >= query - 1 && key <= query + 2).y);
    const { y: causal } = await run({ ...window, is_causal: int(1) });
    expectClose(causal, expected((query, key) => key >= query - 1 && key <= query).y);
  });

  it('sees as many keys as there are, the last of them beside the last query', async () => {
    const { y } = await run({ is_causal: int(1) }, undefined, undefined, undefined, int64([3]));
    expectClose(y, expected((query, key) => key < 3 && key <= query - 1).y);
  });
});
