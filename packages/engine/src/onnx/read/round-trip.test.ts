import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grad } from '../../autodiff.ts';
import { InputError } from '../../errors.ts';
import { Graph } from '../../graph/graph.ts';
import { bool, float32, int64, type NDArray } from '../../graph/ndarray.ts';
import { constant, input, type Tensor } from '../../graph/tensor.ts';
import { dense } from '../../nn/dense.ts';
import { Parameters } from '../../nn/parameters.ts';
import { lstm } from '../../nn/recurrent.ts';
import * as op from '../../ops/index.ts';
import { operators } from '../../ops/registry.ts';
import { compile } from '../../session.ts';
import { decodeOnnx } from './decode.ts';
import { FusedRnn } from '../../ops/recurrent-fused.ts';
import { encodeOnnx } from '../write/encode.ts';

// A graph that uses every operator of the engine.
function everything(): Record<string, Tensor> {
  const x = input('x', [1, 2, 6, 6]);
  const picture = op.conv2d(x, constant(float32(wave(72), [4, 2, 3, 3])), { padding: 'same', strides: 2 });
  const pooled = op.add(op.maxPool(x), op.averagePool(x));
  const vector = op.reshape(x, [8, 9]);
  const positive = op.add(op.abs(vector), 1);
  const ids = op.argMax(vector);
  const recurrent = {
    kernel: constant(float32(wave(9 * 8), [9, 8])),
    recurrentKernel: constant(float32(wave(16), [2, 8])),
    bias: constant(float32(wave(8))),
  };
  const gated = {
    kernel: constant(float32(wave(54), [9, 6])),
    recurrentKernel: constant(float32(wave(12), [2, 6])),
    bias: constant(float32(wave(6))),
    recurrentBias: constant(float32(wave(6))),
  };
  const steps = op.expandDims(vector, [1]);
  const chosen = op.where(
    op.logicalOr(
      op.logicalAnd(op.greater(vector, 0), op.less(vector, 2)),
      op.logicalNot(op.lessOrEqual(vector, op.greaterOrEqual(vector, 0).shape.length)),
    ),
    op.minimum(vector, 1),
    op.maximum(vector, op.cast(op.equal(vector, 0), 'float32')),
  );
  const outputs: Tensor[] = [
    op.conv2dTranspose(picture, constant(float32(wave(72), [4, 2, 3, 3])), { strides: 2, padding: 'same' }),
    pooled,
    op.resize(x, [3, 9], 'bilinear'),
    op.padReflect(x, [0, 0, 1, 1], [0, 0, 2, 0]),
    op.flip(op.pad(vector, [0, 1], [1, 0]), [1]),
    chosen,
    op.cast(op.greaterOrEqual(vector, 0), 'float32'),
    op.concat(op.split(op.transpose(vector), [4, 5], 0), 1 - 1),
    op.sub(op.div(op.mul(op.exp(vector), op.log(positive)), op.sqrt(positive)), op.pow(positive, 1.5)),
    op.neg(op.sign(op.floor(op.sin(op.cos(op.atan(op.erf(op.clip(vector, -1, 1)))))))),
    op.relu(op.leakyRelu(op.elu(op.softplus(op.hardSigmoid(op.sigmoid(op.tanh(vector))))))),
    op.softmax(vector),
    op.logSoftmax(vector),
    op.reduceSum(vector, [1]),
    op.reduceMean(vector, [0]),
    op.add(op.reduceMax(vector), op.reduceMin(vector)),
    op.matmul(vector, op.matrixTranspose(vector)),
    op.gemm(vector, vector, { transB: true }),
    op.gather(vector, ids, 1),
    op.oneHot(ids, 9),
    op.scatterAdd(vector, constant(int64([1, 1])), constant(float32(wave(18), [2, 9]))),
    op.scatterElementsAdd(vector, constant(int64([0, 2], [2, 1])), constant(float32([1, 2], [2, 1]))),
    op.gatherElements(vector, constant(int64([0, 2, 1, 0, 0, 0, 0, 0], [8, 1])), 1),
    op.expand(op.identity(constant(float32([1, 2], [2, 1]))), [2, 3]),
    op.lstmInference(steps, recurrent).sequence,
    op.gruInference(steps, gated).sequence,
    op.cast(constant(bool([true, false])), 'int64'),
    op.round(op.reduceProduct(vector, [1])),
    op.mod(ids, constant(int64([3]))),
    op.cumulativeSum(vector, 1, { exclusive: true }),
    op.upperTriangle(vector, 1),
    op.topK(vector, 3)[0],
    op.gatherND(vector, constant(int64([0, 2, 1, 0], [2, 2]))),
    FusedRnn.apply([steps, constant(float32(wave(18), [1, 2, 9])), constant(float32(wave(4), [1, 2, 2]))], {
      hidden_size: 2,
      direction: 'forward',
    }),
  ];
  return Object.fromEntries(outputs.map((tensor, i) => [`y${i}`, tensor]));
}

