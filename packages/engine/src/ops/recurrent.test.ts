import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grad } from '../autodiff.ts';
import { Graph } from '../graph/graph.ts';
import { float32, int64, type NDArray } from '../graph/ndarray.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { compile } from '../session.ts';
import { checkGradients } from '../gradient-check.ts';
import {
  gruInference,
  lstmInference,
  scannedGru,
  scannedLstm,
  unrolledGru,
  unrolledLstm,
  add,
  mul,
  reduceSum,
  square,
} from './index.ts';

function wave(shape: readonly number[], phase: number): NDArray<'float32'> {
  const size = shape.reduce((a, b) => a * b, 1);
  return float32(
    Float32Array.from({ length: size }, (_, i) => 0.8 * Math.sin(i * 1.7 + phase)),
    shape,
  );
}

const sizes = fc.record({
  steps: fc.integer({ min: 1, max: 4 }),
  batch: fc.integer({ min: 1, max: 3 }),
  features: fc.integer({ min: 1, max: 3 }),
  units: fc.integer({ min: 1, max: 3 }),
  uses: fc.constantFrom('sequence', 'state', 'both'),
});

function used<T>(uses: string, { sequence, state }: { sequence: T; state: readonly T[] }): T[] {
  return uses === 'sequence' ? [sequence] : uses === 'state' ? [...state] : [sequence, ...state];
}

describe('gradients through time agree with finite differences', () => {
  const lstms = [
    ['unrolled', unrolledLstm],
    ['scanned', scannedLstm],
  ] as const;
  const grus = [
    ['unrolled', unrolledGru],
    ['scanned', scannedGru],
  ] as const;

  it.each(lstms)(
    'of the %s LSTM, with respect to input, kernels, bias and both initial states',
    async (_, lstm) => {
      await fc.assert(
        fc.asyncProperty(sizes, async ({ steps, batch, features, units, uses }) => {
          const values = [
            wave([steps, batch, features], 1),
            wave([features, 4 * units], 2),
            wave([units, 4 * units], 3),
            wave([4 * units], 4),
            wave([batch, units], 5),
            wave([batch, units], 6),
          ];
          const build = (
            x: Tensor,
            kernel: Tensor,
            recurrentKernel: Tensor,
            bias: Tensor,
            h: Tensor,
            c: Tensor,
          ) => used(uses, lstm(x, { kernel, recurrentKernel, bias }, [h, c]));
          await checkGradients(build, values);
        }),
        { numRuns: 12, seed: 1 },
      );
    },
  );

  it.each(grus)('of the %s GRU, with respect to input, kernels, biases and initial state', async (_, gru) => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ steps, batch, features, units, uses }) => {
        const values = [
          wave([steps, batch, features], 1),
          wave([features, 3 * units], 2),
          wave([units, 3 * units], 3),
          wave([3 * units], 4),
          wave([3 * units], 5),
          wave([batch, units], 6),
        ];
        const build = (
          x: Tensor,
          kernel: Tensor,
          recurrentKernel: Tensor,
          bias: Tensor,
          recurrentBias: Tensor,
          h: Tensor,
        ) => used(uses, gru(x, { kernel, recurrentKernel, bias, recurrentBias }, [h]));
        await checkGradients(build, values);
      }),
      { numRuns: 12, seed: 1 },
    );
  });

  it.each(lstms)('of tokens, in place of one-hot vectors (%s)', async (_, lstm) => {
    const tokens = int64([0, 2, 1, 1, 2, 2], [3, 2]);
    const weights = [wave([3, 8], 1), wave([2, 8], 2), wave([8], 3)];
    const build = (ids: Tensor, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor) =>
      lstm({ tokens: ids, depth: 3 }, { kernel, recurrentKernel, bias }).sequence;
    await checkGradients(build, [tokens, ...weights]);
  });

  it('also a second time (the gradient of the squared gradient of an LSTM)', async () => {
    const build = (x: Tensor, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor): Tensor => {
      const { sequence } = unrolledLstm(x, { kernel, recurrentKernel, bias });
      const gradients = grad(reduceSum(square(sequence)), [x, kernel, recurrentKernel, bias]);
      return gradients.map((gradient) => reduceSum(square(gradient))).reduce((a, b) => add(a, b));
    };
    const values = [wave([3, 2, 2], 1), wave([2, 8], 2), wave([2, 8], 3), wave([8], 4)];
    await checkGradients(build, values, { tolerance: 1e-2 });
  });
});

