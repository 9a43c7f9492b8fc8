import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { pictureAt, subset } from '../data/index.ts';
import type { Picture } from '../image/index.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { VaePictures } from './data.ts';
import { optimizerName, trainOptions, type TrainInput } from './options.ts';
import { all, losses, modelOf, of, pictures, quick } from './testing/collected.ts';
import { dots } from './testing/dots.ts';
import { train } from './train.ts';
import { Vae } from './model.ts';

describe('options', () => {
  it("are the book's when none are given", () => {
    expect(trainOptions.parse({})).toEqual({
      architecture: 'book',
      compat: 'none', // the book's networks and losses, started safely
      latentDim: 2,
      filters: 32,
      reconstruction: 'bce',
      sigma: 0.1,
      klWarmup: 0,
      freeBits: 0,
      learningRate: 1e-3,
      epochs: 10,
      batchSize: 16,
      validation: 0.1,
      flip: false,
      shift: 0,
      color: 0,
      samples: 64,
      checkpointEvery: 500,
      keep: 2,
      seed: 1,
    });
  });

  it("have the book's RMSprop for its networks and Adam for residual ones, unless one is named", () => {
    const rule = (options: TrainInput): string => optimizerName(trainOptions.parse(options));
    expect(rule({})).toBe('rmsprop');
    expect(rule({ architecture: 'residual' })).toBe('adam');
    expect(rule({ architecture: 'residual', optimizer: 'rmsprop' })).toBe('rmsprop');
  });

  it.each<[string, TrainInput, RegExp]>([
    ['out of range', { latentDim: 0 }, /option latentDim: 0 was given/],
    ['that is invalid', { latents: 3 } as TrainInput, /option latents: there is no such option/],
    ['of another kind', { architecture: 'resnet' as 'book' }, /option architecture/],
    ['that moves pictures out of sight', { shift: 8 }, /shift/],
  ])('%s are refused in one line', async (_, options, message) => {
    const folder = join(await temporaryFolder(), 'run');
    const work = all(train(pictures, { ...quick, ...options, run: folder }));
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(message);
    await expect(work).rejects.not.toThrow(/\n/);
    expect(await readdir(join(folder, '..'))).toEqual([]);
  });

  it.each<[string, VaePictures, RegExp]>([
    ['an odd size', { train: dots(4, { size: 9 }) }, /9x9 cannot be halved; choose an even size, such as 10/],
    [
      'no squares',
      { train: { ...dots(4), height: 16, width: 4 } },
      /dots: its pictures are 4x16; load them as squares/,
    ],
    [
      'a test set of another size',
      { train: dots(4), test: dots(4, { size: 10, name: 'others' }) },
      /others: its test pictures are 10x10 in grey, its training pictures 8x8 in grey/,
    ],
    [
      'a test set of other colours',
      { train: dots(4), test: dots(4, { channels: 3, name: 'others' }) },
      /others: its test pictures are 8x8 in colour, its training pictures 8x8 in grey/,
    ],
  ])('pictures with %s are refused, and no run is begun', async (_, unfit, message) => {
    const folder = join(await temporaryFolder(), 'run');
    const work = all(train(unfit, { ...quick, run: folder }));
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(message);
    expect(await readdir(join(folder, '..'))).toEqual([]);
  });
});

