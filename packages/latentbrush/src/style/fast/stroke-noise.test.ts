import { compile, identity, Random } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { drawNoise, fixedNoise, joinNoise, noiseInputs, noiseShapes } from './stroke-noise.ts';

describe('the noise of a fast style', () => {
  const shape = [2, 3, 64, 100];

  it('has a value for every 4, 16 and 32 pixels', () => {
    expect(noiseShapes(5, shape)).toEqual([
      [2, 5, 16, 25],
      [2, 5, 4, 7],
      [2, 5, 2, 4],
    ]);
    expect(noiseShapes(0, shape)).toEqual([]);
  });

  it('is drawn for the inputs of a graph, with mean 0 and variance 1', async () => {
    const fields = noiseInputs(5, shape);
    const session = await compile({ joined: joinNoise(fields, [16, 25]) }, { threads: 1 });
    const feeds = drawNoise(new Random(3), 5, shape);
    const { joined } = await session.run(feeds);
    await session.release();
    expect(joined.shape).toEqual([2, 15, 16, 25]);
    const values = [...(feeds.noise_4!.data as Float32Array)];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length).toBeCloseTo(1, 1);
  });

  it('is the same for every picture that is painted', async () => {
    const [finest] = fixedNoise(2, [2, 3, 16, 16]);
    const session = await compile({ values: identity(finest!) }, { threads: 1 });
    const { values } = await session.run({});
    await session.release();
    const data = [...values.data];
    expect(data.slice(0, 32)).toEqual(data.slice(32));
    expect(new Set(data).size).toBe(32);
  });
});
