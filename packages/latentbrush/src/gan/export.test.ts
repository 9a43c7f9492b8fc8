import { decodeOnnx } from '@latentbrush/engine';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { TrainEvent } from './events.ts';
import { exportOnnx } from './export.ts';
import { Generator, type GanModel } from './model.ts';
import type { TrainInput } from './options.ts';
import { discs } from './testing/discs.ts';
import { train } from './train.ts';

const quick = {
  architecture: 'dcgan',
  size: 16,
  filters: 4,
  latentDim: 6,
  batchSize: 4,
  iterations: 2,
  threads: 1,
} as const;

/** A generator that was trained a little, so that its running means are not those it began with. */
async function trained(options: TrainInput): Promise<GanModel> {
  let last: TrainEvent | undefined;
  for await (const event of train(discs(), { ...quick, samples: 1, ...options })) last = event;
  if (last?.type !== 'done') throw new Error('training did not end');
  return last.model;
}

describe('the generator as an ONNX file', () => {
  it.each<[string, TrainInput, number | undefined]>([
    ['by points', {}, undefined],
    ['by points and classes, averaged', { conditional: true, spectralNorm: true, ema: 0.9 }, 2],
    ["with the book's range of pictures", { compat: 'book' }, undefined],
  ])('gives the pictures of the library: %s', async (_, options, kind) => {
    const model = await trained(options);
    const { bytes, inputs, outputs } = exportOnnx(model);
    expect(inputs).toEqual(kind === undefined ? ['z'] : ['z', 'labels']);
    expect(outputs).toEqual(['pictures']);

    const point = Float32Array.of(0.3, -1, 0.5, 2, 0, -0.7);
    const session = await InferenceSession.create(bytes);
    const found = await session.run({
      z: new Tensor('float32', point, [1, 6]),
      ...(kind !== undefined && {
        labels: new Tensor(
          'float32',
          [0, 1, 2].map((i) => (i === kind ? 1 : 0)),
          [1, 3],
        ),
      }),
    });
    await session.release();
    expect(found.pictures?.dims).toEqual([1, 3, 16, 16]);

    const generator = new Generator(model, { threads: 1 });
    const [expected] = await generator.decode([point], kind === undefined ? undefined : [kind]);
    await generator.release();
    const values = found.pictures?.data as Float32Array;
    values.forEach((value, i) => expect(value).toBeCloseTo(expected!.data[i]!, 2));
  });

  it.each<[string, TrainInput]>([
    ['by points', {}],
    ['by points and classes', { conditional: true, spectralNorm: true }],
  ])('makes any number of pictures at once, each as alone: %s', async (_, options) => {
    const model = await trained(options);
    const { size } = model.architecture;
    const session = await InferenceSession.create(exportOnnx(model).bytes);
    const made = async (from: number, batch: number): Promise<Tensor> => {
      const z = Float32Array.from({ length: batch * 6 }, (_, i) => Math.sin(1.3 * (i + from * 6)));
      const labels = Float32Array.from({ length: batch * 3 }, (_, i) => (i % 3 === 1 ? 1 : 0));
      const { pictures } = await session.run({
        z: new Tensor(z, [batch, 6]),
        ...(options.conditional === true && { labels: new Tensor(labels, [batch, 3]) }),
      });
      expect(pictures?.dims).toEqual([batch, 3, size, size]);
      return pictures!;
    };
    const [one, five] = [(await made(3, 1)).data as Float32Array, (await made(0, 5)).data as Float32Array];
    one.forEach((value, i) => expect(five[3 * one.length + i]).toBeCloseTo(value, 2));
    await session.release();
  });

  it('describes itself in its metadata', async () => {
    const { bytes } = exportOnnx(await trained({ conditional: true }));
    const { metadata } = decodeOnnx(bytes, { inputShapes: { z: [2, 6], labels: [2, 3] } });
    expect(JSON.parse(metadata.classes ?? '')).toEqual(['red', 'green', 'blue']);
    expect(JSON.parse(metadata.architecture ?? '')).toMatchObject({ kind: 'dcgan', size: 16, latent: 6 });
  });
});
