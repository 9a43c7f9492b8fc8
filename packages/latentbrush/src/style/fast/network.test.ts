import { compile, float32, grad, input, nn, Random, reduceSum, type NDArray } from '@latentbrush/engine';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { picture } from '../../image/index.ts';
import { noise } from '../../image/testing/noise.ts';
import {
  recoloringWeights,
  transformer,
  TRANSFORMER_STRIDE,
  type TransformerArchitecture,
} from './network.ts';

const architecture: TransformerArchitecture = { filters: 4, residualBlocks: 2, noise: 2, palette: 0 };

function initialWeights(seed = 1, shape = architecture): Record<string, NDArray> {
  const parameters = new nn.Parameters();
  transformer(parameters, input('pictures', [1, 3, 16, 16]), shape);
  return parameters.initialize(new Random(seed));
}

/** Weights that change nothing. */
function still(weights: Record<string, NDArray>): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(weights).map(([name, value]) => [
      name,
      name.startsWith('conv_6/') ? float32(new Float32Array(value.data.length), value.shape) : value,
    ]),
  );
}

function average(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Weights as after a wild training. */
function wildWeights(by: number): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(initialWeights()).map(([name, { data, shape }]) => [
      name,
      float32(
        (data as Float32Array).map((value) => value * by + 0.1),
        shape,
      ),
    ]),
  );
}

async function paint(
  weights: Record<string, NDArray>,
  pictures: NDArray,
  shape = architecture,
): Promise<Float32Array> {
  const output = transformer(nn.Parameters.frozen(weights), input('pictures', pictures.shape), shape);
  const session = await compile({ output }, { threads: 1 });
  const { output: painted } = await session.run({ pictures });
  await session.release();
  expect(painted.shape).toEqual(pictures.shape);
  return painted.data as Float32Array;
}

const pictures = float32(noise(1, 3, 20, 24).data, [1, 3, 20, 24]);

describe('the network of a fast style', () => {
  it('accepts any number of pictures whose sides are multiples of its stride', async () => {
    const side = fc.integer({ min: 4, max: 12 }).map((count) => count * TRANSFORMER_STRIDE);
    await fc.assert(
      fc.asyncProperty(side, side, fc.integer({ min: 1, max: 3 }), async (height, width, batch) => {
        const data = noise(2, 3, batch * height, width).data;
        await paint(initialWeights(), float32(data, [batch, 3, height, width]));
      }),
      { numRuns: 8 },
    );
  });

  it('hardly changes a picture before training', async () => {
    for (const seed of [1, 2, 3]) {
      const painted = await paint(initialWeights(seed), pictures);
      const change = painted.map((value, i) => Math.abs(value - pictures.data[i]!));
      expect(change.reduce((sum, value) => sum + value, 0) / change.length).toBeLessThan(12);
      expect(Math.max(...change)).toBeGreaterThan(0);
    }
  });

  it('with zero change returns the picture, for all colours from black to white', async () => {
    const levels = float32(
      Float32Array.from({ length: 768 }, (_, i) => i % 256),
      [1, 3, 16, 16],
    );
    const painted = await paint(still(initialWeights()), levels);
    painted.forEach((value, i) => expect(value).toBeCloseTo(levels.data[i]!, 2));
  });

  it('with zero change returns it in the colours of the style, by the palette weight', async () => {
    const style = picture(
      3,
      16,
      16,
      noise(4, 3, 16, 16).data.map((value, i) => (i < 256 ? 40 + value / 4 : 99)),
    );
    const size = 20 * 24;
    const meansOf = async (palette: number): Promise<number[]> => {
      const shape = { ...architecture, palette };
      const painted = await paint(
        { ...still(initialWeights(1, shape)), ...recoloringWeights(shape, style) },
        pictures,
        shape,
      );
      return [0, 1, 2].map((channel) => average(painted.subarray(channel * size, (channel + 1) * size)));
    };
    const own = await meansOf(0);
    const whole = await meansOf(1);
    [average(style.data.subarray(0, 256)), 99, 99].forEach((mean, channel) =>
      expect(Math.abs(whole[channel]! - mean)).toBeLessThan(0.5),
    );
    (await meansOf(0.5)).forEach((mean, channel) =>
      expect(mean).toBeCloseTo((own[channel]! + whole[channel]!) / 2, 2),
    );
  });

  it('changes no colour by more than half of the range, with any weights', async () => {
    const beyond = float32(
      pictures.data.map((value) => value * 1.4 - 50),
      pictures.shape,
    );
    for (const by of [3, 30]) {
      const painted = await paint(wildWeights(by), beyond);
      const change = painted.map((value, i) => Math.abs(value - beyond.data[i]!));
      expect(Math.max(...change)).toBeLessThan(127.51);
      expect(Math.max(...change)).toBeGreaterThan(100); // it was tested
    }
  });

  it('paints each picture of a batch independently', async () => {
    const weights = wildWeights(2);
    const other = noise(9, 3, 20, 24).data;
    const both = float32(Float32Array.from([...pictures.data, ...other]), [2, 3, 20, 24]);
    const painted = await paint(weights, both);
    const alone = await paint(weights, pictures);
    alone.forEach((value, i) => expect(painted[i]).toBeCloseTo(value, 2));
  });

  it('paints a plain colour with variation from noise, the same each time', async () => {
    const plain = float32(new Float32Array(3 * 32 * 32).fill(90), [1, 3, 32, 32]);
    const first = await paint(wildWeights(2), plain);
    expect(await paint(wildWeights(2), plain)).toEqual(first);
    const inner = first.filter(
      (_, i) => i % 32 > 8 && i % 32 < 24 && (i >> 5) % 32 > 8 && (i >> 5) % 32 < 24,
    );
    expect(Math.max(...inner) - Math.min(...inner)).toBeGreaterThan(1);
  });

  it('passes a gradient to all its weights', async () => {
    const parameters = new nn.Parameters();
    const output = transformer(parameters, input('pictures', pictures.shape), architecture);
    const trained = parameters.trainable();
    const gradients = grad(reduceSum(output), Object.values(trained));
    const session = await compile<string>(
      Object.fromEntries(
        Object.keys(trained).map((name, index) => [`gradient of ${name}`, gradients[index]!]),
      ),
      { threads: 1 },
    );
    const found = await session.run({ pictures, ...wildWeights(1) });
    await session.release();
    for (const [name, { data }] of Object.entries(found)) {
      const largest = Math.max(...[...data].map((value) => Math.abs(Number(value))));
      expect([name, Number.isFinite(largest)]).toEqual([name, true]);
      // Normalisation removes the bias before it.
      if (!name.endsWith('bias') || name.includes('conv_6'))
        expect([name, largest > 0]).toEqual([name, true]);
    }
  });
});
