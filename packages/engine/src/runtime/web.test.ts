import { describe, expect, it } from 'vitest';
import { grad } from '../autodiff.ts';
import { Graph } from '../graph/graph.ts';
import { float32 } from '../graph/ndarray.ts';
import { constant, input, type Tensor } from '../graph/tensor.ts';
import { conv2d, mul, reduceSum, softmax } from '../ops/index.ts';
import { encodeOnnx } from '../onnx/write/encode.ts';
import { runtime as native } from './node.ts';
import { runtime as web } from './web.ts';

const wave = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i));

describe('the WebAssembly runtime of browsers', () => {
  it('runs the same graphs behind the same interface, with the same numbers', async () => {
    const x = input('x', [1, 2, 5, 5]);
    const y = softmax(conv2d(x, constant(float32(wave(36), [2, 2, 3, 3])), { padding: 'same' }));
    const [dx] = grad(reduceSum(mul(y, y)), [x]) as [Tensor];
    const model = encodeOnnx(new Graph({ y, dx }));
    const results = [];
    for (const runtime of [native, web]) {
      const session = await runtime.createSession(model, { threads: 1 });
      results.push(await session.run({ x: new runtime.Tensor('float32', wave(50), [1, 2, 5, 5]) }));
    }
    const [expected, actual] = results;
    for (const name of ['y', 'dx']) {
      const values = expected?.[name]?.data as Float32Array;
      expect(values.length).toBe(50);
      values.forEach((value, i) => expect((actual![name]!.data as Float32Array)[i]).toBeCloseTo(value, 5));
    }
  });
});