describe('the fused operators give the numbers of the unrolled ones', () => {
  const [steps, batch, features, units] = [5, 3, 4, 6];
  const x = input('x', [steps, batch, features]);
  const feeds = { x: wave([steps, batch, features], 0) };
  const start = (name: string): Tensor => mul(input(name, [batch, units]), 1);

  it('LSTM', async () => {
    const weights = {
      kernel: input('kernel', [features, 4 * units]),
      recurrentKernel: input('recurrentKernel', [units, 4 * units]),
      bias: input('bias', [4 * units]),
    };
    const state = [start('h'), start('c')] as const;
    const unrolled = unrolledLstm(x, weights, state);
    const fused = lstmInference(x, weights, state);
    const session = await compile({
      a: unrolled.sequence,
      b: fused.sequence,
      ac: unrolled.state[1],
      bc: fused.state[1],
    });
    const result = await session.run({
      ...feeds,
      kernel: wave([features, 4 * units], 1),
      recurrentKernel: wave([units, 4 * units], 2),
      bias: wave([4 * units], 3),
      h: wave([batch, units], 4),
      c: wave([batch, units], 5),
    });
    expectClose(result.b, result.a);
    expectClose(result.bc, result.ac);
  });

  it('GRU', async () => {
    const weights = {
      kernel: input('kernel', [features, 3 * units]),
      recurrentKernel: input('recurrentKernel', [units, 3 * units]),
      bias: input('bias', [3 * units]),
      recurrentBias: input('recurrentBias', [3 * units]),
    };
    const state = [start('h')] as const;
    const unrolled = unrolledGru(x, weights, state);
    const fused = gruInference(x, weights, state);
    const session = await compile({
      a: unrolled.sequence,
      b: fused.sequence,
      ah: unrolled.state[0],
      bh: fused.state[0],
    });
    const result = await session.run({
      ...feeds,
      kernel: wave([features, 3 * units], 1),
      recurrentKernel: wave([units, 3 * units], 2),
      bias: wave([3 * units], 3),
      recurrentBias: wave([3 * units], 6),
      h: wave([batch, units], 4),
    });
    expectClose(result.b, result.a);
    expectClose(result.bh, result.ah);
  });
});

