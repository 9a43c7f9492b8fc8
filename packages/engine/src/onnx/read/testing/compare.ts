import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import { grad } from '../../../autodiff.ts';
import { sizeOf, type Shape } from '../../../graph/dtype.ts';
import { float32, type NDArray } from '../../../graph/ndarray.ts';
import { constant, type Tensor } from '../../../graph/tensor.ts';
import { decodeOnnx } from '../decode.ts';
import { mul, reduceSum } from '../../../ops/index.ts';
import { compile } from '../../../session.ts';

/** Numbers of a sine, which are all different. */
export function wave(shape: Shape, phase = 0): NDArray<'float32'> {
  return float32(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1.3 * i + phase)),
    shape,
  );
}

/** The output y of a model for its input x, here and in ONNX Runtime. */
export async function bothOf(bytes: Uint8Array, x: NDArray): Promise<{ here: number[]; there: number[] }> {
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

/** Fails at the first element that differs by more than a share of it, or of 1 if it is smaller. */
export function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-5): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    if (!(Math.abs(actual[i]! - value) <= tolerance * Math.max(1, Math.abs(value))))
      throw new Error(`element ${i}: ${actual[i]}, expected ${value}`);
  });
}

/** The gradient to x of a loss on y along a direction, by the rules and by finite differences. */
export async function slopes(
  bytes: Uint8Array,
  x: NDArray<'float32'>,
): Promise<[rule: number, difference: number]> {
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
