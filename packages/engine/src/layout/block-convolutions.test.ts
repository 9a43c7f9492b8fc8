import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grad } from '../autodiff.ts';
import { ShapeError } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import { float32, type NDArray } from '../graph/ndarray.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import * as nn from '../nn/index.ts';
import { encodeOnnx } from '../onnx/write/encode.ts';
import * as op from '../ops/index.ts';
import { Random } from '../random.ts';
import { runtime } from '../runtime/node.ts';
import { blockConvolutions } from './block-convolutions.ts';
import { channelsOfBlock } from './runtimes-layout.ts';

const BATCH = 8;

/** A network of some layers, ending in a scalar, and its weights. */
const networks = fc.record({
  channels: fc.constantFrom(1, 3, 16, 24, 32),
  size: fc.constantFrom(4, 8, 9, 12),
  layers: fc.array(
    fc.record({
      filters: fc.constantFrom(16, 24, 32),
      transposed: fc.constantFrom(false, false, true),
      kernelSize: fc.constantFrom(1, 2, 3, 4),
      strides: fc.constantFrom(1, 1, 1, 2),
      padding: fc.constantFrom<'same' | 'valid'>('same', 'valid'),
      useBias: fc.boolean(),
      after: fc.constantFrom('relu', 'leaky', 'tanh', 'skip', 'scale', 'pool', 'nothing'),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

type Network = typeof networks extends fc.Arbitrary<infer N> ? N : never;
type Layer = Network['layers'][number];

function built({ channels, size, layers }: Network): { graph: Graph; feeds: Record<string, NDArray> } {
  const parameters = new nn.Parameters();
  const pictures = input('pictures', [BATCH, channels, size, size]);
  let x: Tensor = pictures;
  for (const [i, { after, transposed, ...layer }] of layers.entries()) {
    const convolve = transposed ? nn.conv2dTranspose : nn.conv2d;
    const y = convolve(parameters.scope(`layer_${i}`), x, layer);
    if (after === 'relu') x = op.relu(y);
    else if (after === 'leaky') x = op.leakyRelu(y, 0.2);
    else if (after === 'tanh') x = op.tanh(y);
    else if (after === 'scale') x = op.div(op.mul(y, 0.7), op.add(op.square(y), 2));
    else if (after === 'pool' && y.dimension(2) > 3) x = op.averagePool(y, { poolSize: 2 });
    else if (after === 'skip' && String(x.shape) === String(y.shape)) x = op.add(x, op.relu(y));
    else x = y;
  }
  const loss = op.reduceMean(op.square(x));
  const tensors = { pictures, ...parameters.trainable() };
  const slopes = grad(loss, Object.values(tensors));
  const outputs = Object.fromEntries(Object.keys(tensors).map((name, i) => [`slope of ${name}`, slopes[i]!]));
  const random = new Random(3);
  const values = new Float32Array(pictures.shape.reduce((product, length) => product * length, 1));
  random.fillUniform(values, -1, 1);
  const feeds = { pictures: float32(values, pictures.shape), ...parameters.initialize(random) };
  return { graph: new Graph({ loss, last: x, ...outputs }), feeds };
}

async function run(graph: Graph, feeds: Record<string, NDArray>): Promise<Record<string, Float32Array>> {
  const session = await runtime.createSession(encodeOnnx(graph), { threads: 1 });
  const fed = Object.entries(feeds).map(
    ([name, { dtype, data, shape }]) => [name, new runtime.Tensor(dtype, data, shape)] as const,
  );
  const found = await session.run(Object.fromEntries(fed));
  await session.release();
  return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, data as Float32Array]));
}

/** Channels of a block on this machine; undefined where the runtime has no such kernels. */
const block = await channelsOfBlock();

const usual: Layer = {
  filters: 16,
  transposed: false,
  kernelSize: 3,
  strides: 1,
  padding: 'same',
  useBias: true,
  after: 'relu',
};

function layer(changes: Partial<Layer>): Layer {
  return { ...usual, ...changes };
}

function countOf(graph: Graph, type: string): number {
  return graph.nodes.filter(({ operator }) => operator.type === type && operator.domain !== undefined).length;
}

describe('convolutions in blocks of channels', () => {
  const here = block === undefined ? ' (this ONNX Runtime has no kernels for blocks)' : '';
  it.skipIf(block === undefined)(`have the values and gradients of plain ones${here}`, async () => {
    let blocked = 0;
    await fc.assert(
      fc.asyncProperty(networks, async (network) => {
        let made;
        try {
          made = built(network);
        } catch (error) {
          if (error instanceof ShapeError) return; // a window larger than its picture
          throw error;
        }
        const rewritten = blockConvolutions(made.graph, block!);
        if (rewritten !== made.graph) blocked += 1;
        const expected = await run(made.graph, made.feeds);
        const found = await run(rewritten, made.feeds);
        for (const [name, values] of Object.entries(expected)) {
          const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6);
          const worst = values.reduce(
            (largest, value, i) => Math.max(largest, Math.abs(value - found[name]![i]!)),
            0,
          );
          expect(worst / scale, name).toBeLessThan(1e-5);
        }
      }),
      { numRuns: 100, seed: 20161125 },
    );
    expect(blocked).toBeGreaterThan(30);
  });

  it('split transposed ones into phases, which stay in blocks', () => {
    const layers = [layer({ transposed: true, strides: 2 }), layer({})];
    const { graph } = built({ channels: 16, size: 8, layers });
    const rewritten = blockConvolutions(new Graph({ y: graph.outputs.get('last')! }), 16);
    expect(countOf(rewritten, 'Conv')).toBe(4 + 1);
    expect(countOf(rewritten, 'ReorderInput')).toBe(1);
    expect(countOf(rewritten, 'ReorderOutput')).toBe(1);
    const multiplications = rewritten.nodes
      .filter(({ operator }) => operator.domain !== undefined && operator.type === 'Conv')
      .map(({ inputs: [, w] }) => w!.dimension(2) * w!.dimension(3));
    expect(multiplications.slice(0, 4).reduce((sum, taps) => sum + taps)).toBe(9);
  });

  it('stay in blocks over operators of one element each, and take a ReLU with them', () => {
    const layers = [layer({}), layer({ after: 'leaky' }), layer({ after: 'scale' }), layer({})];
    const { graph } = built({ channels: 16, size: 8, layers });
    const forward = new Graph({ y: graph.outputs.get('last')! });
    const rewritten = blockConvolutions(forward, 16);
    expect(countOf(rewritten, 'Conv')).toBe(4);
    expect(countOf(rewritten, 'ReorderInput')).toBe(1);
    expect(countOf(rewritten, 'ReorderOutput')).toBe(1);
    expect(rewritten.nodes.filter(({ operator }) => operator.type === 'Relu')).toEqual([]);
  });

  it('are left alone where blocks do not fit, where kernels are constants, and where there is little to compute', () => {
    const unfit = built({ channels: 24, size: 8, layers: [layer({ filters: 24 })] }).graph;
    expect(blockConvolutions(unfit, 16)).toBe(unfit);
    const small = built({ channels: 16, size: 4, layers: [layer({})] }).graph;
    expect(blockConvolutions(small, 16)).toBe(small);
    const weights = nn.Parameters.frozen({
      kernel: float32(new Float32Array(16 * 16 * 9), [16, 16, 3, 3]),
    });
    const x = input('x', [BATCH, 16, 8, 8]);
    const frozen = new Graph({
      y: nn.conv2d(weights, x, { filters: 16, kernelSize: 3, useBias: false, padding: 'same' }),
    });
    expect(blockConvolutions(frozen, 16)).toBe(frozen);
  });

  it("are left alone where kernels have one row, as those of Winograd's method", () => {
    const graphOf = (kernel: readonly number[], padding: 'same' | 'valid'): Graph =>
      new Graph({
        y: op.conv2d(input('x', [BATCH, 16, 8, 8]), input('w', [16, 16, ...kernel]), { padding }),
      });
    const row = graphOf([1, 5], 'same');
    expect(blockConvolutions(row, 16)).toBe(row);
    const pixel = graphOf([1, 1], 'valid');
    expect(blockConvolutions(pixel, 16)).not.toBe(pixel);
  });
});
