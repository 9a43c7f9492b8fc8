import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { grad } from '../../autodiff.ts';
import { sizeOf, type Shape } from '../../graph/dtype.ts';
import { float32 } from '../../graph/ndarray.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { mul, reduceSum, square } from '../../ops/index.ts';
import { compile } from '../../session.ts';
import { decodeOnnx } from './decode.ts';

interface Reference {
  readonly opsets: readonly number[];
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly output: readonly number[];
  readonly gradient: readonly number[];
}

const fixture = (name: string) => readFileSync(new URL(`testing/${name}`, import.meta.url));
const { cases } = JSON.parse(fixture('pytorch.json').toString()) as { cases: Record<string, Reference> };
// Of PyTorch 2.15 and its present exporter; values and gradients in float64.  Opset 27 is converted from 23 by ONNX 1.23, as PyTorch does.
const today = JSON.parse(fixture('pytorch-today.json').toString()) as Record<
  string,
  Omit<Reference, 'opsets'>
>;
const references: Record<string, Reference> = {
  ...cases,
  ...Object.fromEntries(
    Object.entries(today).map(([name, reference]) => [name, { opsets: [18, 20, 23, 27], ...reference }]),
  ),
};

const TOLERANCE = 1e-4; // of the largest element

describe('networks exported by PyTorch give the values of PyTorch', () => {
  for (const [name, { opsets, inputShape, outputShape, output, gradient }] of Object.entries(references)) {
    it.each(opsets)(`${name}, opset %i: value and gradient to the picture`, async (opset) => {
      const { inputs, outputs } = decodeOnnx(fixture(`${name}-${opset}.onnx`), {
        inputShapes: { picture: inputShape },
      });
      const { result } = outputs as { result: Tensor };
      expect(result.shape).toEqual(outputShape);
      const [dx] = grad(mul(reduceSum(square(result)), 0.5), [inputs.get('picture')!]) as [Tensor];
      const session = await compile({ result, dx });
      const picture = float32(
        Float32Array.from({ length: sizeOf(inputShape) }, (_, i) => Math.sin(1.3 * i)),
        inputShape,
      );
      const computed = await session.run({ picture });
      await session.release();
      expect(largestError(computed.result.data as Float32Array, output)).toBeLessThan(TOLERANCE);
      expect(largestError(computed.dx.data as Float32Array, gradient)).toBeLessThan(TOLERANCE);
    });
  }
});

function largestError(actual: Float32Array, expected: readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs((actual[i] ?? Number.NaN) - value) / scale));
}
