import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMetrics } from '../runs/metrics.ts';
import { readRun } from '../runs/training-run.ts';
import { textRuns } from './run.ts';
import { asTrained } from './data.ts';
import type { TrainInput } from './options.ts';
import { write, Writer } from './model.ts';
import type { TrainEvent } from './events.ts';
import { resume, textTrainable, train } from './train.ts';

const corpus = {
  name: 'rhyme',
  text: 'the quick brown fox jumps over the lazy dog and runs away.\n'.repeat(60),
};
const quick: TrainInput = {
  units: 16,
  window: 12,
  batchSize: 16,
  epochs: 2,
  sampleLength: 20,
  temperatures: [0.5],
  threads: 1,
  learningRate: 0.01,
  optimizer: 'adam',
};

async function all(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const collected: TrainEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

const of = <T extends TrainEvent['type']>(events: readonly TrainEvent[], type: T) =>
  events.filter((event): event is Extract<TrainEvent, { type: T }> => event.type === type);
const losses = (events: readonly TrainEvent[]): number[] =>
  of(events, 'step').map(({ batchLoss }) => batchLoss);

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'latentbrush-')), 'run');
});
afterEach(async () => {
  await rm(join(folder, '..'), { recursive: true, force: true });
});

describe('every kind of model learns', () => {
  const forms: Record<string, TrainInput> = {
    'lstm, token after the window': {},
    'gru, token after the window': { model: 'gru' },
    'two layers with dropout and embedding': { layers: 2, dropout: 0.1, embedding: 8 },
    'conv, token after the window': { model: 'conv', layers: 2 },
    'lstm, every next token': { objective: 'sequence' },
    'gru, every next token': { objective: 'sequence', model: 'gru' },
    'conv, every next token': { objective: 'sequence', model: 'conv', layers: 3 },
    words: { level: 'word', window: 4, objective: 'sequence', epochs: 8 },
  };
  it.each(Object.entries(forms))('%s', async (_, options) => {
    const events = await all(
      train(corpus, { ...quick, ...options, epochs: options.epochs ?? 4, batchSize: 8, sampleLength: 0 }),
    );
    const [first = Number.NaN] = losses(events);
    const epochs = of(events, 'epoch');
    expect(epochs.at(-1)?.loss).toBeLessThan(first * 0.75);
    expect(of(events, 'done')[0]?.reason).toBe('finished');
  });

  it('also Korean, in graphemes', async () => {
    const korean = { name: '고래', text: '나를 이스마엘이라 불러 다오.\n'.repeat(80) };
    const events = await all(train(korean, { ...quick, epochs: 12, sampleLength: 0 }));
    const model = of(events, 'done')[0]?.model;
    expect(model?.vocabulary.tokens).toContain('엘');
    if (model === undefined) throw new Error('training gave no model');
    expect(await write(model, { prompt: '이라 불러 다오.\n나를 이스', greedy: true, length: 3 })).toBe(
      '마엘이',
    );
  });
});