describe('scanned layers give the numbers of the unrolled ones', () => {
  const [batch, units, depth] = [3, 5, 4];
  const layers = {
    LSTM: { gates: 4, scanned: twoLstms(scannedLstm), unrolled: twoLstms(unrolledLstm) },
    GRU: { gates: 3, scanned: twoGrus(scannedGru), unrolled: twoGrus(unrolledGru) },
  };

  // Tokens into a first layer, its sequence into a second one; the loss sees the sequence and the last states.
  function twoLstms(lstm: typeof scannedLstm) {
    return (tokens: Tensor, [w1, u1, b1, w2, u2, b2]: readonly Tensor[]): Tensor[] => {
      const first = lstm({ tokens, depth }, { kernel: w1!, recurrentKernel: u1!, bias: b1! });
      const second = lstm(first.sequence, { kernel: w2!, recurrentKernel: u2!, bias: b2! });
      return [second.sequence, ...second.state, ...first.state];
    };
  }
  function twoGrus(gru: typeof scannedGru) {
    return (tokens: Tensor, [w1, u1, b1, w2, u2, b2]: readonly Tensor[]): Tensor[] => {
      const [start] = [mul(input('start', [batch, units]), 1)];
      const weights1 = { kernel: w1!, recurrentKernel: u1!, bias: b1!, recurrentBias: mul(b1!, 0.5) };
      const weights2 = { kernel: w2!, recurrentKernel: u2!, bias: b2!, recurrentBias: mul(b2!, 0.5) };
      const first = gru({ tokens, depth }, weights1, [start]);
      const second = gru(first.sequence, weights2);
      return [second.sequence, ...second.state, ...first.state];
    };
  }

  it.each([
    ['LSTM', 1],
    ['LSTM', 2],
    ['LSTM', 61],
    ['GRU', 1],
    ['GRU', 2],
    ['GRU', 61],
  ] as const)('%s of %i steps', async (kind, steps) => {
    const { gates, scanned, unrolled } = layers[kind];
    const columns = gates * units;
    const shapes = [
      [depth, columns],
      [units, columns],
      [columns],
      [units, columns],
      [units, columns],
      [columns],
    ];
    const weights = shapes.map((shape, i) => input(`w${i}`, shape));
    const tokens = input('tokens', [steps, batch], 'int64');
    const feeds = {
      tokens: int64(
        Array.from({ length: steps * batch }, (_, i) => (i * i) % depth),
        [steps, batch],
      ),
      ...(kind === 'GRU' && { start: wave([batch, units], 9) }),
      ...Object.fromEntries(shapes.map((shape, i) => [`w${i}`, wave(shape, i)])),
    };
    const results: Record<string, NDArray>[] = [];
    for (const build of [scanned, unrolled]) {
      const outputs = build(tokens, weights);
      const loss = outputs.map((each) => reduceSum(square(each))).reduce((a, b) => add(a, b));
      const gradients = grad(loss, weights);
      const session = await compile<string>(
        Object.fromEntries([...outputs, ...gradients].map((tensor, i) => [`${i}`, tensor])),
        { threads: 1 },
      );
      results.push(await session.run(feeds));
      await session.release();
    }
    const [actual, expected] = results;
    for (const [name, { data }] of Object.entries(expected!)) {
      const size = Math.max(1, ...Array.from(data as Float32Array, Math.abs));
      (data as Float32Array).forEach((value, i) =>
        expect(Math.abs(Number(actual![name]!.data[i]) - value) / size).toBeLessThan(1e-6),
      );
    }
  });

  it('contain each step once, whatever their number', () => {
    const nodes = [10, 1000].map((steps) => {
      const x = input('x', [steps, batch, depth]);
      const kernel = input('kernel', [depth, 4 * units]);
      const weights = {
        kernel,
        recurrentKernel: input('u', [units, 4 * units]),
        bias: input('b', [4 * units]),
      };
      const { sequence } = scannedLstm(x, weights);
      const [gradient] = grad(reduceSum(sequence), [kernel]);
      return new Graph({ gradient: gradient! }).nodes.length;
    });
    expect(nodes[1]).toBe(nodes[0]);
  });

  // A gradient that shrinks by a factor of 0.7 a step is below the smallest normal float32, 1.2e-38, after 250 steps.
  it('compute with no numbers so small that processors become slow', async () => {
    const steps = 400;
    const x = input('x', [steps, 1, 1]);
    const weights = {
      kernel: input('w', [1, 4]),
      recurrentKernel: input('u', [1, 4]),
      bias: input('b', [4]),
    };
    const { state } = scannedLstm(x, weights);
    const [dx] = grad(reduceSum(state[1]), [x]);
    const session = await compile({ dx: dx! }, { threads: 1 });
    const { dx: values } = await session.run({
      x: wave([steps, 1, 1], 0),
      w: float32([1, 0, 1, 0], [1, 4]),
      u: float32([0.01, 0.01, 0.01, 0.01], [1, 4]),
      b: float32([0, 0.85, 0, 0]),
    });
    const sizes = Array.from(values.data as Float32Array, Math.abs);
    expect(sizes.at(-1)).toBeGreaterThan(1e-3);
    expect(sizes.filter((size) => size > 0 && size < 1e-37)).toEqual([]);
    expect(sizes[0]).toBeLessThan(1e-20); // it did shrink
  });
});

function expectClose(actual: NDArray, expected: NDArray): void {
  expect(actual.shape).toEqual(expected.shape);
  (expected.data as Float32Array).forEach((value, i) => expect(actual.data[i]).toBeCloseTo(value, 5));
}
