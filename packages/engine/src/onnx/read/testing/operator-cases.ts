import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { grad } from '../../../autodiff.ts';
import type { Shape } from '../../../graph/dtype.ts';
import { float32, type NDArray } from '../../../graph/ndarray.ts';
import { constant, type Tensor } from '../../../graph/tensor.ts';
import { add, mul, reduceSum } from '../../../ops/index.ts';
import { compile } from '../../../session.ts';
import { decodeOnnx } from '../decode.ts';
import { modelBytes, node, type Attribute, type TestModel } from './models.ts';

/** Numbers of a sine, which are all different. */
export function wave(...shape: number[]): NDArray<'float32'> {
  const size = shape.reduce((a, b) => a * b, 1);
  return float32(
    Float32Array.from({ length: size }, (_, i) => 2 * Math.sin(i * 1.3 + 0.4)),
    shape,
  );
}

/** A model whose inputs are fed, for several opsets. */
export interface Case extends Omit<TestModel, 'inputs' | 'opset'> {
  readonly opsets: readonly number[];
  readonly feeds: Readonly<Record<string, NDArray>>;
  /** Whether x is at a jump of the result, without a gradient. */
  readonly steps?: boolean;
}

/** One node with input x and output y; further inputs are stored in the model. */
export function single(
  type: string,
  opsets: readonly number[],
  x: NDArray,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...stored: readonly (NDArray | undefined)[]
): Case {
  const names = stored.map((value, i) => (value === undefined ? '' : `w${i}`));
  const initializers: Record<string, NDArray> = {};
  stored.forEach((value, i) => {
    if (value !== undefined) initializers[`w${i}`] = value;
  });
  return { opsets, feeds: { x }, initializers, nodes: [node(type, ['x', ...names], ['y'], attributes)] };
}

/** `[batch, channels, height, width]` */
export const picture = wave(2, 3, 7, 6);
/** Of a convolution that takes {@link picture}. */
export const kernel = wave(4, 3, 3, 2);
/** One number for each channel. */
export const channel = (...values: number[]) => float32(values);

/** Tests that models give the values of ONNX Runtime, and the gradients of finite differences. */
export function testCases(cases: Readonly<Record<string, Case>>): void {
  describe('files of other tools give the same values here as in ONNX Runtime', () => {
    for (const [name, { opsets, feeds, ...model }] of Object.entries(cases)) {
      it.each(opsets)(`${name}, opset %i`, async (opset) => {
        const bytes = modelBytes({ opset, inputs: feeds, ...model });
        const decoded = decodeOnnx(bytes).outputs;
        const session = await compile(decoded);
        const actual = await session.run(feeds);
        await session.release();
        const expected = await runOriginal(bytes, feeds);
        for (const output of model.outputs ?? ['y']) {
          const tensor = decoded[output]!;
          expect(tensor.shape).toEqual(expected[output]!.dims);
          expectClose(actual[output]!, expected[output]!);
        }
      });
    }
  });

  describe('and can be differentiated: the slope along a direction agrees with finite differences', () => {
    const EPSILON = 5e-3;
    for (const [name, { opsets, feeds, steps, ...model }] of Object.entries(cases)) {
      const { x } = feeds;
      if (x?.dtype !== 'float32' || steps === true) continue;
      it(name, async () => {
        const { inputs, outputs } = decodeOnnx(modelBytes({ opset: opsets[0]!, inputs: feeds, ...model }));
        const floats = Object.values(outputs).filter(({ dtype }) => dtype === 'float32');
        if (floats.length === 0) return; // ArgMin
        const weighted = floats.map((y) =>
          reduceSum(mul(y, constant(float32(wave(...y.shape).data, y.shape)))),
        );
        const loss = weighted.reduce((sum, term) => add(sum, term));
        const [dx] = grad(loss, [inputs.get('x')!]) as [Tensor];
        const session = await compile({ loss, dx });
        const direction = wave(...x.shape).data.map((value, i) => Math.cos(value * (i + 1)));
        const lossAt = async (step: number): Promise<number> => {
          const moved = (x.data as Float32Array).map((value, i) => value + step * direction[i]!);
          return Number((await session.run({ x: float32(moved, x.shape) }, ['loss'])).loss.data[0]);
        };
        const gradient = (await session.run({ x }, ['dx'])).dx.data as Float32Array;
        const slope = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
        const expected = ((await lossAt(EPSILON)) - (await lossAt(-EPSILON))) / (2 * EPSILON);
        await session.release();
        expect(Math.abs(slope - expected)).toBeLessThan(1e-2 * Math.max(1, Math.abs(expected)));
      });
    }
  });
}

async function runOriginal(bytes: Uint8Array, feeds: Readonly<Record<string, NDArray>>) {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const fed = Object.entries(feeds).map(
    ([name, { dtype, data, shape }]) => [name, new RuntimeTensor(dtype, data, shape)] as const,
  );
  const results = await session.run(Object.fromEntries(fed));
  await session.release();
  return results;
}

function expectClose(actual: NDArray, expected: { readonly dims: Shape; readonly data: unknown }): void {
  const [found, wanted] = [numbers(actual.data), numbers(expected.data)];
  expect(actual.shape).toEqual(expected.dims);
  wanted.forEach((value, i) => {
    if (Math.abs(found[i]! - value) > 1e-5 * Math.max(1, Math.abs(value))) {
      throw new Error(`element ${i}: ${found[i]}, ONNX Runtime gives ${value}`);
    }
  });
}

function numbers(data: unknown): number[] {
  return Array.from(data as ArrayLike<number | bigint>, Number);
}
