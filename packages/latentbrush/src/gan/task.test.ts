import { float32, InputError, Random } from '@latentbrush/engine';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { subset } from '../data/index.ts';
import { readPicture } from '../image/index.ts';
import { parseOptions } from '../options.ts';
import { fit, type Progress } from '../training/index.ts';
import { saveCheckpoint } from '../runs/checkpoint.ts';
import { readCheckpoint, TrainingRun, type TrainingCheckpoint } from '../runs/training-run.ts';
import { readMetrics } from '../runs/metrics.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { GanReports, TrainEvent } from './events.ts';
import { Generator } from './model.ts';
import { architectureOf } from './networks/network.ts';
import { trainOptions, type TrainInput } from './options.ts';
import { ganRuns, type GanCounts } from './run.ts';
import { discs } from './testing/discs.ts';
import { resume, train } from './train.ts';
import { GanTask } from './task.ts';

const dataset = discs();
const quick = {
  architecture: 'dcgan',
  size: 16,
  filters: 4,
  latentDim: 6,
  batchSize: 4,
  iterations: 6,
  sampleEvery: 3,
  samples: 4,
  checkpointEvery: 2,
  warmup: 0,
  threads: 1,
} as const satisfies TrainInput;

/** Everything that leaves a trace in the state, or draws at random. */
const rich = {
  ...quick,
  conditional: true,
  spectralNorm: true,
  loss: 'hinge',
  optimizer: 'adam',
  ema: 0.9,
  augment: true,
  flip: true,
  warmup: 4,
  rateHalfLife: 5,
} as const satisfies TrainInput;

