import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grad } from '../../autodiff.ts';
import { InputError } from '../../errors.ts';
import { Graph } from '../../graph/graph.ts';
import { bool, float32, int64, type NDArray } from '../../graph/ndarray.ts';
import { constant, input, type Tensor } from '../../graph/tensor.ts';
import * as op from '../../ops/index.ts';
import { operators } from '../../ops/registry.ts';
import { compile } from '../../session.ts';
import { encodeOnnx } from '../write/encode.ts';
import { everything, feeds, wave } from '../write/testing/graphs.ts';
import { decodeOnnx } from './decode.ts';

describe('decoding', () => {
  it('keeps every operator: an encoded graph computes the same when decoded', async () => {
    const graph = new Graph(everything());
    const used = new Set(graph.nodes.map(({ operator }) => operator.type));
    expect([...operators.keys()].filter((type) => !used.has(type))).toEqual([]);

    const decoded = decodeOnnx(encodeOnnx(graph));
    const [before, after] = await Promise.all([compile(everything()), compile(decoded.outputs)]);
    const [expected, actual] = await Promise.all([before.run(feeds), after.run(feeds)]);
    expect(actual).toEqual(expected);
    expect(encodeOnnx(new Graph(decoded.outputs))).toEqual(encodeOnnx(graph));
  });

  it('keeps metadata, names, inputs and every value in between', () => {
    const x = input('x', [2]);
    const bytes = encodeOnnx(new Graph({ y: op.mul(op.add(x, 1), 2) }), {
      metadata: { vocabulary: '["a"]' },
      description: 'a test',
    });
    const { inputs, outputs, values, metadata, description } = decodeOnnx(bytes);
    expect([...inputs.keys()]).toEqual(['x']);
    expect(Object.keys(outputs)).toEqual(['y']);
    expect([...values.keys()]).toContain('Add_1');
    expect({ metadata, description }).toEqual({ metadata: { vocabulary: '["a"]' }, description: 'a test' });
  });

  it('gives a graph that can be differentiated', async () => {
    const bytes = encodeOnnx(new Graph({ y: op.reduceSum(op.square(input('x', [2]))) }));
    const { inputs, outputs } = decodeOnnx(bytes);
    const [dx] = grad(outputs.y!, [inputs.get('x')!]) as [Tensor];
    const session = await compile({ dx });
    expect([...(await session.run({ x: float32([3, 4]) })).dx.data]).toEqual([6, 8]);
  });

  const small = encodeOnnx(
    new Graph({ y: op.gemm(input('x', [2, 3]), constant(float32(wave(12), [3, 4]))) }),
  );
  it.each([
    ['nothing', new Uint8Array(0), /contains no graph/],
    ['a text', new TextEncoder().encode('this is not a model at all'), /ONNX model: /],
    ['half a file', small.subarray(0, small.length / 2), /ONNX model: /],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeOnnx(bytes)).toThrow(InputError);
    expect(() => decodeOnnx(bytes)).toThrow(message);
  });

  it('fails only with an InputError, however a file is changed', () => {
    const original = encodeOnnx(
      new Graph({ y: op.softmax(op.conv1d(input('x', [1, 2, 4]), constant(float32(wave(12), [2, 2, 3])))) }),
    );
    const change = fc.record({ at: fc.nat(original.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = original.slice();
        for (const { at, to } of changes) bytes[at] = to;
        try {
          decodeOnnx(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

it('host arrays of every dtype survive as constants', async () => {
  const values: NDArray[] = [float32([1.5, -0]), int64([2 ** 40, -1]), bool([true, false])];
  const outputs = Object.fromEntries(values.map((value, i) => [`y${i}`, constant(value)]));
  const session = await compile(decodeOnnx(encodeOnnx(new Graph(outputs))).outputs);
  const result = await session.run({});
  values.forEach((value, i) => expect(result[`y${i}`]).toEqual(value));
});
