import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { beforeEach, describe, expect, it } from 'vitest';
import { readPicture, type Picture } from '../../image/index.ts';
import { parseOptions } from '../../options.ts';
import { createRun } from '../../runs/index.ts';
import { readMetrics } from '../../runs/metrics.ts';
import { readRun } from '../../runs/training-run.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { FastEvent } from './events.ts';
import { prepare, type FastPictures } from './data.ts';
import { StylePainter } from './model.ts';
import { trainOptions, type TrainInput } from './options.ts';
import { styleRuns } from './run.ts';
import { resume, train } from './train.ts';
import { tinyBackbone } from '../testing/tiny-perception.ts';
import {
  all,
  backbone,
  changeRun,
  contents,
  losses,
  negative,
  of,
  pairs,
  pictures,
  quick,
  until,
} from './testing/trainings.ts';

let folder: string;
beforeEach(async () => {
  folder = join(await temporaryFolder(), 'run');
});

describe('training a fast style', () => {
  it('begins with the memory that it needs: more for larger batches and more pictures', async () => {
    const memory = async (given: FastPictures, options: TrainInput): Promise<number> => {
      const training = train(backbone, given, { ...quick, ...options });
      const { value } = await training.next();
      await training.return();
      return of([value as FastEvent], 'start')[0]!.memory;
    };
    const least = await memory(pictures, {});
    expect(least).toBeGreaterThan(0.6 * 2 ** 30);
    expect(await memory(pictures, { batchSize: 3 })).toBeGreaterThan(least);
    expect(await memory({ ...pictures, contents: [...contents, ...contents] }, {})).toBeGreaterThan(least);
  });

  it('reports the start, each step with its losses, samples, checkpoints, and the network at the end', async () => {
    const events = await all(train(backbone, pictures, quick));
    expect(events[0]).toMatchObject({
      type: 'start',
      step: 0,
      total: 12,
      pictures: 3,
      pairs: 0,
      folder: undefined,
    });
    expect(of(events, 'step').map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    for (const { loss, content, style, variation, range, pairs: none } of of(events, 'step')) {
      expect(none).toBe(0);
      expect(loss).toBeCloseTo(content + style + variation + range, 10);
    }
    expect(of(events, 'sample').map(({ step }) => step)).toEqual([4, 8, 12]);
    expect(of(events, 'sample')[0]?.sheet).toMatchObject({ height: 2 * 64 + 3 * 4, width: 4 * 64 + 5 * 4 });
    expect(of(events, 'checkpoint').map(({ step }) => step)).toEqual([5, 10, 12]);
    const [done] = of(events, 'done');
    expect(done).toMatchObject({
      step: 12,
      reason: 'finished',
      model: { architecture: { filters: 4, residualBlocks: 1, noise: 2, palette: 1 }, style: 'wave.jpg' },
    });
    const counted = Object.values(done!.model.weights).reduce((sum, { data }) => sum + data.length, 0);
    expect(of(events, 'start')[0]?.parameters).toBe(counted);
    expect(events.at(-1)).toBe(done);
  });

  it('the loss falls, and the picture is painted', async () => {
    const enlarging = tinyBackbone(); // with the preset of InceptionV3
    const events = await all(train(enlarging, pictures, { ...quick, iterations: 40, sampleEvery: 100 }));
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const found = losses(events);
    expect(mean(found.slice(-5))).toBeLessThan(mean(found.slice(0, 5)) * 0.8);
    const painter = new StylePainter(of(events, 'done')[0]!.model);
    const painted = await painter.paint(contents[0]!);
    await painter.release();
    const change = painted.data.map((value, i) => Math.abs(value - contents[0]!.data[i]!));
    expect(change.reduce((sum, value) => sum + value, 0) / change.length).toBeGreaterThan(3);
  });

  it('same seed, same losses and weights; another seed, others', async () => {
    const short = { ...quick, iterations: 3 };
    const [a, b, c] = [
      await all(train(backbone, pictures, short)),
      await all(train(backbone, pictures, short)),
      await all(train(backbone, pictures, { ...short, seed: 2 })),
    ];
    expect(losses(b)).toEqual(losses(a));
    expect(of(b, 'done')[0]?.model).toEqual(of(a, 'done')[0]?.model);
    expect(losses(c)).not.toEqual(losses(a));
  });

  it('lowers the learning rate to a tenth; a rate of 0 learns nothing', async () => {
    const still = await all(train(backbone, pictures, { ...quick, learningRate: 1e-12, iterations: 2 }));
    const begun = await all(train(backbone, pictures, quick, AbortSignal.abort()));
    const [after, before] = [of(still, 'done')[0]!.model.weights, of(begun, 'done')[0]!.model.weights];
    for (const [name, { data }] of Object.entries(before)) {
      const changes = [...data].map((value, i) => Math.abs(Number(value) - Number(after[name]!.data[i])));
      expect(Math.max(...changes)).toBeLessThan(1e-6);
    }
  });

  it('weights multiply the terms of the loss', async () => {
    const first = async (options: TrainInput): Promise<Extract<FastEvent, { type: 'step' }>> =>
      of(await all(train(backbone, pictures, { ...quick, ...options, iterations: 1 })), 'step')[0]!;
    const [once, twice, off] = [
      await first({ styleWeight: 20, contentWeight: 0.5, tvWeight: 0.3 }),
      await first({ styleWeight: 40, contentWeight: 1.5, tvWeight: 0.6 }),
      await first({ styleWeight: 0, contentWeight: 0 }),
    ];
    expect(twice.style / once.style).toBeCloseTo(2, 4);
    expect(twice.content / once.content).toBeCloseTo(3, 4);
    expect(twice.variation / once.variation).toBeCloseTo(2, 4);
    expect([off.style, off.content]).toEqual([0, 0]);
  });
});

describe('a run folder', () => {
  it('contains options, metrics, samples and checkpoints, from which the style is loaded', async () => {
    const events = await all(train(backbone, pictures, { ...quick, run: folder }));
    expect((await readdir(folder)).sort()).toEqual([
      'checkpoints',
      'metrics.jsonl',
      'run.json',
      'samples',
      'times.jsonl',
    ]);
    expect((await readdir(join(folder, 'samples'))).sort()).toEqual([
      'step-000004.png',
      'step-000008.png',
      'step-000012.png',
    ]);
    const [sample] = of(events, 'sample');
    expect(sample?.path).toBe(join(folder, 'samples', 'step-000004.png'));
    const sheet = await readPicture(sample!.path!);
    const differences = sheet.data.map((value, i) => Math.abs(value - sample!.sheet.data[i]!));
    expect(differences.reduce((most, value) => Math.max(most, value), 0)).toBeLessThanOrEqual(0.51);
    expect(await readMetrics({ folder })).toMatchObject([
      { type: 'step', step: 10, loss: losses(events)[9] },
    ]);
    expect((await readdir(join(folder, 'checkpoints'))).sort()).toEqual([
      'step-00000010.safetensors',
      'step-00000012.safetensors',
    ]);
    expect((await StylePainter.load(folder)).model).toEqual(of(events, 'done')[0]?.model);
    const { extra: sources, options } = await readRun(styleRuns, folder);
    expect(sources).toMatchObject({ style: 'wave.jpg', contentDir: 'photos' });
    expect(sources).not.toHaveProperty('pairsDir');
    expect(options).toMatchObject({ ...quick, backbone: 'vgg-tiny' }); // the network it was trained with
  });

  it('is refused when it contains a run already, or another training uses it', async () => {
    const training = train(backbone, pictures, { ...quick, run: folder });
    await training.next();
    await expect(all(resume(folder, backbone, pictures))).rejects.toThrow(/is training in this run/);
    await training.return();
    await expect(all(train(backbone, pictures, { ...quick, run: folder }))).rejects.toThrow(
      /already contains a run; continue it with style\.resume, or/,
    );
  });
});

describe('pairs painted by style transfer', () => {
  const onlyPairs: TrainInput = {
    ...quick,
    palette: 0,
    contentWeight: 0,
    styleWeight: 0,
    tvWeight: 0,
    pairWeight: 1,
  };

  it('add a term to the loss: 1 without painting, falling as their painting is learned', async () => {
    const events = await all(
      train(
        backbone,
        { ...pictures, pairs },
        { ...onlyPairs, iterations: 60, learningRate: 0.02, sampleEvery: 100 },
      ),
    );
    expect(events[0]).toMatchObject({ type: 'start', pairs: 2 });
    const found = of(events, 'step').map((step) => step.pairs);
    for (const { loss, pairs: part, range } of of(events, 'step')) expect(loss).toBeCloseTo(part + range, 10);
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(found[0]).toBeGreaterThan(0.5);
    expect(found[0]).toBeLessThan(1.5);
    expect(mean(found.slice(-5))).toBeLessThan(0.6 * mean(found.slice(0, 5)));
    const painter = new StylePainter(of(events, 'done')[0]!.model);
    const painted = await painter.paint(contents[0]!);
    await painter.release();
    const wanted = negative(contents[0]!);
    const distance = (from: Picture): number =>
      from.data.reduce((sum, value, i) => sum + (value - wanted.data[i]!) ** 2, 0);
    expect(distance(painted)).toBeLessThan(0.8 * distance(contents[0]!));
  });

  it('are added with their weight, and do not change the random numbers of the others', async () => {
    const first = async (
      options: TrainInput,
      given: FastPictures,
    ): Promise<Extract<FastEvent, { type: 'step' }>> =>
      of(await all(train(backbone, given, { ...quick, ...options, iterations: 1 })), 'step')[0]!;
    const without = await first({}, pictures);
    const once = await first({ pairWeight: 1 }, { ...pictures, pairs });
    const thrice = await first({ pairWeight: 3 }, { ...pictures, pairs });
    expect(thrice.pairs / once.pairs).toBeCloseTo(3, 4);
    expect(once.style / without.style).toBeCloseTo(1, 5);
    expect(once.loss).toBe(once.content + once.style + once.variation + once.range + once.pairs);
    const off = await first({ pairWeight: 0 }, { ...pictures, pairs });
    expect(off).toEqual(without);
  });

  it('are remembered in the run folder', async () => {
    await all(train(backbone, { ...pictures, pairs }, { ...quick, iterations: 1, run: folder }));
    expect((await readRun(styleRuns, folder)).extra).toMatchObject({ pairsDir: 'painted' });
  });

  it('must exist, and be pairs', async () => {
    const none = { ...pictures, pairs: { dir: 'painted', pictures: [] } };
    await expect(all(train(backbone, none, quick))).rejects.toThrow(
      'painted: there are no pairs to learn from',
    );
    const odd = { dir: 'painted', pictures: [{ content: contents[0]!, painted: contents[1]! }] };
    await expect(all(train(backbone, { ...pictures, pairs: odd }, quick))).rejects.toThrow(
      /^pair 1: .* with other proportions/,
    );
  });
});

describe('errors are one line', () => {
  it.each<[string, TrainInput, Partial<FastPictures>, RegExp]>([
    ['no pictures', {}, { contents: [] }, /^photos: there are no pictures to learn from$/],
    ['an invalid size', { size: 66 }, {}, /^option size: 66 was given/],
    ['an unknown layer', { contentLayer: 'mixed9' }, {}, /^layer "mixed9" does not exist in vgg-tiny/],
    ['an unknown option', { itrations: 3 } as TrainInput, {}, /^option itrations: there is no such option$/],
  ])('%s', async (_, options, changes, message) => {
    const work = all(train(backbone, { ...pictures, ...changes }, { ...quick, ...options, run: folder }));
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(message);
    await expect(readdir(folder)).rejects.toThrow(/ENOENT/); // nothing was begun
  });

  it('pictures that exceed the memory', async () => {
    const options = parseOptions(trainOptions, quick);
    const work = prepare(backbone, pictures, options, 3 * 64 * 64 + 3 * 70 * 90);
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(
      /^photos: its pictures take more than 0\.0 GiB of memory after 3; give fewer, or lower option size$/,
    );
  });

  it('a NaN loss ends training; the last good checkpoint is kept', async () => {
    const endless = train(backbone, pictures, { ...quick, styleWeight: 1e39, run: folder });
    await expect(all(endless)).rejects.toThrow(
      /^training: diverged at step 1 \(NaN or infinity\)\. No checkpoint was saved; lower option learningRate \(now 0\.01\), option contentWeight \(now 5\) or option styleWeight \(now 1e\+39\)$/,
    );
    await expect(StylePainter.load(folder)).rejects.toThrow(/has no checkpoint yet/);

    await rm(folder, { recursive: true });
    await all(train(backbone, pictures, { ...quick, iterations: 2, run: folder }));
    await changeRun(folder, (run) => (run.options.styleWeight = 1e39));
    const work = all(resume(folder, backbone, pictures, { iterations: 9 }));
    await expect(work).rejects.toThrow(/at step 3 .*Last good checkpoint: step 2; lower option learningRate/);
    const { weights } = (await StylePainter.load(folder)).model;
    for (const { data } of Object.values(weights))
      expect((data as Float32Array).every(Number.isFinite)).toBe(true);
  });

  it('a style that cannot be loaded', async () => {
    await expect(StylePainter.load(join(folder, 'nowhere'))).rejects.toThrow(/no such folder/);

    await createRun(folder, { system: 'text', options: {}, seed: 1 });
    await expect(StylePainter.load(folder)).rejects.toThrow(/a run of 'text', not of 'style'/);
    await expect(all(resume(folder, backbone, pictures))).rejects.toThrow(/a run of 'text', not of 'style'/);
    await rm(folder, { recursive: true });

    await all(train(backbone, pictures, { ...quick, iterations: 1, run: folder }));
    const checkpoint = join(folder, 'checkpoints', 'step-00000001.safetensors');
    const bytes = await readFile(checkpoint);
    bytes[bytes.length - 3]! ^= 1;
    await writeFile(checkpoint, bytes);
    await expect(StylePainter.load(folder)).rejects.toThrow(InputError);
    await expect(StylePainter.load(folder)).rejects.toThrow(/step-00000001\.safetensors: damaged/);
    await expect(all(resume(folder, backbone, pictures))).rejects.toThrow(/damaged/);

    await rm(join(folder, 'checkpoints'), { recursive: true });
    await expect(StylePainter.load(folder)).rejects.toThrow(/has no checkpoint yet/);
    await changeRun(folder, (run) => (run.options.filters = 'many'));
    await expect(StylePainter.load(folder)).rejects.toThrow(
      /run\.json is damaged at options\.filters; restore it from a copy/,
    );
    await changeRun(folder, (run) => Object.assign(run, { options: {}, extra: {} }));
    await expect(readRun(styleRuns, folder)).rejects.toThrow(/run\.json is damaged at extra\.style/);
  });

  it('but a run from before noise, palette and scales loads and continues unchanged', async () => {
    const old: TrainInput = { ...quick, noise: 0, palette: 0, styleScales: [1], colorWeight: 1 };
    const whole = losses(await all(train(backbone, pictures, { ...old, iterations: 2 })));
    await until(1, (signal) => train(backbone, pictures, { ...old, iterations: 2, run: folder }, signal));
    const added = ['noise', 'palette', 'styleScales', 'colorWeight'];
    await changeRun(folder, (run) => {
      run.options = Object.fromEntries(Object.entries(run.options).filter(([name]) => !added.includes(name)));
    });
    expect((await StylePainter.load(folder)).model.architecture).toMatchObject({ noise: 0, palette: 0 });
    expect(losses(await all(resume(folder, backbone, pictures)))).toEqual(whole.slice(1));
  });

  it('a run whose options are not those its weights were trained with', async () => {
    await all(train(backbone, pictures, { ...quick, iterations: 1, run: folder }));
    await changeRun(folder, (run) => (run.options.filters = 8));
    const work = StylePainter.load(folder);
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(
      /its checkpoint does not match the network in run\.json \(filters 8, residual blocks 1, noise 2, palette 1\)/,
    );
  });
});