async function all(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const collected: TrainEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

const of = <T extends TrainEvent['type']>(events: readonly TrainEvent[], type: T) =>
  events.filter((event): event is Extract<TrainEvent, { type: T }> => event.type === type);

function trained(options: TrainInput = quick): Promise<TrainEvent[]> {
  return all(train(dataset, options));
}

async function runFolder(): Promise<string> {
  return join(await temporaryFolder(), 'run');
}

/** The events of a training up to a number of steps. */
async function until(
  step: number,
  training: (signal: AbortSignal) => AsyncIterable<TrainEvent>,
): Promise<TrainEvent[]> {
  const controller = new AbortController();
  const events: TrainEvent[] = [];
  for await (const event of training(controller.signal)) {
    events.push(event);
    if (event.type === 'step' && event.step === step) controller.abort();
  }
  return events;
}

describe('events of training', () => {
  it('start, steps, sheets and checkpoints at the given intervals, and the generator at the end', async () => {
    const events = await trained();
    const step = ['step', 'step', 'checkpoint', 'step', 'sample', 'step', 'checkpoint', 'step', 'step'];
    expect(events.map(({ type }) => type)).toEqual(['start', ...step, 'sample', 'checkpoint', 'done']);
    expect(of(events, 'step').map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(of(events, 'sample').map(({ step }) => step)).toEqual([3, 6]);
    expect(of(events, 'checkpoint').map(({ step }) => step)).toEqual([2, 4, 6]);
    expect(of(events, 'done')[0]).toMatchObject({ step: 6, reason: 'finished' });
  });

  it('first the memory it needs, the size of the networks and the number of pictures', async () => {
    const training = train(dataset, quick);
    const { value: start } = await training.next();
    await training.return();
    expect(start).toMatchObject({ type: 'start', pictures: 24, step: 0, total: 6, folder: undefined });
    if (start?.type !== 'start') throw new Error('training did not start');
    expect(start.memory).toBeGreaterThan(100 * 2 ** 20);
    expect(start.memory).toBeLessThan(400 * 2 ** 20);
    expect(start.generatorParameters).toBe(6 * 128 + 16 + 8 * 4 * 16 + 8 + 4 * 3 * 16 + 3);
  });

  it('measures of the networks', async () => {
    for (const { discriminatorLoss, generatorLoss, ...shares } of of(await trained(), 'step')) {
      expect(discriminatorLoss).toBeGreaterThan(0);
      expect(generatorLoss).toBeGreaterThan(0);
      for (const name of ['realAccuracy', 'generatedAccuracy'] as const)
        expect([0, 0.25, 0.5, 0.75, 1]).toContain(shares[name]);
      expect(shares.diversity).toBeGreaterThan(0);
    }
  });

  it('stops when asked, with a checkpoint of its last step', async () => {
    const folder = await runFolder();
    const events = await until(3, (signal) => train(dataset, { ...quick, run: folder }, signal));
    expect(of(events, 'done')[0]).toMatchObject({ step: 3, reason: 'aborted' });
    expect(of(events, 'checkpoint').at(-1)?.step).toBe(3);
  });

  it('warns, says what to do, and does not repeat that soon, also after a stop', async () => {
    const folder = await runFolder();
    await all(train(dataset, { ...quick, run: folder, iterations: 1 }));
    await rewrite(folder, ({ progress, ...rest }) => ({
      ...rest,
      step: 597,
      progress: { ...progress, counts: { ...progress.counts, realAccuracy: 1, generatedAccuracy: 1 } },
    }));
    const events = await all(resume(folder, dataset, { iterations: 598 }));
    expect(events.map(({ type }) => type)).toEqual([
      ...['start', 'step', 'sample', 'warning', 'checkpoint', 'done'],
    ]);
    expect(of(events, 'warning')[0]).toMatchObject({ step: 598 });
    expect(of(events, 'warning')[0]?.message).toMatch(/lower option discriminatorRate \(now 0\.0008\)/);
    expect((await readCheckpoint(ganRuns, folder)).progress.counts.warnedAt).toBe(598);
    const later = await all(resume(folder, dataset, { iterations: 600 }));
    expect(of(later, 'warning')).toEqual([]);
  });
});

describe('it learns', () => {
  it.each<[string, TrainInput]>([
    ['with batch normalisation', {}],
    ['with a gradient penalty', { loss: 'wgan-gp', discriminatorSteps: 2 }],
  ])('%s: colours approach those of the real pictures', async (_, options) => {
    const rates = { optimizer: 'adam', discriminatorRate: 2e-3, generatorRate: 2e-3 } as const;
    const often = { iterations: 120, sampleEvery: 120, checkpointEvery: 1000 } as const;
    const events = await trained({ ...quick, ...rates, ...often, batchSize: 8, dropout: 0, ...options });
    const generator = new Generator(of(events, 'done')[0]!.model, { threads: 1 });
    const [picture] = await generator.decode([new Float32Array(6)]);
    await generator.release();
    // The ground of the discs is light; an untrained generator makes the grey in the middle, 127.
    const corner = [0, 15, 240, 255].map((place) => picture!.data[place]!);
    expect(Math.min(...corner)).toBeGreaterThan(160);
  });
});

describe('determinism', () => {
  it('same seed, same losses, sheets and weights; another seed, others', async () => {
    const short = { ...rich, iterations: 3 };
    const [a, b, c] = [await trained(short), await trained(short), await trained({ ...short, seed: 2 })];
    expect(b).toEqual(a);
    expect(of(c, 'step')).not.toEqual(of(a, 'step'));
  });

  it.each<[string, TrainInput]>([
    ['classes, spectral normalisation, Adam, averages, augmentation and schedules', rich],
    ['batch normalisation, RMSprop, dropout and label noise', quick],
    ['a gradient penalty and several steps of the discriminator', { ...quick, loss: 'wgan-gp' }],
  ])('interrupted and resumed, everything is as in an uninterrupted training (%s)', async (_, options) => {
    const [whole, parts] = [await runFolder(), await runFolder()];
    const uninterrupted = await all(train(dataset, { ...options, run: whole }));
    const interrupted = [
      ...(await until(3, (signal) => train(dataset, { ...options, run: parts }, signal))),
      ...(await all(resume(parts, dataset))),
    ];
    expect(of(interrupted, 'start').map(({ step }) => step)).toEqual([0, 3]);
    expect(of(interrupted, 'step')).toEqual(of(uninterrupted, 'step'));
    const pictures = (events: readonly TrainEvent[]): object[] =>
      of(events, 'sample').map(({ step, generated, real }) => ({ step, generated, real }));
    expect(pictures(interrupted)).toEqual(pictures(uninterrupted));
    expect(await readCheckpoint(ganRuns, parts)).toEqual(await readCheckpoint(ganRuns, whole));
    expect(await readMetrics({ folder: parts })).toEqual(await readMetrics({ folder: whole }));
  });

  it('iterations can be raised; a finished training does nothing', async () => {
    const folder = await runFolder();
    await all(train(dataset, { ...quick, run: folder, iterations: 2 }));
    const nothing = await all(resume(folder, dataset));
    expect(nothing.map(({ type }) => type)).toEqual(['start', 'done']);
    const more = await all(resume(folder, dataset, { iterations: 6 }));
    expect(of(more, 'step')).toEqual(of(await trained(), 'step').slice(2));
  });
});

describe('a run folder', () => {
  it('contains options, metrics, checkpoints, and sheets of generated and of real pictures', async () => {
    const folder = await runFolder();
    const events = await all(train(dataset, { ...quick, run: folder }));
    expect((await readdir(folder)).sort()).toEqual([
      'checkpoints',
      'metrics.jsonl',
      'run.json',
      'samples',
      'times.jsonl',
    ]);
    expect((await readdir(join(folder, 'samples'))).sort()).toEqual([
      'step-000003-generated.png',
      'step-000003-real.png',
      'step-000006-generated.png',
      'step-000006-real.png',
    ]);
    const [first, second] = of(events, 'sample');
    expect(first?.paths?.generated).toBe(join(folder, 'samples', 'step-000003-generated.png'));
    const sheet = await readPicture(first!.paths!.generated);
    expect([sheet.height, sheet.width]).toEqual([2 * 64 + 3 * 2, 2 * 64 + 3 * 2]); // 2x2 pictures, four times enlarged
    expect(first?.generated).not.toEqual(second?.generated); // the same points, more training
    expect(await readMetrics({ folder })).toHaveLength(2);
  });

  it('keeps snapshots, each of which can generate', async () => {
    const folder = await runFolder();
    await all(train(dataset, { ...quick, run: folder, keep: 3 }));
    const early = (await Generator.load(folder, { checkpoint: '2' })).model;
    const short = await all(train(dataset, { ...quick, iterations: 2 }));
    expect(early.weights).toEqual(of(short, 'done')[0]?.model.weights);
    await expect(Generator.load(folder, { checkpoint: '3' })).rejects.toThrow(
      'option checkpoint: "3" was given; expected best, latest or the step of a kept checkpoint: 2, 4, 6',
    );
  });

  it('gives the last generator of the training: the averaged one, if an average is kept', async () => {
    for (const options of [quick, rich]) {
      const folder = await runFolder();
      const events = await all(train(dataset, { ...options, run: folder }));
      const { model } = await Generator.load(folder);
      expect(model).toEqual(of(events, 'done')[0]?.model);
      const { tensors } = await readCheckpoint(ganRuns, folder);
      const kept = 'ema' in options ? 'ema/generator/dense/kernel' : 'generator/dense/kernel';
      expect(model.weights['dense/kernel']).toEqual(tensors[kept]);
    }
  });

  it('is refused with other pictures, during another training, and where a run exists', async () => {
    const folder = await runFolder();
    const training = train(dataset, { ...quick, run: folder });
    await training.next();
    await expectRefusal(resume(folder, dataset), /run/);
    await training.return();
    await expectRefusal(resume(folder, discs(24, 2)), /these are not the pictures this run was trained on/);
    await expectRefusal(
      train(dataset, { ...quick, run: folder }),
      /already contains a run; continue it with gan\.resume, or/,
    );
  });

  it('with a damaged checkpoint is refused in one line that says how to continue', async () => {
    const folder = await runFolder();
    await all(train(dataset, { ...quick, run: folder }));
    const newest = join(folder, 'checkpoints', 'step-00000006.safetensors');
    const bytes = await readFile(newest);
    const flipped = Buffer.from(bytes);
    flipped[flipped.length - 9] = flipped.at(-9)! ^ 1;
    for (const contents of [flipped, bytes.subarray(0, bytes.length / 2), Buffer.alloc(0)]) {
      await writeFile(newest, contents);
      const advice = /step-00000006\.safetensors: damaged .*delete it to continue from step-00000004/;
      await expectRefusal(resume(folder, dataset), advice);
      await expect(Generator.load(folder)).rejects.toThrow(advice);
    }
    await truncate(newest, 0);
  });

  it('whose run.json and checkpoint have different networks is refused', async () => {
    const folder = await runFolder();
    await all(train(dataset, { ...quick, run: folder, iterations: 1 }));
    const file = join(folder, 'run.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/"filters": 4(?=[^}]*"classes")/, '"filters": 8'));
    await expect(Generator.load(folder)).rejects.toThrow(
      /its checkpoint does not match the network in run\.json/,
    );
    await writeFile(file, text.replace('"batchSize": 4', '"batchSize": "four"'));
    await expect(Generator.load(folder)).rejects.toThrow(/run\.json is damaged at options\.batchSize/);
  });
});

/** Replaces the newest checkpoint of a run. */
async function rewrite(
  folder: string,
  change: (saved: TrainingCheckpoint<Progress<GanCounts>>) => TrainingCheckpoint<Progress<GanCounts>>,
): Promise<void> {
  const { step, tensors, progress } = change(await readCheckpoint(ganRuns, folder));
  await saveCheckpoint({ folder }, step, tensors, progress);
}

describe('a NaN loss', () => {
  it('ends training in one line; the last good checkpoint is kept', async () => {
    const folder = await runFolder();
    await all(train(dataset, { ...quick, loss: 'hinge', run: folder, iterations: 2 }));
    const name = 'discriminator/dense/kernel';
    await rewrite(folder, ({ tensors, ...rest }) => {
      const { data, shape } = tensors[name]!;
      const huge = float32(new Float32Array(data.length).fill(3e38), shape);
      return { ...rest, tensors: { ...tensors, [name]: huge } };
    });
    await expectRefusal(
      resume(folder, dataset, { iterations: 9 }),
      /^training: diverged at step 3 \(NaN or infinity\)\. Last good checkpoint: step 2; lower option generatorRate and option discriminatorRate$/,
    );
    expect((await readCheckpoint(ganRuns, folder)).step).toBe(2);
  });

  it('names no checkpoint if there is none, and writes no NaN weights', async () => {
    const options = parseOptions(trainOptions, quick);
    const data = { dataset, classes: [], architecture: architectureOf(options, 3, 0) };
    const folder = await runFolder();
    const { name, source, sha256, count } = dataset;
    const extra = {
      dataset: { name, source, sha256, count },
      architecture: data.architecture,
      classes: [],
    };
    const run = await TrainingRun.create(ganRuns, folder, options, extra);
    // Options are not checked here, so that already the first step can give NaN.
    const wild = { ...options, generatorRate: 1e300 };
    const task = await GanTask.compile(data, wild, { run, checkpoint: undefined });
    await expectRefusal(
      fit<GanReports, GanCounts>(task, wild, { run }),
      /^training: diverged at step \d+ \(NaN or infinity\)\. No checkpoint was saved; lower option generatorRate/,
    );
    await run.close();
    expect(await readdir(folder)).not.toContain('checkpoints');
  });
});

describe('generating by class', () => {
  it('gives each picture the requested class', async () => {
    const rates = { optimizer: 'adam', discriminatorRate: 2e-3, generatorRate: 2e-3, warmup: 0 } as const;
    const long = { iterations: 150, batchSize: 12, sampleEvery: 150, checkpointEvery: 1000 } as const;
    const steady = { loss: 'hinge', spectralNorm: true, conditional: true, dropout: 0, filters: 8 } as const;
    const events = await trained({ ...quick, ...rates, ...long, ...steady });
    const { model } = of(events, 'done')[0]!;
    expect(model.classes).toEqual(['red', 'green', 'blue']);
    const generator = new Generator(model, { threads: 1 });
    const points = [new Float32Array(6), new Float32Array(6), new Float32Array(6)];
    const pictures = await generator.decode(points, [0, 1, 2]);
    await generator.release();
    // In the middle the disc has the colour of its class.
    const middle = 8 * 16 + 8;
    pictures.forEach(({ data }, kind) => {
      const colors = [0, 1, 2].map((channel) => data[channel * 256 + middle]!);
      expect(colors.indexOf(Math.max(...colors)), `${model.classes[kind]}: ${colors.join()}`).toBe(kind);
    });
  });

  it('needs an existing class for each picture', async () => {
    const { model } = of(await trained({ ...rich, iterations: 1 }), 'done')[0]!;
    const generator = new Generator(model, { threads: 1 });
    const point = new Float32Array(6);
    await expect(generator.decode([point])).rejects.toThrow(
      /was trained with classes; give a class for each/,
    );
    await expect(generator.decode([point], [3])).rejects.toThrow(/no class 3; .* numbers 0 to 2/);
    await expect(generator.decode([new Float32Array(5)], [0])).rejects.toThrow(/5 dimensions .* has 6/);
    await generator.release();
  });

  it('samples the classes in turn, within the truncation', async () => {
    const { model } = of(await trained({ ...rich, iterations: 1 }), 'done')[0]!;
    const generator = new Generator(model, { threads: 1 });
    const points = generator.draw(new Random(5), 4, 0.5);
    const pictures = await generator.decode(points, [0, 1, 2, 0]);
    expect(await generator.sample(new Random(5), 4, 0.5)).toEqual(pictures);
    // oxlint-disable-next-line typescript/no-deprecated -- the old name of decode
    expect(await generator.generate(points, [0, 1, 2, 0])).toEqual(pictures);
    await generator.release();
  });
});

describe('wrong pictures and options', () => {
  it.each<[string, TrainInput, RegExp]>([
    ['another size', { ...quick, size: 32 }, /discs: its pictures are 16x16; load them at .* 32x32/],
    ['a size there is no network for', { ...quick, size: 20 as 16 }, /option size: 20 was given/],
    ['an unknown option', { ...quick, filter: 3 } as TrainInput, /option filter: there is no such option/],
    ['a rate of 0', { ...quick, generatorRate: 0 }, /option generatorRate: 0 was given/],
  ])('%s', async (_, options, message) => {
    await expectRefusal(train(dataset, options), message);
  });

  it('classes of a data set that has only one', async () => {
    const reds = subset(dataset, [0, 3, 6, 9]);
    await expectRefusal(
      train(reds, { ...quick, conditional: true }),
      /option conditional: .* only one class/,
    );
  });
});

async function expectRefusal(training: AsyncIterable<TrainEvent>, message: RegExp): Promise<void> {
  const error: unknown = await all(training).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  if (error instanceof InputError) {
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  }
}