describe('events of training', () => {
  it('first the memory it needs: more for larger networks, larger batches and validation', async () => {
    const memory = async (options: TrainInput): Promise<number> => {
      const training = train(corpus, { ...quick, ...options });
      const { value } = await training.next();
      await training.return();
      return of([value as TrainEvent], 'start')[0]!.memory;
    };
    const least = await memory({});
    expect(least).toBeGreaterThan(180 * 2 ** 20);
    expect(least).toBeLessThan(400 * 2 ** 20);
    for (const more of [{ units: 64 }, { batchSize: 64 }, { validation: 0.1 }] satisfies TrainInput[])
      expect(await memory(more)).toBeGreaterThan(least);
  });

  it('start, steps, epochs with samples and checkpoints, and the model at the end', async () => {
    const events = await all(train(corpus, { ...quick, validation: 0.2 }));
    const [start] = of(events, 'start');
    expect(events[0]).toBe(start);
    expect(of(events, 'step')).toHaveLength(start?.total ?? 0);
    expect(start?.total).toBe(2 * (start?.batchesPerEpoch ?? 0));
    const [epoch] = of(events, 'epoch');
    expect(epoch?.perplexity).toBeCloseTo(Math.exp(epoch?.loss ?? 0), 10);
    expect(epoch?.bitsPerCharacter).toBeCloseTo((epoch?.loss ?? 0) / Math.LN2, 10);
    expect(epoch?.validation?.loss).toBeGreaterThan(0);
    const [sample] = of(events, 'sample');
    expect(sample?.text).toHaveLength(20);
    expect(corpus.text).toContain(sample?.prompt);
    expect(events.at(-1)?.type).toBe('done');
  });

  it('the validation loss is low once the same text is learned', async () => {
    const events = await all(
      train(corpus, {
        ...quick,
        validation: 0.3,
        epochs: 8,
        sampleLength: 0,
        objective: 'sequence',
        batchSize: 4,
      }),
    );
    const last = of(events, 'epoch').at(-1);
    expect(last?.validation?.loss).toBeLessThan(1);
    expect(Math.abs((last?.validation?.loss ?? 9) - (last?.loss ?? 0))).toBeLessThan(0.35);
  });

  it('stops early when the loss does not improve, and after max-steps', async () => {
    const hopeless = await all(
      train(corpus, {
        ...quick,
        optimizer: 'sgd',
        learningRate: 1e-9,
        epochs: 30,
        patience: 2,
        validation: 0.2,
        sampleLength: 0,
      }),
    );
    expect(of(hopeless, 'done')[0]?.reason).toBe('early-stopping');
    expect(of(hopeless, 'epoch').length).toBeLessThan(30);
    const short = await all(train(corpus, { ...quick, maxSteps: 3 }));
    expect(losses(short)).toHaveLength(3);
    expect(of(short, 'done')[0]?.reason).toBe('max-steps');
  });

  it('stops when asked, with a checkpoint of its last step', async () => {
    const controller = new AbortController();
    const events: TrainEvent[] = [];
    for await (const event of train(corpus, { ...quick, run: folder }, controller.signal)) {
      events.push(event);
      if (event.type === 'step' && event.step === 5) controller.abort();
    }
    expect(of(events, 'done')[0]).toMatchObject({ reason: 'aborted', step: 5 });
    expect(of(events, 'checkpoint').at(-1)?.step).toBe(5);
  });

  it('decays the learning rate: with the smallest factor learning stops', async () => {
    const frozen = await all(
      train(corpus, { ...quick, lrDecay: 1e-12, lrDecayAfter: 1, epochs: 3, sampleLength: 0 }),
    );
    const [, second, third] = of(frozen, 'epoch').map(({ loss }) => loss);
    expect(Math.abs((second ?? 0) - (third ?? 1))).toBeLessThan(1e-5);
  });
});

describe('determinism', () => {
  it('stopped while it measures the validation loss, it measures it when it continues', async () => {
    const settings = { ...quick, validation: 0.3, epochs: 1 };
    const whole = await all(train(corpus, settings));
    const controller = new AbortController();
    const stopped: TrainEvent[] = [];
    for await (const event of train(corpus, { ...settings, run: folder, signal: controller.signal })) {
      stopped.push(event);
      if (event.type === 'step' && event.step === losses(whole).length) controller.abort();
    }
    expect(of(stopped, 'epoch')).toEqual([]);
    expect(of(stopped, 'done')[0]).toMatchObject({ reason: 'aborted', step: losses(whole).length });
    const rest = await all(resume(folder, corpus));
    expect(losses(rest)).toEqual([]);
    expect(of(rest, 'epoch')).toEqual(of(whole, 'epoch'));
    expect(of(rest, 'epoch')[0]?.validation?.loss).toBeGreaterThan(0);
  });

  it('same seed, same losses and texts; another seed, others', async () => {
    const [a, b, c] = await Promise.all(
      [1, 1, 2].map((seed) => all(train(corpus, { ...quick, seed, dropout: 0.2 }))),
    );
    expect(losses(b ?? [])).toEqual(losses(a ?? []));
    expect(of(b ?? [], 'sample')).toEqual(of(a ?? [], 'sample'));
    expect(losses(c ?? [])).not.toEqual(losses(a ?? []));
  });

  for (const [name, options] of Object.entries<TrainInput>({
    'objective last, with dropout': { dropout: 0.2 },
    'objective sequence, with carried states': { objective: 'sequence', batchSize: 4 },
    'in shards, with dropout and an incomplete last batch': { shards: 4, threads: 2, dropout: 0.2 },
    'in shards, with carried states': { objective: 'sequence', batchSize: 4, shards: 2, threads: 2 },
  })) {
    it(`interrupted and resumed, the losses and texts are those of an uninterrupted run (${name})`, async () => {
      const settings = { ...quick, ...options, epochs: 3, checkpointEvery: 4 };
      const whole = await all(train(corpus, settings));
      let interrupted: TrainEvent[] = [];
      for (const stopAt of [3, 7, 20]) {
        const controller = new AbortController();
        const part =
          interrupted.length === 0
            ? train(corpus, { ...settings, run: folder }, controller.signal)
            : resume(folder, corpus, {}, controller.signal);
        for await (const event of part) {
          interrupted.push(event);
          if (event.type === 'step' && event.step === stopAt) controller.abort();
        }
      }
      interrupted = [...interrupted, ...(await all(resume(folder, corpus)))];
      expect(losses(interrupted)).toEqual(losses(whole));
      expect(of(interrupted, 'sample')).toEqual(of(whole, 'sample'));
      expect(of(interrupted, 'epoch')).toEqual(of(whole, 'epoch'));
    });
  }
});

