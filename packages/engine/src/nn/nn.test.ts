import { describe, expect, it } from 'vitest';
import { grad } from '../autodiff.ts';
import { InputError } from '../errors.ts';
import { float32 } from '../graph/ndarray.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { reduceSum, square } from '../ops/index.ts';
import { Random } from '../random.ts';
import { compile } from '../session.ts';
import {
  batchNormalization,
  conv2d,
  conv2dTranspose,
  dense,
  DropoutMasks,
  embedding,
  forgetGateBias,
  glorotUniform,
  gru,
  heNormal,
  lstm,
  orthogonal,
  Parameters,
} from './index.ts';

function countOf(build: (parameters: Parameters) => unknown): number {
  const parameters = new Parameters();
  build(parameters);
  return parameters.count();
}

describe('parameter counts are those in the summaries of Keras', () => {
  const picture = (channels: number, size: number) => input('x', [1, channels, size, size]);
  it.each<[string, (parameters: Parameters) => Tensor | object, number]>([
    ['LSTM(128) on 57 features', (p) => lstm(p, input('x', [60, 1, 57]), { units: 128 }), 95_232],
    [
      'LSTM(128) on 57 one-hot tokens',
      (p) => lstm(p, { tokens: input('x', [60, 1], 'int64'), depth: 57 }, { units: 128 }),
      95_232,
    ],
    ['Dense(57) on 128 features', (p) => dense(p, input('x', [1, 128]), { units: 57 }), 7353],
    ['GRU(32) on 10 features', (p) => gru(p, input('x', [5, 1, 10]), { units: 32 }), 4224],
    [
      'Embedding(100, 16)',
      (p) => embedding(p, input('x', [4], 'int64'), { vocabularySize: 100, units: 16 }),
      1600,
    ],
    [
      "the VAE's Conv2D(32, 3) on grey pictures",
      (p) => conv2d(p, picture(1, 28), { filters: 32, kernelSize: 3, padding: 'same' }),
      320,
    ],
    [
      "the VAE's Conv2D(64, 3) on 32 channels",
      (p) => conv2d(p, picture(32, 28), { filters: 64, kernelSize: 3, strides: 2 }),
      18_496,
    ],
    [
      "the VAE's Conv2D(64, 3) on 64 channels",
      (p) => conv2d(p, picture(64, 14), { filters: 64, kernelSize: 3 }),
      36_928,
    ],
    [
      "the VAE's Dense(32) on 14 x 14 x 64",
      (p) => dense(p, input('x', [1, 14 * 14 * 64]), { units: 32 }),
      401_440,
    ],
    [
      "the GAN's Conv2DTranspose(256, 4)",
      (p) =>
        conv2dTranspose(p, picture(256, 16), { filters: 256, kernelSize: 4, strides: 2, padding: 'same' }),
      1_048_832,
    ],
    ['BatchNormalization on 8 channels', (p) => batchNormalization(p, picture(8, 4), { training: true }), 32],
  ])('%s', (_, build, expected) => {
    expect(countOf(build)).toBe(expected);
  });
});

describe('Parameters', () => {
  it('shares weights when a layer is applied twice, and refuses another shape under the name', () => {
    const parameters = new Parameters();
    dense(parameters.scope('a'), input('x', [2, 3]), { units: 4 });
    dense(parameters.scope('a'), input('y', [5, 3]), { units: 4 });
    expect(parameters.list().map(({ name }) => name)).toEqual(['a/kernel', 'a/bias']);
    expect(() => dense(parameters.scope('a'), input('z', [2, 7]), { units: 4 })).toThrow(
      /"a\/kernel" has shape \[3, 4\]/,
    );
  });

  it('draws the same initial values with any other layers', () => {
    const [one, two] = [new Parameters(), new Parameters()];
    dense(one.scope('b'), input('x', [2, 3]), { units: 4 });
    dense(two.scope('a'), input('x', [2, 3]), { units: 9 });
    dense(two.scope('b'), input('x', [2, 3]), { units: 4 });
    expect(two.initialize(new Random(1))['b/kernel']).toEqual(one.initialize(new Random(1))['b/kernel']);
  });

  it('are constants of the graph when frozen; a missing one is named', async () => {
    const values = { kernel: float32([1, 2], [2, 1]), bias: float32([10]) };
    const session = await compile({ y: dense(Parameters.frozen(values), input('x', [1, 2]), { units: 1 }) });
    expect((await session.run({ x: float32([3, 4], [1, 2]) })).y.data[0]).toBe(21);
    expect(() => dense(Parameters.frozen({}), input('x', [1, 2]), { units: 1 })).toThrow(InputError);
  });
});

