import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { beforeEach, describe, expect, it } from 'vitest';
import { readPicture } from '../image/index.ts';
import { parseOptions } from '../options.ts';
import { readMetrics } from '../runs/metrics.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { TrainEvent } from './events.ts';
import { trainOptions, type TrainInput } from './options.ts';
import { all, losses, modelOf, of, pictures, quick, sheets, until } from './testing/collected.ts';
import { dots } from './testing/dots.ts';
import { resume, train } from './train.ts';
import { Vae } from './model.ts';

const atStep =
  (step: number) =>
  (event: TrainEvent): boolean =>
    event.type === 'step' && event.step === step;

let folder: string;
beforeEach(async () => {
  folder = join(await temporaryFolder(), 'run');
});

describe('shards of a batch', () => {
  it('give the losses of the whole batch, and the same bytes with any number of threads', async () => {
    const settings = { ...quick, batchSize: 8, epochs: 1, klWarmup: 2 };
    const whole = losses(await all(train(pictures, settings)));
    const parts = await all(train(pictures, { ...settings, shards: 2, threads: 1 }));
    losses(parts).forEach((loss, i) => expect(loss).toBeCloseTo(whole[i]!, 4));
    const threads = await all(train(pictures, { ...settings, shards: 2, threads: 2 }));
    expect(modelOf(threads)).toEqual(modelOf(parts));
  });

  it('are refused where a loss is not a mean over pictures', async () => {
    await expect(all(train(pictures, { ...quick, freeBits: 0.1, shards: 2 }))).rejects.toThrow(
      'option shards 2: free bits are counted over the whole batch; set it to 1',
    );
  });
});

describe('a training can be repeated', () => {
  it('same seed, same losses, weights and sheets; another seed, others', async () => {
    const [a, b, c] = [
      await all(train(pictures, { ...quick, flip: true, shift: 1 })),
      await all(train(pictures, { ...quick, flip: true, shift: 1 })),
      await all(train(pictures, { ...quick, flip: true, shift: 1, seed: 2 })),
    ];
    expect(losses(b)).toEqual(losses(a));
    expect(sheets(b)).toEqual(sheets(a));
    expect(modelOf(b)).toEqual(modelOf(a));
    expect(losses(c)).not.toEqual(losses(a));
  });

  it.each<[string, TrainInput]>([
    ['as in the book', { optimizer: 'rmsprop' }],
    [
      'with everything that depends on its position',
      { klWarmup: 2.3, freeBits: 0.1, beta: 1, flip: true, shift: 1, latentDim: 3 },
    ],
  ])('interrupted and resumed it is the same as uninterrupted, %s', async (_, options) => {
    const settings = { ...quick, ...options, epochs: 3, checkpointEvery: 3 };
    const whole = await all(train(pictures, { ...settings, run: `${folder}-whole` }));
    const parts = [
      await until(atStep(2), (signal) => train(pictures, { ...settings, run: folder }, signal)),
      await until(atStep(4), (signal) => resume(folder, pictures, {}, signal)),
      await until(atStep(7), (signal) => resume(folder, pictures, {}, signal)),
      await all(resume(folder, pictures)),
    ];
    expect(parts.map((part) => of(part, 'done')[0]?.reason)).toEqual([
      'aborted',
      'aborted',
      'aborted',
      'finished',
    ]);
    expect(parts.map((part) => of(part, 'start')[0]?.step)).toEqual([0, 2, 4, 7]);
    const interrupted = parts.flat();
    expect(losses(interrupted)).toEqual(losses(whole));
    expect(of(interrupted, 'step')).toEqual(of(whole, 'step'));
    expect(sheets(interrupted).slice(-2)).toEqual(sheets(whole).slice(-2));
    expect(modelOf(interrupted)).toEqual(modelOf(whole));
    expect((await Vae.load(folder)).model).toEqual(modelOf(whole));
    expect(await readMetrics({ folder })).toEqual(await readMetrics({ folder: `${folder}-whole` }));
  });

  it('keeps snapshots, each of which can generate', async () => {
    await all(train(pictures, { ...quick, run: folder, keep: 3, checkpointEvery: 3 }));
    const short = await all(train(pictures, { ...quick, maxSteps: 4 }));
    expect((await Vae.load(folder, { checkpoint: '4' })).model.weights).toEqual(modelOf(short).weights);
    await expect(Vae.load(folder, { checkpoint: '5' })).rejects.toThrow(
      'option checkpoint: "5" was given; expected best, latest or the step of a kept checkpoint: 4, 6, 8',
    );
  });

  it('interrupted during its sheets, it ends the epoch again', async () => {
    const whole = await all(train(pictures, quick));
    const first = await until(
      ({ type }) => type === 'sample',
      (signal) => train(pictures, { ...quick, run: folder }, signal),
    );
    expect(of(first, 'done')[0]).toMatchObject({ reason: 'aborted', step: 4 });
    const rest = await all(resume(folder, pictures));
    expect(rest[1]?.type).toBe('epoch');
    expect(sheets(rest)).toEqual(sheets(whole));
    expect(of(rest, 'epoch')).toEqual(of(whole, 'epoch'));
    expect([...losses(first), ...losses(rest)]).toEqual(losses(whole));
  });

  it('continues after its end for more epochs, else does nothing', async () => {
    const whole = await all(train(pictures, { ...quick, epochs: 3 }));
    const first = await all(train(pictures, { ...quick, run: folder }));
    const idle = await all(resume(folder, pictures));
    expect(idle.map(({ type }) => type)).toEqual(['start', 'done']);
    expect(modelOf(idle)).toEqual(modelOf(first));
    const rest = await all(resume(folder, pictures, { epochs: 3 }));
    expect([...losses(first), ...losses(rest)]).toEqual(losses(whole));
  });

  it('begins again when it was interrupted before the first checkpoint', async () => {
    const training = train(pictures, { ...quick, run: folder });
    for (const type of ['start', 'step', 'step'])
      expect((await training.next()).value).toMatchObject({ type });
    await training.return();
    expect((await readdir(folder)).sort()).toEqual(['run.json', 'times.jsonl']);
    expect(losses(await all(resume(folder, pictures)))).toEqual(losses(await all(train(pictures, quick))));
  });
});

