import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { Graph } from '../../graph/graph.ts';
import { input, type Tensor as GraphTensor } from '../../graph/tensor.ts';
import * as op from '../../ops/index.ts';
import { encodeOnnx } from './encode.ts';
import { FREE_BATCH } from './free-dimension.ts';

const x = input('x', [FREE_BATCH.size, 2, 3]);
const free = { freeDimension: FREE_BATCH };

/** The output of a graph of x for a batch of a given size. */
async function computed(y: GraphTensor, batch: number): Promise<Tensor> {
  const session = await InferenceSession.create(encodeOnnx(new Graph({ y }), free));
  const values = Float32Array.from({ length: batch * 6 }, (_, i) => i);
  const found = await session.run({ x: new Tensor('float32', values, [batch, 2, 3]) });
  await session.release();
  return found.y!;
}

describe('a free dimension', () => {
  it.each([
    ['at its place', op.reshape(x, [FREE_BATCH.size, 6]), (batch: number) => [batch, 6]],
    [
      'at another place',
      op.reshape(op.transpose(x, [1, 0, 2]), [2, FREE_BATCH.size, 3]),
      (batch: number) => [2, batch, 3],
    ],
    ['joined with another', op.reshape(x, [FREE_BATCH.size * 2, 3]), (batch: number) => [2 * batch, 3]],
  ])('is kept by a reshape, %s', async (_, y, shape) => {
    for (const batch of [1, 5]) expect((await computed(y, batch)).dims).toEqual(shape(batch));
  });

  it('is refused where the graph depends on it', () => {
    const wide = op.expand(op.reduceMean(x, [0], { keepDims: true }), [FREE_BATCH.size, 2, 3]);
    expect(() => encodeOnnx(new Graph({ y: wide }), free)).toThrow(
      'onnx: Expand depends on batch being 1000003, so that it cannot be free',
    );
  });
});