describe('events of training', () => {
  it('first the memory it needs, then steps, and after each epoch metrics, sheets and a checkpoint', async () => {
    const events = await all(train(pictures, quick));
    const epoch = ['step', 'step', 'step', 'step', 'epoch', 'sample', 'checkpoint'];
    expect(events.map(({ type }) => type)).toEqual(['start', ...epoch, ...epoch, 'done']);
    const [start] = of(events, 'start');
    expect(start).toMatchObject({
      pictures: 36,
      validation: 4,
      stepsPerEpoch: 4,
      step: 0,
      total: 8,
      folder: undefined,
    });
    const small = { size: 8, channels: 1, latent: 2, filters: 4 };
    const { weights, architecture } = modelOf(events);
    expect(architecture).toEqual({ ...small, kind: 'book', boundedVariance: true });
    const counted = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
    expect(start?.parameters).toBe(counted);
    expect(of(events, 'step').map(({ step, epoch }) => [step, epoch])).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((step) => [step, step <= 4 ? 1 : 2]),
    );
    expect(of(events, 'done')[0]).toMatchObject({ step: 8, reason: 'finished' });
  });

  it('the memory it needs: a part that grows with the batch, weights, and the slots of Adam', async () => {
    const memory = async (options: TrainInput): Promise<number> =>
      of(await all(train(pictures, { ...quick, ...options, maxSteps: 1 })), 'start')[0]!.memory;
    // With fewer pictures the peak is at the optimiser, which does not see them.
    const [nine, twelve, eighteen, thirty] = [
      await memory({}),
      await memory({ batchSize: 12 }),
      await memory({ batchSize: 18 }),
      await memory({ batchSize: 30 }),
    ];
    expect((thirty - eighteen) / (eighteen - twelve)).toBeCloseTo(2, 6);
    // the dense layer alone has 32 weights for each of 16 places in 8 channels: one slot less, of three buffers
    expect(nine - (await memory({ optimizer: 'rmsprop' }))).toBeGreaterThan(3 * 4 * 16 * 8 * 32);
    expect(await memory({ filters: 8 })).toBeGreaterThan(nine);
  });

  it('the loss of an epoch is the mean over its steps; ELBO and loss follow from their parts', async () => {
    const events = await all(train(pictures, { ...quick, beta: 2 }));
    const found = losses(events);
    of(events, 'epoch').forEach((epoch, i) => {
      const own = found.slice(4 * i, 4 * i + 4);
      expect(epoch.loss).toBeCloseTo(own.reduce((sum, loss) => sum + loss, 0) / 4, 12);
      for (const { loss, reconstruction, kl, elbo } of [epoch, epoch.validation!]) {
        expect(elbo).toBe(-(reconstruction + kl));
        expect(loss * 64).toBeCloseTo(reconstruction + 2 * kl, 3);
      }
    });
    expect(of(events, 'step').at(-1)?.loss).toBe(of(events, 'epoch').at(-1)?.loss);
  });

  it('stops after max-steps, also where an epoch ends', async () => {
    for (const maxSteps of [3, 4]) {
      const events = await all(train(pictures, { ...quick, maxSteps }));
      expect(losses(events)).toHaveLength(maxSteps);
      expect(of(events, 'done')[0]?.reason).toBe('max-steps');
      expect(of(events, 'epoch')).toHaveLength(maxSteps === 4 ? 1 : 0);
    }
  });
});

describe('it learns', () => {
  const forms: Record<string, TrainInput & { readonly channels?: 1 | 3 }> = {
    'the networks of the book': {},
    'as in the book, with RMSprop': { optimizer: 'rmsprop', learningRate: 3e-3 },
    'residual networks, in colour': { architecture: 'residual', channels: 3 },
    'a Gaussian likelihood': { reconstruction: 'gaussian', sigma: 0.3 },
    'changed pictures, more dimensions, clipped gradients': {
      flip: true,
      shift: 1,
      color: 0.1,
      latentDim: 6,
      clipnorm: 1,
    },
    'a KL divergence that is warmed up, with free bits': { klWarmup: 2, freeBits: 0.5, beta: 1 },
    'batches larger than the data set': { batchSize: 64, epochs: 30 },
  };
  it.each(Object.entries(forms))('with %s', async (_, { channels, ...options }) => {
    const data = { train: dots(40, { channels: channels ?? 1 }) };
    const events = await all(train(data, { ...quick, epochs: 10, samples: 1, ...options }));
    const [first, last] = [of(events, 'epoch')[0]!, of(events, 'epoch').at(-1)!];
    // the rest is the entropy of grey pixels, or the normalisation of the Gaussian, which can be negative
    expect(last.reconstruction).toBeLessThan(first.reconstruction - 0.15 * Math.abs(first.reconstruction));
    expect(last.validation?.reconstruction).toBeLessThan(first.validation!.reconstruction);
  });

  it('so that a decoded picture is closer to its own than to others', async () => {
    const events = await all(
      train(pictures, { ...quick, learningRate: 0.003, epochs: 40, samples: 1, beta: 0.1, validation: 0 }),
    );
    const vae = new Vae(modelOf(events), { threads: 1 });
    const originals = [0, 10, 20, 30].map((index) => pictureAt(pictures.train, index));
    const decoded = await vae.decode((await vae.encode(originals)).map(({ mean }) => mean));
    await vae.release();
    decoded.forEach((picture, i) => {
      const distances = originals.map((original) =>
        Math.hypot(...original.data.map((value, pixel) => value - picture.data[pixel]!)),
      );
      expect(distances.indexOf(Math.min(...distances))).toBe(i);
    });
  });

  it('from points that are sampled at each step', async () => {
    // the same picture again and again, and weights that stay: only the draws differ
    const alike = { train: subset(pictures.train, [7, 7, 7, 7]) };
    const still = { ...quick, batchSize: 4, validation: 0, learningRate: 1e-12, epochs: 5, samples: 1 };
    const drawn = losses(await all(train(alike, still)));
    const byBeta = losses(await all(train(alike, { ...still, beta: 1000 })));
    expect(new Set(drawn.map((loss) => loss.toFixed(6))).size).toBe(5);
    // the same draws: only the KL divergence, which does not depend on them, has a larger weight
    byBeta.forEach((loss, i) => expect(loss - drawn[i]!).toBeCloseTo(byBeta[0]! - drawn[0]!, 4));
  });

  it('KL warm-up: its weight grows linearly from 0 to 1', async () => {
    const still: TrainInput = { ...quick, learningRate: 1e-12, epochs: 3, samples: 1 };
    const [without, warmed, full] = [
      losses(await all(train(pictures, { ...still, beta: 0 }))),
      losses(await all(train(pictures, { ...still, beta: 1000, klWarmup: 2 }))),
      losses(await all(train(pictures, { ...still, beta: 1000 }))),
    ];
    warmed.forEach((loss, step) => {
      const share = (loss - without[step]!) / (full[step]! - without[step]!);
      expect(share).toBeCloseTo(Math.min(1, step / 8), 2);
    });
  });

  it('free bits: below them the cost of the KL divergence is constant', async () => {
    const costs = async (beta: number, freeBits: number): Promise<number> =>
      losses(await all(train(pictures, { ...quick, maxSteps: 1, beta, freeBits })))[0]!;
    expect(64 * ((await costs(2, 50)) - (await costs(0, 50)))).toBeCloseTo(2 * 50 * 2, 2);
    expect(64 * ((await costs(2, 0)) - (await costs(0, 0)))).toBeLessThan(2);
  });
});