describe('a run folder', () => {
  it('contains options, metrics, checkpoints, and two sheets of each epoch', async () => {
    const events = await all(train(pictures, { ...quick, run: folder }));
    expect((await readdir(folder)).sort()).toEqual([
      'checkpoints',
      'metrics.jsonl',
      'run.json',
      'samples',
      'times.jsonl',
    ]);
    expect((await readdir(join(folder, 'samples'))).sort()).toEqual([
      'epoch-0001-reconstructions.png',
      'epoch-0001-samples.png',
      'epoch-0002-reconstructions.png',
      'epoch-0002-samples.png',
    ]);
    const [first] = of(events, 'sample');
    // four validation pictures in a row, their reconstructions below; 8x8 seven times enlarged
    expect(first?.reconstructions).toMatchObject({ width: 4 * 56 + 5 * 2, height: 2 * 56 + 3 * 2 });
    expect(first?.samples).toMatchObject({ width: 2 * 56, height: 2 * 56 });
    for (const what of ['reconstructions', 'samples'] as const) {
      const file = await readPicture(first!.paths![what]);
      expect([file.height, file.width]).toEqual([first![what].height, first![what].width]);
      file.data.forEach((value, i) => {
        if (Math.abs(value - first![what].data[i]!) > 0.51) throw new Error(`${what} differs at ${i}`);
      });
    }
    const metrics = await readMetrics({ folder });
    expect(metrics.map(({ type, step }) => [type, step])).toEqual([
      ['epoch', 4],
      ['epoch', 8],
    ]);
    expect(metrics[0]).toMatchObject({ loss: of(events, 'epoch')[0]!.loss, epoch: 1 });
    expect((await Vae.load(folder)).model).toEqual(modelOf(events));
  });

  it('names its optimiser, also when the architecture chose it', async () => {
    await all(train(pictures, { ...quick, optimizer: undefined, maxSteps: 1, run: folder }));
    const text = await readFile(join(folder, 'run.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ options: { optimizer: 'rmsprop' } });
  });

  it('contains all options it was created with', async () => {
    await all(train(pictures, { ...quick, maxSteps: 1, run: folder }));
    const { options } = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as { options: unknown };
    expect(options).toEqual(parseOptions(trainOptions, { ...quick, maxSteps: 1, shards: 1 }));
  });

  it('has sheets of the same points in all epochs', async () => {
    const still: TrainInput = { ...quick, latentDim: 3, learningRate: 1e-12 };
    const [first, second] = of(await all(train(pictures, still)), 'sample');
    const difference = first!.samples.data.map((value, i) => Math.abs(value - second!.samples.data[i]!));
    expect(Math.max(...difference)).toBeLessThan(0.01);
  });

  it('is not used by two trainings at once, nor with other pictures', async () => {
    const training = train(pictures, { ...quick, run: folder });
    await training.next();
    await expect(all(resume(folder, pictures))).rejects.toThrow(InputError);
    await training.return();
    await expect(all(resume(folder, { train: dots(41, { name: 'others' }) }))).rejects.toThrow(
      /^others: these are not the pictures this run was trained on \(dots\)/,
    );
    await expect(all(train(pictures, { ...quick, run: folder }))).rejects.toThrow(/already contains a run/);
  });

  it('keeps the last good checkpoint when the loss becomes NaN', async () => {
    const diverging = all(
      train(pictures, {
        ...quick,
        learningRate: 1,
        compat: 'book',
        optimizer: 'rmsprop',
        reconstruction: 'gaussian',
        sigma: 1e-9,
        epochs: 50,
        checkpointEvery: 1,
        samples: 1,
        run: folder,
      }),
    );
    await expect(diverging).rejects.toThrow(InputError);
    await expect(diverging).rejects.toThrow(
      /^training: diverged at step \d+ \(NaN or infinity\)\. Last good checkpoint: step \d+; leave out option compat book or lower option learningRate \(now 1\)$/,
    );
    for (const { data } of Object.values((await Vae.load(folder)).model.weights))
      expect((data as Float32Array).every(Number.isFinite)).toBe(true);
  });
});

describe('damaged runs are refused in one line, by every reader', () => {
  const altered =
    (from: string | RegExp, to: string) =>
    async (run: string): Promise<void> => {
      const file = join(run, 'run.json');
      const before = await readFile(file, 'utf8');
      const after = before.replace(from, to);
      expect(after).not.toBe(before);
      await writeFile(file, after);
    };
  const checkpointOf = async (run: string): Promise<string> =>
    join(run, 'checkpoints', (await readdir(join(run, 'checkpoints'))).sort().at(-1)!);

  it.each<[string, (run: string) => Promise<unknown>, RegExp]>([
    [
      'an option that cannot be',
      altered('"batchSize": 9', '"batchSize": "many"'),
      /run\.json is damaged at options\.batchSize/,
    ],
    [
      'an unknown kind of networks',
      altered(/"kind": "book"/, '"kind": "hall"'),
      /damaged at extra\.architecture\.kind/,
    ],
    ['pictures of no count', altered(/"sha256": "\w+"/, '"sha256": 7'), /damaged at extra\.dataset\.sha256/],
    [
      'other networks than those of the checkpoint',
      altered(/"filters": 4(?=,\s*"boundedVariance)/, '"filters": 5'),
      /(its checkpoint does not match the network in run\.json|run\.json is damaged at extra\.architecture)/,
    ],
    ['another system', altered('"system": "vae"', '"system": "gan"'), /a run of 'gan', not of 'vae'/],
    [
      'half a run.json',
      async (run) => writeFile(join(run, 'run.json'), '{"format": "latent'),
      /run\.json: damaged/,
    ],
    [
      'half a checkpoint',
      async (run) => {
        const file = await checkpointOf(run);
        await writeFile(file, (await readFile(file)).subarray(0, 900));
      },
      /damaged/,
    ],
    ['no run.json', async (run) => rm(join(run, 'run.json')), /not a run \(it has no run\.json\)/],
  ])('%s', async (_, damage, message) => {
    await all(train(pictures, { ...quick, maxSteps: 1, run: folder }));
    await damage(folder);
    for (const work of [() => Vae.load(folder), () => all(resume(folder, pictures))]) {
      const failed = work();
      await expect(failed).rejects.toThrow(InputError);
      await expect(failed).rejects.toThrow(message);
      await expect(failed).rejects.not.toThrow(/\n/);
    }
  });

  it.each<[string, TrainInput]>([
    ['another network', { latentDim: 3 }],
    ['another optimizer, with more to remember', { optimizer: 'adam' }],
    ['another optimizer, with less to remember', { optimizer: 'rmsprop' }],
  ])('a checkpoint of %s', async (_, other) => {
    const optimizer = other.optimizer === 'adam' ? 'rmsprop' : 'adam';
    await all(train(pictures, { ...quick, optimizer, maxSteps: 1, run: folder }));
    await all(train(pictures, { ...quick, ...other, maxSteps: 1, run: `${folder}-other` }));
    await writeFile(await checkpointOf(folder), await readFile(await checkpointOf(`${folder}-other`)));
    const resumed = all(resume(folder, pictures));
    await expect(resumed).rejects.toThrow(InputError);
    await expect(resumed).rejects.toThrow(
      /checkpoint of step 1 does not match the network or optimizer in run\.json/,
    );
    if (other.latentDim !== undefined)
      await expect(Vae.load(folder)).rejects.toThrow(
        /its checkpoint does not match the network in run\.json/,
      );
  });
});
