import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import { bool, float32, int64, type NDArray } from '../graph/ndarray.ts';
import { constant, input, type Tensor } from '../graph/tensor.ts';
import { grad } from '../autodiff.ts';
import { Random } from '../random.ts';
import { compile } from '../session.ts';
import * as op from './index.ts';

async function valuesOf(tensor: Tensor): Promise<number[]> {
  const session = await compile({ y: op.identity(tensor) }, { threads: 1 });
  const { y } = await session.run({});
  await session.release();
  return Array.from(y.data as ArrayLike<number | bigint>, Number);
}

const c = (data: readonly number[], shape?: readonly number[]): Tensor => constant(float32(data, shape));
const rounded = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(5)));

describe('values', () => {
  it('convolution is the sum over taps and channels, TensorFlow padding with the odd zero after', async () => {
    const cases = fc.record({
      size: fc.tuple(fc.integer({ min: 3, max: 7 }), fc.integer({ min: 3, max: 7 })),
      kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      stride: fc.integer({ min: 1, max: 3 }),
      same: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ size: [h, w], kernel: [kh, kw], stride, same }) => {
        const at = (i: number): number => Math.sin(3 * i + 1);
        const x = c(
          Array.from({ length: h * w }, (_, i) => at(i)),
          [1, 1, h, w],
        );
        const k = c(
          Array.from({ length: kh * kw }, (_, i) => at(i + 50)),
          [1, 1, kh, kw],
        );
        const [outH, outW] = [h, w].map((size, i) =>
          same ? Math.ceil(size / stride) : Math.floor((size - ([kh, kw][i] ?? 1)) / stride) + 1,
        ) as [number, number];
        const before = (out: number, size: number, kernel: number): number =>
          same ? Math.floor(Math.max((out - 1) * stride + kernel - size, 0) / 2) : 0;
        const expected: number[] = [];
        for (let i = 0; i < outH; i++) {
          for (let j = 0; j < outW; j++) {
            let sum = 0;
            for (let a = 0; a < kh; a++) {
              for (let b = 0; b < kw; b++) {
                const [row, column] = [
                  i * stride + a - before(outH, h, kh),
                  j * stride + b - before(outW, w, kw),
                ];
                if (row >= 0 && row < h && column >= 0 && column < w)
                  sum += at(row * w + column) * at(a * kw + b + 50);
              }
            }
            expected.push(sum);
          }
        }
        const found = await valuesOf(op.conv2d(x, k, { strides: stride, padding: same ? 'same' : 'valid' }));
        expect(found).toHaveLength(expected.length);
        found.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? 0, 4));
      }),
      { numRuns: 25 },
    );
  });

  it('a convolution to few channels is that to many, of which few are taken, trained and frozen', async () => {
    const [outputs, inputs, dilations] = [2, 32, [1, 2]] as const;
    const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
    const values = (shape: readonly number[]): Float32Array =>
      Float32Array.from({ length: size(shape) }, (_, i) => Math.sin(3 * i + 1));
    const [picture, shape] = [
      [2, inputs, 6, 7],
      [32, inputs, 3, 2],
    ];
    const x = c([...values(picture)], picture);
    const every = values(shape);
    const few = float32(every.slice(0, size(shape) / 16), [outputs, ...shape.slice(1)]);
    for (const padding of ['same', 'valid', { before: [0, 2], after: [2, 1] }, 4] as const) {
      const expected = await valuesOf(
        op.slice(op.conv2d(x, c([...every], shape), { padding, dilations }), [0], [outputs], [1]),
      );
      const y = op.conv2d(x, input('kernel', few.shape), { padding, dilations });
      const session = await compile({ y });
      const trained = await session.run({ kernel: few });
      await session.release();
      const frozen = await valuesOf(op.conv2d(x, constant(few), { padding, dilations }));
      for (const found of [frozen, trained.y.data]) {
        expect(found).toHaveLength(expected.length);
        expected.forEach((value, i) => expect(Number(found[i])).toBeCloseTo(value, 4));
      }
    }
  });

  it('the two conventions of average pooling differ at padded borders', async () => {
    const x = c([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);
    expect(await valuesOf(op.averagePool(x, { padding: 'same' }))).toEqual([3, 4.5, 7.5, 9]);
    expect(await valuesOf(op.averagePool(x, { padding: 'same', countIncludePad: true }))).toEqual([
      3, 2.25, 3.75, 2.25,
    ]);
    expect(await valuesOf(op.maxPool(x, { padding: 'same' }))).toEqual([5, 6, 8, 9]);
    expect(await valuesOf(op.globalAveragePool(x))).toEqual([5]);
  });

  it('the largest elements of a window share its gradient, or the first has it where windows overlap', async () => {
    const flat = c([5, 5, 1, 2, 5, 0, 3, 3, 7, 7, 7, 7], [1, 1, 3, 4]);
    const gradient = (options: op.PoolOptions): Promise<number[]> =>
      valuesOf(grad(op.reduceSum(op.mul(op.maxPool(flat, options), c([6, 12]))), [flat])[0]!);
    expect(await gradient({ poolSize: 2 })).toEqual([2, 2, 0, 0, 2, 0, 6, 6, 0, 0, 0, 0]);
    expect(await gradient({ poolSize: [3, 2], strides: [1, 2] })).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 12, 0,
    ]);
  });

  it.each<[readonly number[], readonly number[], readonly number[]]>([
    [
      [3, 3],
      [2, 2],
      [7, 9],
    ],
    [
      [3, 3],
      [2, 2],
      [8, 10],
    ],
    [
      [3, 3],
      [2, 1],
      [6, 5],
    ],
    [
      [2, 3],
      [1, 2],
      [5, 8],
    ],
    [
      [3, 2],
      [2, 3],
      [9, 8],
    ],
    [
      [3, 3],
      [3, 2],
      [10, 7],
    ],
  ])(
    'of equal elements in %j windows with steps %j the first has the gradient, in blocks of channels',
    async (poolSize, strides, [height = 0, width = 0]) => {
      const [planes, random] = [2 * 16, new Random(5)];
      const values = Array.from({ length: planes * height * width }, () => random.integer(-2, 2));
      const x = c(values, [2, 16, height, width]);
      const y = op.maxPool(x, { poolSize, strides });
      const [rows = 0, columns = 0] = y.shape.slice(2);
      const weights = Array.from({ length: planes * rows * columns }, () => random.integer(1, 100));
      const expected = values.map(() => 0);
      weights.forEach((weight, i) => {
        const [plane, row, column] = [
          Math.floor(i / (rows * columns)),
          Math.floor(i / columns) % rows,
          i % columns,
        ];
        let first = -1;
        for (let r = row * strides[0]!; r < row * strides[0]! + poolSize[0]!; r++)
          for (let s = column * strides[1]!; s < column * strides[1]! + poolSize[1]!; s++) {
            const place = (plane * height + r) * width + s;
            if (first === -1 || values[place]! > values[first]!) first = place;
          }
        expected[first]! += weight;
      });
      const loss = op.reduceSum(op.mul(y, c(weights, y.shape)));
      expect(await valuesOf(grad(loss, [x])[0]!)).toEqual(expected);
    },
  );

  it('a pool that does not cover the last pixels has a gradient, also after a resize', async () => {
    const x = c(
      Array.from({ length: 49 }, (_, i) => Math.sin(i)),
      [1, 1, 7, 7],
    );
    const largest = op.maxPool(op.resize(x, [14, 14], 'nearest'), { poolSize: 5 });
    const gradient = await valuesOf(grad(op.reduceSum(largest), [x])[0]!);
    expect(gradient.reduce((sum, value) => sum + value)).toBeCloseTo(4, 5); // one of each of 2 x 2 windows
  });

  it('a step is 0 or 1 for every normal number, and leaves no gradient', async () => {
    const x = c([-Infinity, -3e38, -1.2e-38, -0, 0, 1.2e-38, 1, 3e38, Infinity], [9]);
    expect(await valuesOf(op.step(x))).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1]);
    expect(await valuesOf(op.stepDown(x))).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0]);
    expect(await valuesOf(grad(op.reduceSum(op.step(x)), [x])[0]!)).toEqual(Array(9).fill(0));
  });

  it('softmax, log-softmax and cross-entropy stay finite for huge logits', async () => {
    const logits = c([1000, 0, -1000], [1, 3]);
    expect(await valuesOf(op.softmax(logits))).toEqual([1, 0, 0]);
    expect(await valuesOf(op.logSoftmax(logits))).toEqual([0, -1000, -2000]);
    expect(await valuesOf(op.crossEntropy(logits, constant(int64([2]))))).toEqual([2000]);
    expect(await valuesOf(op.sigmoidCrossEntropy(c([1000, -1000]), c([0, 0])))).toEqual([1000, 0]);
    expect(await valuesOf(op.logSumExp(c([1000, 1000])))).toEqual([Math.fround(1000 + Math.LN2)]);
  });

  it('binary cross-entropy keeps probabilities away from 0 and 1 as Keras does', async () => {
    const [certain = 0] = await valuesOf(op.binaryCrossentropy(c([1]), c([0])));
    expect(certain).toBeGreaterThan(15);
    expect(certain).toBeLessThan(17);
  });

  it('reflect padding leaves the border out, resize follows its convention', async () => {
    expect(await valuesOf(op.padReflect(c([1, 2, 3]), [2], [1]))).toEqual([3, 2, 1, 2, 3, 2]);
    const row = c([0, 3], [1, 1, 1, 2]);
    expect(await valuesOf(op.resize(row, [1, 4], 'nearest'))).toEqual([0, 0, 3, 3]);
    expect(await valuesOf(op.resize(row, [1, 4], 'bilinear'))).toEqual([0, 0.75, 2.25, 3]);
    expect(await valuesOf(op.resize(row, [1, 4], 'bilinear-align-corners'))).toEqual([0, 1, 2, 3]);
  });

  it('normalisations give mean 0 and variance 1 over their own axes', async () => {
    const x = c([1, 3, 10, 30, 5, 7, 50, 70], [2, 2, 2]);
    expect(rounded(await valuesOf(op.instanceNorm(x, { epsilon: 0 })))).toEqual([-1, 1, -1, 1, -1, 1, -1, 1]);
    const { output, mean, variance } = op.batchNormTraining(x, { epsilon: 0 });
    expect(await valuesOf(mean)).toEqual([4, 40]);
    expect(await valuesOf(variance)).toEqual([5, 500]);
    expect(rounded(await valuesOf(op.reduceMean(output, [0, 2])))).toEqual([0, 0]);
    expect(rounded(await valuesOf(op.layerNorm(c([1, 3], [1, 2]), { epsilon: 0 })))).toEqual([-1, 1]);
  });

  it('instance normalisation and means of a large plane of little contrast are as exact as float32', async () => {
    const side = 512;
    const plane = Float32Array.from({ length: side * side }, (_, i) => 0.7 + 0.02 * Math.sin(1.3 * i));
    const mean = plane.reduce((sum, value) => sum + value, 0) / plane.length;
    const variance = plane.reduce((sum, value) => sum + (value - mean) ** 2, 0) / plane.length;
    const x = constant(float32(plane, [1, 1, side, side]));
    for (const axes of [[2, 3], [0, 2, 3], undefined])
      expect(Math.abs((await valuesOf(op.reduceMean(x, axes)))[0]! - mean)).toBeLessThan(1e-6);
    expect(op.reduceMean(x, [2, 3], { keepDims: true }).shape).toEqual([1, 1, 1, 1]);
    expect(op.reduceMean(x, [2, 3]).shape).toEqual([1, 1]);
    const normal = await valuesOf(op.instanceNorm(x));
    const deviation = Math.sqrt(variance + 1e-5);
    const errors = normal.map((value, i) => Math.abs(value - (plane[i]! - mean) / deviation));
    expect(errors.reduce((most, error) => Math.max(most, error))).toBeLessThan(1e-4);
  });

  it('the gradient of the mean of a large plane is one part of it for each element', async () => {
    const x = input('x', [1, 1, 256, 256]);
    const [dx] = grad(op.reduceMean(x), [x]) as [Tensor];
    const session = await compile({ dx }, { threads: 1 });
    const fed = float32(new Float32Array(2 ** 16).fill(3), [1, 1, 256, 256]);
    const { data } = (await session.run({ x: fed })).dx;
    await session.release();
    expect(new Set(data as Float32Array)).toEqual(new Set([2 ** -16]));
  });

  it('slices, gathers and one-hot vectors', async () => {
    const x = c([0, 1, 2, 3, 4, 5], [2, 3]);
    expect(await valuesOf(op.flip(x, [1]))).toEqual([2, 1, 0, 5, 4, 3]);
    expect(await valuesOf(op.slice(x, [0], [3], [1], [2]))).toEqual([0, 2, 3, 5]);
    expect(await valuesOf(op.gather(x, constant(int64([2, 0])), 1))).toEqual([2, 0, 5, 3]);
    expect(await valuesOf(op.oneHot(constant(int64([2, 0])), 3))).toEqual([0, 0, 1, 1, 0, 0]);
    expect(await valuesOf(op.oneHot(constant(int64([3])), 3))).toEqual([0, 0, 0]);
    expect(await valuesOf(op.argMax(x))).toEqual([2, 2]);
    expect(
      await valuesOf(op.scatterAdd(c([0, 0, 0], [3, 1]), constant(int64([1, 1])), c([2, 3], [2, 1]))),
    ).toEqual([0, 5, 0]);
  });

  it('activations at a few points', async () => {
    const x = c([-1, 0, 2]);
    expect(rounded(await valuesOf(op.leakyRelu(x)))).toEqual([-0.3, 0, 2]);
    expect(rounded(await valuesOf(op.elu(x)))).toEqual([-0.63212, 0, 2]);
    expect(rounded(await valuesOf(op.gelu(x)))).toEqual([-0.15866, 0, 1.9545]);
    expect(rounded(await valuesOf(op.softplus(x)))).toEqual([0.31326, 0.69315, 2.12693]);
    expect(await valuesOf(op.clip(x, -0.5, 1))).toEqual([-0.5, 0, 1]);
    expect(await valuesOf(op.where(constant(bool([true, false, true])), x, 9))).toEqual([-1, 9, 2]);
  });
});

