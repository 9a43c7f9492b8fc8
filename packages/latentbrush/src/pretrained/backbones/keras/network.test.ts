import * as op from '@latentbrush/engine';
import { float32, Random, ShapeError, type Tensor } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { Network } from './network.ts';
import { randomWeights, tinyArchitecture } from '../testing/tiny-backbone.ts';

const weights = randomWeights(tinyArchitecture);
const pixels = float32(new Float32Array(2 * 3 * 21 * 18), [2, 3, 21, 18]);
new Random(5).fillUniform(pixels.data, -1, 1);

const weight = (name: string): Tensor => op.constant(weights.get(name)!);
const perChannel = (name: string): Tensor => op.reshape(weight(name), [1, -1, 1, 1]);
const kernelOf = (name: string): Tensor => op.transpose(weight(`${name}/kernel`), [3, 2, 0, 1]);

/** conv2d_N by single operators: convolution, batch normalisation, ReLU. */
function convolution(x: Tensor, index: number, options: Parameters<typeof op.conv2d>[2]): Tensor {
  const y = op.conv2d(x, kernelOf(`conv2d_${index}`), options);
  const norm = `batch_normalization_${index}`;
  const deviation = op.sqrt(op.add(perChannel(`${norm}/moving_variance`), 1e-3));
  const normalised = op.div(op.sub(y, perChannel(`${norm}/moving_mean`)), deviation);
  return op.relu(op.add(normalised, perChannel(`${norm}/beta`)));
}

/** The tiny network written out, without its table of layers. */
function writtenOut(x: Tensor): { mixed0: Tensor; mixed1: Tensor } {
  const stem = convolution(x, 1, { strides: 2, padding: 'valid' });
  const branch1x1 = convolution(stem, 2, { padding: 'same' });
  const branch1x3 = convolution(stem, 3, { padding: 'same' });
  const pooled = op.averagePool(stem, { poolSize: 3, strides: 1, padding: 'same' });
  const mixed0 = op.concat([branch1x1, branch1x3, convolution(pooled, 4, { padding: 'same' })], 1);
  const reduced = op.maxPool(mixed0, { poolSize: 3, strides: 2, padding: 'valid' });
  const plain = op.conv2d(reduced, kernelOf('plain'), { bias: weight('plain/bias'), padding: 'same' });
  return { mixed0, mixed1: op.concat([op.relu(plain), reduced], 1) };
}

async function run(build: (x: Tensor) => Record<string, Tensor>): Promise<Record<string, op.NDArray>> {
  const session = await op.compile(build(op.input('x', pixels.shape)), { threads: 1 });
  const results = await session.run({ x: pixels });
  await session.release();
  return results;
}

function expectClose(found: op.NDArray, expected: op.NDArray): void {
  expect(found.shape).toEqual(expected.shape);
  const scale = Math.max(...(expected.data as Float32Array));
  expect(scale).toBeGreaterThan(0.1);
  const errors = (found.data as Float32Array).map((value, i) => Math.abs(value - Number(expected.data[i])));
  expect(Math.max(...errors)).toBeLessThan(1e-5 * scale);
}

describe('a network', () => {
  it('computes its layers as single operators do', async () => {
    const network = new Network(tinyArchitecture, weights);
    const found = await run((x) => Object.fromEntries(network.activations(x, ['mixed0', 'mixed1'])));
    const expected = await run(writtenOut);
    expect(found.mixed0!.shape).toEqual([2, 12, 10, 8]);
    expect(found.mixed1!.shape).toEqual([2, 20, 4, 3]);
    expectClose(found.mixed0!, expected.mixed0!);
    expectClose(found.mixed1!, expected.mixed1!);
  });

  it('that reads blue, green, red gives for a picture what one of red, green, blue gives for its reverse', async () => {
    const layers = ['mixed1'];
    const bgr = new Network(tinyArchitecture, weights, true);
    const rgb = new Network(tinyArchitecture, weights);
    const found = await run((x) => Object.fromEntries(bgr.activations(x, layers)));
    expectClose(
      found.mixed1!,
      (await run((x) => Object.fromEntries(rgb.activations(op.flip(x, [1]), layers)))).mixed1!,
    );
    expect(found.mixed1!.data).not.toEqual(
      (await run((x) => Object.fromEntries(rgb.activations(x, layers)))).mixed1!.data,
    );
  });

  it('ends at the highest requested layer', () => {
    const network = new Network(tinyArchitecture, weights);
    const [mixed0] = [...network.activations(op.input('x', pixels.shape), ['mixed0']).values()] as [Tensor];
    const types = new op.Graph({ mixed0 }).nodes.map(({ operator }) => operator.type);
    expect(types.filter((type) => type === 'Conv')).toHaveLength(4);
    expect(types).not.toContain('MaxPool');
  });

  it('stores its weights once in a graph that uses it twice', () => {
    const network = new Network(tinyArchitecture, weights);
    const looks = ['a', 'b'].map((name) =>
      network.activations(op.input(name, pixels.shape), ['mixed1']).get('mixed1')!,
    );
    const graph = new op.Graph({ first: looks[0]!, second: looks[1]! });
    const kernels = graph.constants.filter(({ shape }) => shape.length === 4);
    expect(kernels).toHaveLength(5);
  });

  it('has no output for a picture that is smaller than a window', () => {
    const network = new Network(tinyArchitecture, weights);
    expect(() => network.activations(op.input('x', [1, 3, 2, 40]), ['conv2d_1'])).toThrow(ShapeError);
  });
});