it('interrupted during samples, it ends the epoch again when it continues', async () => {
  const settings = { ...quick, epochs: 2, temperatures: [0.5, 1] };
  const whole = await all(train(corpus, settings));
  const controller = new AbortController();
  const first: TrainEvent[] = [];
  for await (const event of train(corpus, { ...settings, run: folder }, controller.signal)) {
    first.push(event);
    if (event.type === 'sample') controller.abort();
  }
  expect(of(first, 'done')[0]?.reason).toBe('aborted');
  const rest = await all(resume(folder, corpus));
  expect(of(rest, 'sample')).toEqual(of(whole, 'sample'));
  expect(of(rest, 'epoch')).toEqual(of(whole, 'epoch'));
  expect([...losses(first), ...losses(rest)]).toEqual(losses(whole));
});

describe('shards of a batch', () => {
  it('give the losses of the whole batch, also of an incomplete one', async () => {
    for (const options of [{}, { objective: 'sequence', batchSize: 4 }] as const) {
      const whole = losses(await all(train(corpus, { ...quick, ...options, epochs: 1 })));
      const parts = losses(await all(train(corpus, { ...quick, ...options, epochs: 1, shards: 2 })));
      expect(parts).toHaveLength(whole.length);
      parts.forEach((loss, i) => expect(loss).toBeCloseTo(whole[i]!, 3));
    }
  });

  it('belong to the run: it continues with its number of them', async () => {
    await all(train(corpus, { ...quick, run: folder, maxSteps: 2, batchSize: 128, threads: 2 }));
    const options = async () => (await readRun(textRuns, folder)).options;
    expect(await options()).toMatchObject({ shards: 2 });
    await all(resume(folder, corpus, { maxSteps: 4, threads: 1 }));
    expect(await options()).toMatchObject({ shards: 2 });
  });

  it('are none where an earlier version began the run, and the recipe of its samples says so', async () => {
    const settings = { ...quick, batchSize: 128, threads: 2, maxSteps: 4 };
    const whole = losses(await all(train(corpus, { ...settings, shards: 1 })));
    const began = losses(await all(train(corpus, { ...settings, run: folder, maxSteps: 2, shards: 1 })));
    const stored = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as { options: object };
    const withShards = async (shards: number | undefined) => {
      const options = { ...stored.options, shards };
      await writeFile(join(folder, 'run.json'), JSON.stringify({ ...stored, options }));
    };
    await withShards(3);
    await expect(all(resume(folder, corpus, { maxSteps: 4 }))).rejects.toThrow('option shards 3: does not divide'); // prettier-ignore
    await withShards(undefined);
    const run = await readRun(textRuns, folder);
    expect((await textTrainable.prepare(corpus, run.options, run)).options).toMatchObject({ shards: 1 });
    const rest = losses(await all(resume(folder, corpus, { maxSteps: 4 })));
    expect([...began, ...rest]).toEqual(whole);
  });

  it('must divide the batch', async () => {
    await expect(all(train(corpus, { ...quick, shards: 3 }))).rejects.toThrow(
      'option shards 3: does not divide a batch of 16; choose a number that does',
    );
  });
});

describe('a corpus', () => {
  it('that was read by the rules of version 0.1.0 is not changed, so that its texts stay the same', () => {
    const old = { name: 'old', text: 'one\r\n' };
    expect(asTrained({ ...old, rules: 1 }).text).toBe('one\r\n');
    expect(asTrained(old).text).toBe('one\n');
  });
});