describe('measurement', () => {
  it('uses the whole test set if there is one, each picture once', async () => {
    const test = dots(70); // more than one batch of the evaluation, and no multiple of it
    const events = await all(
      train({ train: pictures.train, test }, { ...quick, epochs: 6, beta: 0.2, latentDim: 3 }),
    );
    expect(of(events, 'start')[0]).toMatchObject({ pictures: 40, validation: 70, stepsPerEpoch: 5 });
    const { validation, activeUnits } = of(events, 'epoch').at(-1)!;
    const vae = new Vae(modelOf(events), { threads: 1 });
    const encoded = await vae.encode(Array.from({ length: 70 }, (_, index) => pictureAt(test, index)));
    await vae.release();
    const kl = encoded.map(({ mean, logVar }) =>
      mean.reduce((sum, value, i) => sum + (value ** 2 + Math.exp(logVar[i]!) - logVar[i]! - 1) / 2, 0),
    );
    expect(validation?.kl).toBeCloseTo(kl.reduce((sum, value) => sum + value, 0) / 70, 4);
    const variances = [0, 1, 2].map((i) => {
      const values = encoded.map(({ mean }) => mean[i]!);
      const centre = values.reduce((sum, value) => sum + value, 0) / 70;
      return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / 70;
    });
    expect(activeUnits).toBe(variances.filter((variance) => variance > 0.01).length);
    expect(activeUnits).toBeGreaterThan(0);
  });

  it('else uses validation pictures, which depend on the seed, or is off', async () => {
    const sampled = async (seed: number, validation: number) =>
      of(await all(train(pictures, { ...quick, seed, validation, maxSteps: 4, samples: 1 })), 'sample')[0];
    const [first, again, other] = [await sampled(1, 0.1), await sampled(1, 0.1), await sampled(2, 0.1)];
    const originals = (sheet: Picture): Float32Array => sheet.data.subarray(0, sheet.width * 58);
    expect(originals(again!.reconstructions)).toEqual(originals(first!.reconstructions));
    expect(originals(other!.reconstructions)).not.toEqual(originals(first!.reconstructions));

    const events = await all(train(pictures, { ...quick, validation: 0 }));
    expect(of(events, 'start')[0]).toMatchObject({ pictures: 40, validation: 0, stepsPerEpoch: 5 });
    expect(of(events, 'epoch')[0]?.validation).toBeUndefined();
  });

  it('a posterior without information has no active units', async () => {
    const events = await all(train(pictures, { ...quick, beta: 1000, epochs: 12, samples: 1 }));
    const { activeUnits, validation } = of(events, 'epoch').at(-1)!;
    expect(activeUnits).toBe(0);
    expect(validation?.kl).toBeLessThan(0.05);
  });
});
