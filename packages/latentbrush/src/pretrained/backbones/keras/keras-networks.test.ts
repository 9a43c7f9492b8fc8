import { readFile } from 'node:fs/promises';
import * as op from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { backboneCatalogue } from '../catalogue.ts';
import { kerasBackbone } from './keras-backbone.ts';
import { preprocessings } from '../preprocessing.ts';
import { formulaWeights, uniform } from '../testing/formula-weights.ts';

interface Oracle {
  readonly layers: Readonly<
    Record<string, { readonly shape: number[]; readonly mean: number; readonly values: number[] }>
  >;
  readonly loss: number;
  readonly gradient: { readonly norm: number; readonly values: number[] };
}

const oracles = JSON.parse(
  await readFile(new URL('../testing/keras-networks.json', import.meta.url), 'utf8'),
) as { readonly size: number } & Readonly<Record<'resnet50' | 'xception', Oracle>>;

const { size } = oracles;
const picture = op.float32(
  Float32Array.from(uniform('picture', 3 * size * size), (value) => 127.5 + 127.5 * Math.fround(value)),
  [1, 3, size, size],
);

/** Evenly spread elements, as many as the reference has. */
function spread({ data }: op.NDArray, count: number): number[] {
  const step = Math.max(1, Math.floor(data.length / 7));
  return Array.from({ length: count }, (_, index) => Number(data[index * step]));
}

describe.each(['resnet50', 'xception'] as const)('%s with weights by a formula', (name) => {
  const { architecture, preprocessing } = backboneCatalogue[name];
  const { layers, loss: expectedLoss, gradient } = oracles[name];

  it('has the activations and the gradient of an independent PyTorch program in float64', async () => {
    const backbone = kerasBackbone({
      name,
      origin: 'formulas',
      architecture: architecture(),
      weights: formulaWeights(architecture()),
      preprocessing: preprocessings[preprocessing],
    });
    const x = op.input('picture', picture.shape);
    const seen = Object.fromEntries(backbone.activations(x, Object.keys(layers)));
    const last = seen[Object.keys(layers).at(-1)!]!;
    const loss = op.mul(op.reduceMean(op.square(last)), 0.5);
    const [dx] = op.grad(loss, [x]);
    const session = await op.compile<string>({ ...seen, loss, dx: dx! });
    const found = await session.run({ picture });
    await session.release();
    for (const [layer, expected] of Object.entries(layers)) {
      const array = found[layer]!;
      expect(array.shape, layer).toEqual(expected.shape);
      const scale = Math.max(...expected.values.map(Math.abs));
      const data = array.data as Float32Array;
      expect(
        Math.abs(data.reduce((sum, value) => sum + value, 0) / data.length - expected.mean),
      ).toBeLessThan(1e-3 * scale);
      spread(array, expected.values.length).forEach((value, index) =>
        expect(Math.abs(value - expected.values[index]!), `${layer} ${index}`).toBeLessThan(1e-3 * scale),
      );
    }
    expect(Number(found.loss!.data[0]) / expectedLoss).toBeCloseTo(1, 3);
    const data = found.dx!.data as Float32Array;
    expect(Math.hypot(...data) / gradient.norm).toBeCloseTo(1, 2);
    spread(found.dx!, gradient.values.length).forEach((value, index) =>
      expect(Math.abs(value - gradient.values[index]!)).toBeLessThan(2e-3 * gradient.norm),
    );
  }, 60_000);
});