describe('a run folder', () => {
  it('contains options, metrics, samples and checkpoints, and can write texts', async () => {
    const events = await all(train(corpus, { ...quick, run: folder, epochs: 3 }));
    expect((await readdir(folder)).sort()).toEqual([
      'checkpoints',
      'metrics.jsonl',
      'run.json',
      'samples',
      'times.jsonl',
    ]);
    expect(await readdir(join(folder, 'checkpoints'))).toContain('best.safetensors');
    const metrics = await readMetrics({ folder });
    expect(metrics.filter(({ type }) => type === 'epoch')).toHaveLength(3);
    const [sample] = of(events, 'sample');
    expect(await readFile(join(folder, 'samples', 'epoch-0001.txt'), 'utf8')).toContain(sample?.text);
    const { model } = await Writer.load(folder, { checkpoint: 'latest' });
    expect(model.weights).toEqual(of(events, 'done')[0]?.model.weights);
  });

  it('refuses another corpus, and a second training at the same time', async () => {
    const training = train(corpus, { ...quick, run: folder });
    await training.next();
    await expect(all(resume(folder, corpus))).rejects.toThrow(InputError);
    await training.return();
    await expect(all(resume(folder, { name: 'other', text: 'something else' }))).rejects.toThrow(
      /not the text this run was trained on/,
    );
  });

  it('keeps snapshots, each of which can write', async () => {
    await all(train(corpus, { ...quick, maxSteps: 6, checkpointEvery: 2, keep: 3, run: folder }));
    const { model } = await Writer.load(folder, { checkpoint: '2' });
    const short = of(await all(train(corpus, { ...quick, maxSteps: 2 })), 'done')[0]?.model;
    expect(model.weights).toEqual(short?.weights);
    await expect(Writer.load(folder, { checkpoint: '1' })).rejects.toThrow(
      'option checkpoint: "1" was given; expected best, latest or the step of a kept checkpoint: 2, 4, 6',
    );
  });

  it('remembers its options: an undefined change is ignored', async () => {
    await all(train(corpus, { ...quick, epochs: 2, maxSteps: 4, run: folder }));
    const changes = { epochs: undefined, maxSteps: undefined, threads: undefined };
    expect(of(await all(resume(folder, corpus, changes)), 'done')[0]).toMatchObject({ step: 4 });
  });

  it('with invalid options is refused in one line', async () => {
    await all(train(corpus, { ...quick, maxSteps: 1, run: folder }));
    const file = join(folder, 'run.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"units": 16', '"units": "many"'));
    for (const begin of [() => Writer.load(folder), () => all(resume(folder, corpus))]) {
      const work = begin();
      await expect(work).rejects.toThrow(InputError);
      await expect(work).rejects.toThrow(/run\.json is damaged at options\.units; restore it from a copy/);
    }
  });

  it('keeps the last good checkpoint when the loss becomes NaN', async () => {
    const diverging = train(corpus, {
      ...quick,
      optimizer: 'sgd',
      learningRate: 10,
      epochs: 50,
      checkpointEvery: 1,
      run: folder,
      sampleLength: 0,
      model: 'conv',
      layers: 8,
      embedding: 8,
    });
    await expect(all(diverging)).rejects.toThrow(
      /diverged at step .* Last good checkpoint: step \d+; lower option learningRate \(now 10\), or lower it less and set option clipnorm 1$/,
    );
    const { model } = await Writer.load(folder, { checkpoint: 'latest' });
    for (const { data } of Object.values(model.weights))
      expect((data as Float32Array).every(Number.isFinite)).toBe(true);
  });
});

describe('a training that diverges gives advice', () => {
  const deep = {
    ...quick,
    model: 'conv',
    layers: 8,
    embedding: 8,
    epochs: 9,
    maxSteps: 150,
    sampleLength: 0,
  } as const;
  const wild: TrainInput = { ...deep, optimizer: 'sgd', learningRate: 3 };
  const end = async (options: TrainInput): Promise<number> =>
    of(await all(train(corpus, options)), 'step').at(-1)!.batchLoss;

  it('to lower the learning rate, by less if the gradients of sgd are clipped', async () => {
    await expect(end(wild)).rejects.toThrow(
      'training: diverged at step 6 (NaN or infinity). No checkpoint was saved; lower option learningRate (now 3), or lower it less and set option clipnorm 1',
    );
    expect(await end({ ...wild, learningRate: 0.1 })).toBeLessThan(2);
    await expect(end({ ...wild, learningRate: 1 })).rejects.toThrow(/diverged at step/);
    expect(await end({ ...wild, learningRate: 1, clipnorm: 1 })).toBeLessThan(2);
  }, 60_000);
});

describe('bad corpora and options', () => {
  const cases: [string, { text: string; options: TrainInput }, RegExp][] = [
    ['shorter than the window', { text: 'too short', options: {} }, /9 tokens, too few for a window of 12/],
    [
      'too short for the validation share',
      { text: corpus.text.slice(0, 100), options: { validation: 0.05 } },
      /has 5 tokens/,
    ],
    ['an option out of range', { text: corpus.text, options: { units: 0 } }, /option units: 0 was given/],
    [
      'an unknown option',
      { text: corpus.text, options: { unit: 3 } as TrainInput },
      /option unit: there is no such option/,
    ],
  ];
  it.each(cases)('%s', async (_, { text, options }, message) => {
    await expect(all(train({ name: 'bad', text }, { ...quick, ...options }))).rejects.toThrow(message);
    await expect(all(train({ name: 'bad', text }, { ...quick, ...options }))).rejects.toThrow(InputError);
  });
});
