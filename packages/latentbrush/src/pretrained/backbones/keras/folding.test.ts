import { float32, InputError, Random, type NDArray } from '@latentbrush/engine';
import * as op from '@latentbrush/engine';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WeightTable } from '../../weights/weight-table.ts';
import { INPUT, type ConvolutionLayer } from './architecture.ts';
import { foldConvolution } from './folding.ts';

const unnormalised: ConvolutionLayer = {
  kind: 'convolution',
  name: 'conv',
  input: INPUT,
  filters: 4,
  kernelSize: [3, 2],
  strides: 1,
  padding: 'valid',
};
const layer: ConvolutionLayer = { ...unnormalised, batchNormalization: 'norm' };

function random(seed: number, shape: readonly number[], low = -1): NDArray<'float32'> {
  const array = float32(new Float32Array(shape.reduce((product, size) => product * size, 1)), shape);
  new Random(seed).fillUniform(array.data, low, 1);
  return array;
}

function weightsOf(seed: number, extra: readonly string[] = []): WeightTable {
  const all = {
    'conv/kernel': random(seed, [3, 2, 3, 4]),
    'norm/beta': random(seed + 1, [4]),
    'norm/moving_mean': random(seed + 2, [4]),
    'norm/moving_variance': random(seed + 3, [4], 0.001),
    'norm/gamma': random(seed + 4, [4]),
    'conv/bias': random(seed + 5, [4]),
  };
  return new Map(Object.entries(all).filter(([name]) => !/gamma|bias/.test(name) || extra.includes(name)));
}

/** The computation of Keras as single operators: convolution (+ bias), then gamma (x - mean) / √(variance + 0.001) + beta. */
function unfolded(x: op.Tensor, weights: WeightTable): op.Tensor {
  const vector = (name: string, fallback: number): op.Tensor =>
    op.reshape(op.constant(weights.get(name) ?? float32(new Array<number>(4).fill(fallback))), [1, 4, 1, 1]);
  const kernel = op.transpose(op.constant(weights.get('conv/kernel')!), [3, 2, 0, 1]);
  const y = op.add(op.conv2d(x, kernel), vector('conv/bias', 0));
  const centred = op.sub(y, vector('norm/moving_mean', 0));
  const normalised = op.div(centred, op.sqrt(op.add(vector('norm/moving_variance', 1), 1e-3)));
  return op.add(op.mul(normalised, vector('norm/gamma', 1)), vector('norm/beta', 0));
}

const picture = random(99, [1, 3, 6, 5]);

async function largestDifference(build: (x: op.Tensor) => { a: op.Tensor; b: op.Tensor }): Promise<number> {
  const session = await op.compile(build(op.input('x', picture.shape)), { threads: 1 });
  const { a, b } = await session.run({ x: picture });
  await session.release();
  expect(a.shape).toEqual(b.shape);
  return Math.max(...(a.data as Float32Array).map((value, i) => Math.abs(value - Number(b.data[i]))));
}

describe('a folded convolution', () => {
  it.each<[string, string[]]>([
    ['with a batch normalisation without gamma, as InceptionV3 has it', []],
    ['with gamma', ['norm/gamma']],
    ['with gamma and a bias', ['norm/gamma', 'conv/bias']],
  ])('computes the result of convolution and batch normalisation: %s', async (_, extra) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 10_000 }), async (seed) => {
        const weights = weightsOf(seed, extra);
        const { kernel, bias } = foldConvolution(layer, 3, weights);
        const difference = await largestDifference((x) => ({
          a: op.conv2d(x, op.constant(kernel), { bias: op.constant(bias) }),
          b: unfolded(x, weights),
        }));
        expect(difference).toBeLessThan(1e-3); // the smallest variance makes values of about 50
      }),
      { numRuns: 15 },
    );
  });

  it('without batch normalisation has the same kernel and bias, [out, in, height, width]', () => {
    const weights = weightsOf(1, ['conv/bias']);
    const { kernel, bias } = foldConvolution(unnormalised, 3, weights);
    expect(kernel.shape).toEqual([4, 3, 3, 2]);
    expect(bias.data).toEqual(weights.get('conv/bias')!.data);
    const from = weights.get('conv/kernel')!.data;
    for (const [out, channel, row, column] of [
      [0, 0, 0, 0],
      [3, 2, 2, 1],
      [1, 0, 2, 1],
      [2, 1, 0, 1],
    ] as const) {
      expect(kernel.data[((out * 3 + channel) * 3 + row) * 2 + column]).toBe(
        from[((row * 2 + column) * 3 + channel) * 4 + out],
      );
    }
  });

  it('that reads blue, green, red is reversed to read red, green, blue', async () => {
    const weights = weightsOf(7);
    const turned = foldConvolution(layer, 3, weights, true);
    const difference = await largestDifference((x) => ({
      a: op.conv2d(x, op.constant(turned.kernel), { bias: op.constant(turned.bias) }),
      b: unfolded(op.flip(x, [1]), weights),
    }));
    expect(difference).toBeLessThan(1e-4);
  });
});

describe('wrong weights are refused', () => {
  const spoilt = (name: string, array?: NDArray<'float32'>): WeightTable => {
    const weights = new Map(weightsOf(1));
    if (array === undefined) weights.delete(name);
    else weights.set(name, array);
    return weights;
  };

  it.each<[string, WeightTable, string]>([
    ['a missing mean', spoilt('norm/moving_mean'), '"norm/moving_mean" of shape [4] is missing'],
    [
      'a kernel of another layout',
      spoilt('conv/kernel', random(1, [4, 3, 3, 2])),
      '"conv/kernel" has shape [4, 3, 3, 2], expected [3, 2, 3, 4]',
    ],
    [
      'a gamma of another length',
      spoilt('norm/gamma', random(1, [5])),
      '"norm/gamma" has shape [5], expected [4]',
    ],
  ])('%s', (_, weights, message) => {
    expect(() => foldConvolution(layer, 3, weights)).toThrow(InputError);
    expect(() => foldConvolution(layer, 3, weights)).toThrow(message);
    expect(() => foldConvolution(layer, 3, weights)).toThrow(/these are weights of another network$/);
  });

  it('a convolution without batch normalisation needs its bias', () => {
    expect(() => foldConvolution(unnormalised, 3, weightsOf(1))).toThrow(
      '"conv/bias" of shape [4] is missing',
    );
  });
});