describe('shape errors name the operator and the shapes', () => {
  const t = (...shape: number[]): Tensor => input('t', shape);
  const ids = input('ids', [2], 'int64');
  it.each<[string, () => unknown, RegExp]>([
    ['add', () => op.add(t(2, 3), t(4, 3)), /Add: shapes \[2, 3\] and \[4, 3\] do not broadcast/],
    ['add of dtypes', () => op.add(t(2), ids), /Add: expected float32, got Tensor\(int64 \[2\]\)/],
    ['matmul', () => op.matmul(t(2, 3), t(2, 3)), /MatMul: \[2, 3\] times \[2, 3\]/],
    ['gemm', () => op.gemm(t(2, 3), t(2, 3)), /Gemm: \[2, 3\] times \[2, 3\]/],
    ['reshape', () => op.reshape(t(2, 3), [4]), /Reshape: \[2, 3\] .* \[4\]/],
    ['reshape with two unknowns', () => op.reshape(t(2, 3), [-1, -1]), /Reshape: \[2, 3\]/],
    ['concat', () => op.concat([t(2, 3), t(2, 4)], 0), /Concat: \[2, 3\] and \[2, 4\]/],
    ['split', () => op.split(t(5), [2, 2], 0), /Split: sizes \[2, 2\] .* \[5\]/],
    ['transpose', () => op.transpose(t(2, 3), [0, 0]), /Transpose: \[0, 0\] .* \[2, 3\]/],
    ['axis', () => op.reduceSum(t(2, 3), [2]), /ReduceSum: axis 2 .* 2 dimensions/],
    [
      'conv2d channels',
      () => op.conv2d(t(1, 3, 8, 8), t(4, 2, 3, 3)),
      /Conv: input \[1, 3, 8, 8\] and kernel \[4, 2, 3, 3\]/,
    ],
    ['conv2d size', () => op.conv2d(t(1, 3, 2, 2), t(4, 3, 3, 3)), /Conv: a window of 3 does not fit in 2/],
    ['pool', () => op.maxPool(t(2, 3)), /MaxPool/],
    ['expand', () => op.expand(t(2, 3), [4, 3]), /Expand: shapes \[2, 3\] and \[4, 3\]/],
    [
      'pad reflect',
      () => op.padReflect(t(3), [3], [0]),
      /Pad: cannot reflect 3 and 0 around axis 0 of \[3\]/,
    ],
    ['gather', () => op.gather(t(3), t(2)), /Gather: expected int64/],
    ['crossEntropy', () => op.crossEntropy(t(4, 5), ids), /crossEntropy: logits \[4, 5\] and labels \[2\]/],
    [
      'lstm',
      () => op.unrolledLstm(t(5, 2, 3), { kernel: t(3, 8), recurrentKernel: t(2, 8), bias: t(9) }),
      /lstm: expected bias \[8\] .* got \[9\]/,
    ],
    [
      'resize',
      () => op.resize(t(1, 1, 4), [2, 2], 'nearest'),
      /Resize: expected \[batch, channels, height, width\]/,
    ],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(ShapeError);
    expect(build).toThrow(message);
  });

  it('and an NDArray that is not filled', () => {
    expect(() => float32([1, 2, 3], [2, 2])).toThrow('3 elements do not fill shape [2, 2], which needs 4');
    expect((): NDArray => int64([1], [0.5])).toThrow(ShapeError);
  });
});

it('a graph contains only what its outputs need', () => {
  const x = input('x', [2]);
  const unused = op.exp(input('unused', [2]));
  const graph = new Graph({ y: op.mul(x, 2) });
  expect(unused.shape).toEqual([2]);
  expect([...graph.inputs.keys()]).toEqual(['x']);
  expect(graph.nodes).toHaveLength(1);
});