function wave(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.3));
}

const feeds = { x: float32(wave(72), [1, 2, 6, 6]) };

function lstmStep(): Record<string, Tensor> {
  const parameters = new Parameters();
  const tokens = op.transpose(input('tokens', [4, 5], 'int64'));
  const { state } = lstm(parameters.scope('lstm'), { tokens, depth: 7 }, { units: 6 });
  const loss = op.crossEntropy(
    dense(parameters.scope('dense'), state[0], { units: 7 }),
    input('targets', [4], 'int64'),
  );
  const gradients = grad(loss, Object.values(parameters.trainable()));
  return { loss, ...Object.fromEntries(gradients.map((gradient, i) => [`gradient${i}`, gradient])) };
}

describe('encoding', () => {
  it('of the same graph gives the same bytes, however many graphs were made before', () => {
    expect(encodeOnnx(new Graph(lstmStep()))).toEqual(encodeOnnx(new Graph(lstmStep())));
  });

  it('stores equal small constants once', () => {
    const x = input('x', [2]);
    const { values } = decodeOnnx(encodeOnnx(new Graph({ y: op.mul(op.add(x, 2), 2) })));
    expect([...values.values()].filter(({ source }) => source.kind === 'constant')).toHaveLength(1);
  });

  const checker = '/usr/bin/python3';
  const hasChecker = succeeds(() => execFileSync(checker, ['-c', 'import onnx'], { stdio: 'ignore' }));
  it.skipIf(!hasChecker)('passes the ONNX checker (skipped where python3-onnx is not installed)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'latentbrush-onnx-'));
    try {
      for (const [name, outputs] of Object.entries({ everything: everything(), lstmStep: lstmStep() })) {
        const path = join(folder, `${name}.onnx`);
        writeFileSync(path, encodeOnnx(new Graph(outputs)));
        const program = `import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)`;
        execFileSync(checker, ['-c', program, path]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('decoding', () => {
  it('gives back every operator: what was encoded computes the same when decoded', async () => {
    const graph = new Graph(everything());
    const used = new Set(graph.nodes.map(({ operator }) => operator.type));
    expect([...operators.keys()].filter((type) => !used.has(type))).toEqual([]);

    const decoded = decodeOnnx(encodeOnnx(graph));
    const [before, after] = await Promise.all([compile(everything()), compile(decoded.outputs)]);
    const [expected, actual] = await Promise.all([before.run(feeds), after.run(feeds)]);
    expect(actual).toEqual(expected);
    expect(encodeOnnx(new Graph(decoded.outputs))).toEqual(encodeOnnx(graph));
  });

  it('keeps metadata, names and inputs, and reaches every value between', () => {
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
    ['nothing', new Uint8Array(0), /holds no graph/],
    ['a text', new TextEncoder().encode('this is not a model at all'), /ONNX model: /],
    ['half a file', small.subarray(0, small.length / 2), /ONNX model: /],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeOnnx(bytes)).toThrow(InputError);
    expect(() => decodeOnnx(bytes)).toThrow(message);
  });

  it('never fails otherwise than by an InputError, however a file is changed', () => {
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

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

it('host arrays of every dtype survive as constants', async () => {
  const values: NDArray[] = [float32([1.5, -0]), int64([2 ** 40, -1]), bool([true, false])];
  const outputs = Object.fromEntries(values.map((value, i) => [`y${i}`, constant(value)]));
  const session = await compile(decodeOnnx(encodeOnnx(new Graph(outputs))).outputs);
  const result = await session.run({});
  values.forEach((value, i) => expect(result[`y${i}`]).toEqual(value));
});
