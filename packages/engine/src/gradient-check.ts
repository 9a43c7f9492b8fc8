import { grad } from './autodiff.ts';
import { sizeOf } from './graph/dtype.ts';
import { float32, type NDArray } from './graph/ndarray.ts';
import { constant, input, type Tensor } from './graph/tensor.ts';
import { add, mul } from './ops/arithmetic.ts';
import { reduceSum } from './ops/reduction.ts';
import { compile } from './session.ts';

export interface GradientCheckOptions {
  /** Step of the finite differences (default 1e-2: float32 leaves about 1e-5 of error at this step). */
  readonly epsilon?: number;
  /** Largest allowed error, relative to the largest gradient of the tensor or 1 (default 5e-3). */
  readonly tolerance?: number;
}

/**
 * Compares gradient rules with central finite differences, (f(x + ε) - f(x - ε)) / 2ε, element by element.
 *
 * The loss is a sum of all outputs weighted with fixed pseudo-random numbers, so that no error can hide in a symmetry.
 * @param build the computation, from tensors to one or several tensors
 * @param values where to differentiate; gradients are checked for the float32 ones
 * @throws Error naming the input, element and both gradients when they differ
 */
export async function checkGradients(
  build: (...tensors: Tensor[]) => Tensor | readonly Tensor[],
  values: readonly NDArray[],
  { epsilon = 1e-2, tolerance = 5e-3 }: GradientCheckOptions = {},
): Promise<void> {
  const tensors = values.map(({ dtype, shape }, i) => input(`x${i}`, shape, dtype));
  const built = build(...tensors);
  const outputs = ('shape' in built ? [built] : built).filter(({ dtype }) => dtype === 'float32');
  const weights = outputs.map(({ shape }, i) => float32(pseudoRandom(sizeOf(shape), i), shape));
  const loss = outputs
    .map((output, i) => reduceSum(mul(output, constant(weights[i] ?? 1))))
    .reduce((sum, term) => add(sum, term));

  const differentiable = tensors.flatMap((tensor, i) => (tensor.dtype === 'float32' ? [i] : []));
  const gradients = grad(
    loss,
    differentiable.map((i) => tensors[i]!),
  );
  const forward = await compile(Object.fromEntries(outputs.map((output, i) => [`y${i}`, output])), {
    threads: 1,
  });
  const backward = await compile(Object.fromEntries(gradients.map((gradient, i) => [`dx${i}`, gradient])), {
    threads: 1,
  });
  const feedsOf = (names: ReadonlyMap<string, Tensor>, replaced?: { index: number; array: NDArray }) =>
    Object.fromEntries(
      values.flatMap((value, i) =>
        names.has(`x${i}`) ? [[`x${i}`, replaced?.index === i ? replaced.array : value] as const] : [],
      ),
    );
  // summed in float64, so that only the rounding of the output elements remains
  const lossAt = async (index: number, array: NDArray): Promise<number> => {
    const results = await forward.run(feedsOf(forward.inputs, { index, array }));
    return outputs.reduce(
      (sum, _, i) => sum + dot(results[`y${i}`]?.data as Float32Array, weights[i]?.data),
      0,
    );
  };

  const analytic = await backward.run(feedsOf(backward.inputs));
  for (const [k, index] of differentiable.entries()) {
    const value = values[index] as NDArray<'float32'>;
    const expected = new Float64Array(value.data.length);
    for (let element = 0; element < value.data.length; element++) {
      const shifted = (by: number) => {
        const data = value.data.slice();
        data[element] = (data[element] ?? 0) + by;
        return { array: float32(data, value.shape), at: data[element] ?? 0 };
      };
      const [above, below] = [shifted(epsilon), shifted(-epsilon)];
      const difference = (await lossAt(index, above.array)) - (await lossAt(index, below.array));
      expected[element] = difference / (above.at - below.at);
    }
    compare(index, analytic[`dx${k}`]?.data as Float32Array, expected, tolerance);
  }
  await forward.release();
  await backward.release();
}

function compare(index: number, actual: Float32Array, expected: Float64Array, tolerance: number): void {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  expected.forEach((value, element) => {
    const found = actual[element] ?? Number.NaN;
    if (!(Math.abs(found - value) <= tolerance * scale)) {
      throw new Error(
        `gradient of input ${index}, element ${element}: the rule gives ${found}, finite differences ${value}`,
      );
    }
  });
}

function dot(a: Float32Array, b: Float32Array | undefined): number {
  return a.reduce((sum, value, i) => sum + value * (b?.[i] ?? 0), 0);
}

// Pseudo-random weights in [-1, 1], without a generator.
function pseudoRandom(count: number, stream: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin((i + 1) * 12.9898 + (stream + 1) * 78.233));
}
