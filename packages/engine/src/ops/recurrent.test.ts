import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grad } from '../autodiff.ts';
import { float32, int64, type NDArray } from '../graph/ndarray.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { compile } from '../session.ts';
import { checkGradients } from '../gradient-check.ts';
import {
  gruInference,
  lstmInference,
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
  it('of the LSTM, with respect to input, kernels, bias and both initial states', async () => {
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
        ) => used(uses, unrolledLstm(x, { kernel, recurrentKernel, bias }, [h, c]));
        await checkGradients(build, values);
      }),
      { numRuns: 12, seed: 1 },
    );
  });

  it('of the GRU, with respect to input, kernels, biases and initial state', async () => {
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
        ) => used(uses, unrolledGru(x, { kernel, recurrentKernel, bias, recurrentBias }, [h]));
        await checkGradients(build, values);
      }),
      { numRuns: 12, seed: 1 },
    );
  });

  it('of tokens, in place of one-hot vectors', async () => {
    const tokens = int64([0, 2, 1, 1, 2, 2], [3, 2]);
    const weights = [wave([3, 8], 1), wave([2, 8], 2), wave([8], 3)];
    const build = (ids: Tensor, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor) =>
      unrolledLstm({ tokens: ids, depth: 3 }, { kernel, recurrentKernel, bias }).sequence;
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

function expectClose(actual: NDArray, expected: NDArray): void {
  expect(actual.shape).toEqual(expected.shape);
  (expected.data as Float32Array).forEach((value, i) => expect(actual.data[i]).toBeCloseTo(value, 5));
}
