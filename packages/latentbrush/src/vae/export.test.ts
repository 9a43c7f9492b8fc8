import { decodeOnnx } from '@latentbrush/engine';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { noise } from '../image/testing/noise.ts';
import { exportOnnx } from './export.ts';
import type { Architecture } from './networks/network.ts';
import { small, untrained } from './testing/untrained.ts';
import { Vae } from './model.ts';

function expectClose(actual: Tensor | undefined, expected: Float32Array): void {
  expect(actual?.data).toHaveLength(expected.length);
  (actual!.data as Float32Array).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
}

describe.each<[string, Architecture]>([
  ["the book's networks, grey", small],
  [
    'residual networks, in colour',
    { kind: 'residual', size: 12, channels: 3, latent: 5, filters: 4, boundedVariance: true },
  ],
])('exported, %s', (_, architecture) => {
  const { channels, size, latent } = architecture;
  const model = untrained(architecture);
  const files = exportOnnx(model);

  it('give the same values in another ONNX runtime', async () => {
    const vae = new Vae(model, { threads: 1 });
    const picture = noise(7, channels, size, size);
    const point = Float32Array.from({ length: latent }, (_, i) => i - 0.7);
    const [encoded] = await vae.encode([picture]);
    const [decoded] = await vae.decode([point]);
    await vae.release();

    const encoder = await InferenceSession.create(files.encoder.bytes);
    const values = picture.data.map((value) => value / 255);
    const found = await encoder.run({ pictures: new Tensor(values, [1, channels, size, size]) });
    expectClose(found.mean, encoded!.mean);
    expectClose(found.log_var, encoded!.logVar);
    const decoder = await InferenceSession.create(files.decoder.bytes);
    const { pictures } = await decoder.run({ z: new Tensor(point, [1, latent]) });
    expect(pictures?.dims).toEqual([1, channels, size, size]);
    expectClose(
      pictures,
      decoded!.data.map((value) => value / 255),
    );
  });

  it.each([1, 5])('accept %i pictures or points at once, with the results of each alone', async (batch) => {
    const encoder = await InferenceSession.create(files.encoder.bytes);
    const decoder = await InferenceSession.create(files.decoder.bytes);
    const rows = Array.from({ length: batch }, (_, row) => noise(row, channels, size, size).data);
    const all = Float32Array.from(rows.flatMap((row) => [...row.map((value) => value / 255)]));
    const values = channels * size * size;
    const { mean } = await encoder.run({ pictures: new Tensor(all, [batch, channels, size, size]) });
    expect(mean?.dims).toEqual([batch, latent]);
    const { pictures } = await decoder.run({ z: mean! });
    expect(pictures?.dims).toEqual([batch, channels, size, size]);
    for (let row = 0; row < batch; row++) {
      const one = new Tensor(all.slice(row * values, (row + 1) * values), [1, channels, size, size]);
      const alone = await encoder.run({ pictures: one });
      expectClose(alone.mean, (mean!.data as Float32Array).slice(row * latent, (row + 1) * latent));
      const decoded = await decoder.run({ z: alone.mean! });
      expectClose(decoded.pictures, (pictures!.data as Float32Array).slice(row * values, (row + 1) * values));
    }
  });

  it('name their inputs, outputs and architecture', () => {
    expect(files.encoder).toMatchObject({ inputs: ['pictures'], outputs: ['mean', 'log_var'] });
    expect(files.decoder).toMatchObject({ inputs: ['z'], outputs: ['pictures'] });
    const inputShapes = { pictures: [2, channels, size, size], z: [2, latent] };
    for (const { bytes, inputs } of Object.values(files)) {
      const shapes = Object.fromEntries(
        Object.entries(inputShapes).filter(([name]) => inputs.includes(name)),
      );
      expect(JSON.parse(decodeOnnx(bytes, { inputShapes: shapes }).metadata.architecture ?? '')).toEqual(
        architecture,
      );
    }
  });
});