describe('initialisers', () => {
  const random = new Random(3);
  const deviation = (values: Float32Array): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

  it('glorotUniform stays within √(6 / (in + out)) and fills the range', () => {
    const values = glorotUniform([200, 100], random);
    const limit = Math.sqrt(6 / 300);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(limit);
    expect(deviation(values)).toBeCloseTo(limit / Math.sqrt(3), 3);
  });

  it('of a convolution kernel counts the taps: [out, in, h, w] has fan in · h · w', () => {
    expect(Math.max(...glorotUniform([64, 32, 3, 3], random).map(Math.abs))).toBeCloseTo(
      Math.sqrt(6 / (96 * 9)),
      3,
    );
    expect(deviation(heNormal([64, 32, 3, 3], random))).toBeCloseTo(Math.sqrt(2 / (32 * 9)), 3);
  });

  it.each([
    [8, 20],
    [20, 8],
    [6, 6],
  ])('orthogonal [%i, %i] has orthonormal rows or columns', (rows, columns) => {
    const values = orthogonal([rows, columns], random);
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const at = (vector: number, i: number): number =>
      values[rows <= columns ? vector * columns + i : i * columns + vector] ?? 0;
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        const product = Array.from({ length }, (_, i) => at(a, i) * at(b, i)).reduce(
          (sum, value) => sum + value,
          0,
        );
        expect(product).toBeCloseTo(a === b ? 1 : 0, 5);
      }
    }
  });

  it('the forget gates of an LSTM begin with bias 1', () => {
    expect([...forgetGateBias([8], random)]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  });
});

describe('recurrent layers', () => {
  it.each([
    ['LSTM', lstm],
    ['GRU', gru],
  ])('%s: gradients of gradients need an unrolled layer', (_, layer) => {
    const x = input('x', [3, 1, 2]);
    const slope = (unroll: boolean): Tensor => {
      const { sequence } = layer(new Parameters(), x, { units: 2, unroll });
      return reduceSum(square(grad(reduceSum(square(sequence)), [x])[0]!));
    };
    expect(grad(slope(true), [x])[0]!.shape).toEqual([3, 1, 2]);
    expect(() => grad(slope(false), [x])).toThrow('operator Scan has no gradient rule');
  });
});

describe('layers with a state', () => {
  it('batch normalisation updates its moving averages in training and uses them in inference', async () => {
    const x = input('x', [2, 1, 1, 2]);
    const parameters = new Parameters();
    batchNormalization(parameters, x, { training: true, momentum: 0.9 });
    const session = await compile<string>(
      Object.fromEntries(Object.entries(parameters.updates).map(([name, tensor]) => [`new ${name}`, tensor])),
    );
    const start = parameters.initialize(new Random(0));
    const feeds = { ...start, x: float32([1, 2, 3, 6], [2, 1, 1, 2]) };
    const result = await session.run(feeds);
    expect(result['new moving_mean']?.data[0]).toBeCloseTo(0.1 * 3, 5);
    expect(result['new moving_variance']?.data[0]).toBeCloseTo(0.9 + 0.1 * 3.5, 5);
    expect(Object.keys(parameters.trainable())).toEqual(['gamma', 'beta']);

    const frozen = Parameters.frozen({
      gamma: float32([2]),
      beta: float32([1]),
      moving_mean: float32([3]),
      moving_variance: float32([4]),
    });
    const inference = await compile({ y: batchNormalization(frozen, x, { training: false, epsilon: 0 }) });
    expect([...(await inference.run({ x: feeds.x })).y.data]).toEqual([-1, 0, 1, 4]);
  });

  it('dropout draws masks that keep a share of 1 - rate; the same stream draws the same masks', () => {
    const masks = new DropoutMasks();
    masks.apply('layer', input('x', [100, 100]), 0.3);
    const draw = (): Float32Array => masks.draw(new Random(4))['layer/mask']?.data as Float32Array;
    expect(draw()).toEqual(draw());
    expect(draw().reduce((sum, value) => sum + value, 0) / 10_000).toBeCloseTo(0.7, 1);
    expect(new DropoutMasks().apply('none', input('x', [2]), 0).source.kind).toBe('input');
  });
});
