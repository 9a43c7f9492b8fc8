import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { type NDArray } from '../graph/ndarray.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { grad } from '../autodiff.ts';
import { checkGradients } from '../gradient-check.ts';
import { operators } from './registry.ts';
import * as op from './index.ts';
import { gradientCases } from './testing/gradient-cases.ts';
import {
  type Case,
  array,
  unary,
  binary,
  positive,
  convolution2d,
  transposedConvolution,
  pooling,
  matrices,
  gathered,
  resized,
  normalised,
} from './testing/gradient-operands.ts';

const RUNS = 8;
const covered = new Set<string>();

describe('every gradient rule agrees with finite differences', () => {
  for (const [name, arbitrary] of Object.entries(gradientCases)) {
    it(name, async () => {
      await fc.assert(
        fc.asyncProperty(arbitrary, async ({ build, values }) => {
          noteOperators(build, values);
          await checkGradients(build, values);
        }),
        { numRuns: name.startsWith('conv2d') ? 5 * RUNS : RUNS, seed: 20161125 },
      );
    });
  }

  it('for every operator of the engine', () => {
    const withRule = [...operators.values()]
      .filter(({ gradient }) => gradient !== undefined)
      .map(({ type }) => type);
    const notDifferentiable = ['ArgMax', 'Mod'];
    expect(withRule.filter((type) => !covered.has(type) && !notDifferentiable.includes(type))).toEqual([]);
  });
});

describe('a gradient can itself be differentiated', () => {
  const secondOrder: Record<string, fc.Arbitrary<Case>> = {
    tanh: unary(op.tanh),
    sigmoid: unary(op.sigmoid),
    div: binary(op.div, {}, positive),
    softmax: array([2, 3]).map((x) => ({ build: (t) => op.softmax(t), values: [x] })),
    matmul: matrices,
    conv2d: convolution2d,
    conv2dTranspose: transposedConvolution,
    layerNorm: normalised(
      (x, gamma, beta) => op.layerNorm(x, { gamma, beta, epsilon: 0.3 }),
      (shape) => shape.at(-1) ?? 1,
    ),
    averagePool: pooling(op.averagePool),
    maxPool: pooling((x, options) => op.maxPool(op.exp(x), options)),
    resize: resized,
    gather: gathered,
  };
  for (const [name, arbitrary] of Object.entries(secondOrder)) {
    it(name, async () => {
      await fc.assert(
        fc.asyncProperty(arbitrary, async ({ build, values }) => {
          const gradientNorm = (...tensors: Tensor[]): Tensor => {
            const built = build(...tensors);
            const output = 'shape' in built ? built : op.add(built[0] ?? 0, 0);
            const floats = tensors.filter(({ dtype }) => dtype === 'float32');
            const gradients = grad(op.reduceSum(op.pow(output, 2)), floats);
            return gradients
              .map((gradient) => op.reduceSum(op.square(gradient)))
              .reduce((a, b) => op.add(a, b));
          };
          await checkGradients(gradientNorm, values, { epsilon: 5e-3, tolerance: 2e-2 });
        }),
        { numRuns: 4, seed: 20161125 },
      );
    });
  }
});

function noteOperators(build: Case['build'], values: readonly NDArray[]): void {
  const built = build(...values.map(({ dtype, shape }, i) => input(`x${i}`, shape, dtype)));
  const outputs = 'shape' in built ? [built] : built;
  const graph = new Graph(Object.fromEntries(outputs.map((output, i) => [`y${i}`, output])));
  for (const node of graph.nodes) covered.add(node.operator.type);
}
