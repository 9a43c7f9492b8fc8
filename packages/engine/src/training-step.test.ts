import { runtime } from '#runtime';
import { describe, expect, it, vi } from 'vitest';
import { InputError } from './errors.ts';
import { grad } from './autodiff.ts';
import { float32, zeros } from './graph/ndarray.ts';
import { input, type Tensor } from './graph/tensor.ts';
import { dense } from './nn/dense.ts';
import { Parameters } from './nn/parameters.ts';
import { add, crossEntropy, gather, matmul, mul, reduceSum, square, sub } from './ops/index.ts';
import { adam, clipGradients, createTrainer, initialSlots, rmsprop, sgd, shardsOf } from './optim/index.ts';
import { Random } from './random.ts';
import { compile } from './session.ts';
import { compileTrainingStep, TrainingState } from './training-step.ts';
import { int64 } from './graph/ndarray.ts';

describe('a session', () => {
  const a = input('a', [2]);
  const b = input('b', [2], 'int64');

  it('names an input that is missing, or has another shape or dtype', async () => {
    const session = await compile({ y: mul(a, 2), sum: add(b, b) });
    await expect(session.run({})).rejects.toThrow('input "a" is missing; feed float32 [2]');
    await expect(session.run({ a: float32([1]), b: int64([1, 2]) })).rejects.toThrow(
      'input "a" is float32 [1], expected float32 [2]',
    );
    await expect(session.run({ a: float32([1, 2]), b: float32([1, 2]) })).rejects.toThrow(
      'input "b" is float32 [2], expected int64 [2]',
    );
  });

  it('computes only what is fetched', async () => {
    const session = await compile({ y: mul(a, 2), z: mul(a, 3) });
    expect(Object.keys(await session.run({ a: float32([1, 2]) }, ['z']))).toEqual(['z']);
  });

  it('gives outputs that are inputs, constants, or one tensor under two names', async () => {
    const doubled = mul(a, 2);
    const session = await compile({ same: a, first: doubled, second: doubled });
    const { same, first, second } = await session.run({ a: float32([1, 2]) });
    expect([[...same.data], [...first.data], [...second.data]]).toEqual([
      [1, 2],
      [2, 4],
      [2, 4],
    ]);
  });

  it('refuses two inputs of one name', async () => {
    await expect(compile({ y: add(input('x', [1]), input('x', [2])) })).rejects.toThrow(
      /two inputs are named "x"/,
    );
  });
});

describe('a training step', () => {
  const x = input('x', [2]);

  it('reads and replaces its state; earlier copies stay as they were', async () => {
    const state = new TrainingState({ x: float32([1, 2]) });
    const step = await compileTrainingStep({ before: x }, { x: mul(x, 2) }, state);
    const snapshot = state.snapshot();
    for (const expected of [
      [1, 2],
      [2, 4],
      [4, 8],
    ]) {
      expect([...(await step.run({})).before.data]).toEqual(expected);
    }
    expect([...state.get('x').data]).toEqual([8, 16]);
    expect([...(snapshot.x?.data ?? [])]).toEqual([1, 2]);
  });

  it('shares a state with others, as the two steps of a GAN do', async () => {
    const y = input('y', [2]);
    const state = new TrainingState({ x: float32([1, 1]), y: float32([10, 10]) });
    const moveX = await compileTrainingStep({}, { x: add(x, y) }, state);
    const moveY = await compileTrainingStep({}, { y: sub(y, x) }, state);
    await moveX.run({});
    await moveY.run({});
    await moveX.run({});
    expect([[...state.get('x').data], [...state.get('y').data]]).toEqual([
      [10, 10],
      [-1, -1],
    ]);
  });

  it('names a tensor that is wrong', async () => {
    const state = new TrainingState({ x: float32([1, 2]) });
    expect(() => state.get('z')).toThrow(/there is no "z"; there are x/);
    expect(() => state.load({ x: float32([1]) })).toThrow(InputError);
    await expect(compileTrainingStep({}, { x: reduceSum(x) }, state)).rejects.toThrow(
      /"x" is \[2\], its update \[\]/,
    );
  });
});

async function training(seed: number, firstStep = 0, from?: TrainingState) {
  const parameters = new Parameters();
  const features = input('features', [8, 5]);
  const hidden = dense(parameters.scope('hidden'), features, { units: 7, activation: 'tanh' });
  const loss = crossEntropy(
    dense(parameters.scope('output'), hidden, { units: 3 }),
    input('labels', [8], 'int64'),
  );
  const optimizer = adam({ learningRate: 0.01 });
  const trained = parameters.trainable();
  const state =
    from ??
    new TrainingState({ ...parameters.initialize(new Random(seed)), ...initialSlots(optimizer, trained) });
  const trainer = await createTrainer({
    loss,
    parameters: trained,
    optimizer,
    state,
    outputs: { loss },
    threads: 1,
    firstStep,
  });
  const random = new Random(99);
  const data = new Float32Array(40);
  random.fillNormal(data);
  const feeds = { features: float32(data, [8, 5]), labels: int64([0, 1, 2, 0, 1, 2, 0, 1]) };
  return { state, step: async () => Number((await trainer.step(feeds)).loss.data[0]), trainer };
}

describe('variables in one vector', () => {
  const values = { a: float32([1, 2]), b: float32([3, 4, 5, 6], [2, 2]), c: float32([7], []) };

  it('keep their names, their order, their shapes and their values', () => {
    const state = new TrainingState(values);
    const vector = state.join(['c', 'b'])!;
    expect([...state.get(vector).data]).toEqual([7, 3, 4, 5, 6]);
    expect(state.snapshot()).toEqual(values);
    expect(state.names()).toEqual(['a', 'b', 'c']);
    expect(state.join(['c', 'b'])).toBe(vector);
    expect(state.join(['a', 'b'])).toBeUndefined();
    const kept = state.snapshot();
    state.load({ b: float32([9, 9, 9, 9], [2, 2]) });
    expect([...state.get(vector).data]).toEqual([7, 9, 9, 9, 9]);
    expect([...kept.b!.data]).toEqual([3, 4, 5, 6]);
    expect(() => state.load({ b: float32([9]) })).toThrow('training state: "b" is [2, 2]');
  });

  it('may be read and changed alone by another step', async () => {
    const state = new TrainingState(values);
    const vector = state.join(['c', 'b'])!;
    const b = input('b', [2, 2]);
    const step = await compileTrainingStep({ sum: reduceSum(b) }, { b: mul(b, 2) }, state);
    expect([...(await step.run({})).sum.data]).toEqual([18]);
    expect([...(await step.run({})).sum.data]).toEqual([36]);
    expect([...state.get(vector).data]).toEqual([7, 12, 16, 20, 24]);
  });

  it.each([
    ['sgd', sgd({ momentum: 0.9, nesterov: true })],
    ['rmsprop', rmsprop({ clipnorm: 0.1 })],
    ['adam', adam({ globalClipnorm: 0.2 })],
  ])('are trained by %s as each alone, to the byte', async (_, optimizer) => {
    const parameters = new Parameters();
    const hidden = dense(parameters.scope('hidden'), input('x', [4, 5]), { units: 7, activation: 'tanh' });
    const loss = reduceSum(dense(parameters.scope('output'), hidden, { units: 3, activation: 'tanh' }));
    const trained = parameters.trainable();
    const start = { ...parameters.initialize(new Random(1)), ...initialSlots(optimizer, trained) };
    const joined = new TrainingState(start);
    const trainer = await createTrainer({ loss, parameters: trained, optimizer, state: joined, outputs: {} });

    const alone = new TrainingState(start);
    const names = Object.keys(trained);
    const slopes = grad(loss, Object.values(trained));
    const gradients = clipGradients(
      Object.fromEntries(names.map((name, i) => [name, slopes[i]!])),
      optimizer.clipping,
    );
    const updates: Record<string, Tensor> = {};
    const rate = input('rate', []);
    for (const name of names) {
      const slots = optimizer.slots.map((slot) => `${slot}:${name}`);
      const inputs = slots.map((slot) => input(slot, trained[name]!.shape));
      const found = optimizer.update(trained[name]!, gradients[name]!, rate, inputs);
      [name, ...slots].forEach((changed, i) => (updates[changed] = found[i]!));
    }
    const step = await compileTrainingStep({}, updates, alone);
    const x = float32(
      Float32Array.from({ length: 20 }, (__, i) => Math.sin(i)),
      [4, 5],
    );
    for (let i = 0; i < 5; i++) {
      await trainer.step({ x });
      await step.run({ x, rate: float32([optimizer.rate(i)], []) });
    }
    expect(joined.isPart(names[0]!)).toBe(true);
    expect(joined.snapshot()).toEqual(alone.snapshot());
  });

  it('may be trained by two trainers of which one has fewer', async () => {
    const [a, b, c] = [input('a', [2]), input('b', [2, 2]), input('c', [])];
    const state = new TrainingState(values);
    const loss = add(add(reduceSum(a), reduceSum(b)), c);
    const optimizer = sgd({ learningRate: 1 });
    const every = await createTrainer({ loss, parameters: { a, b, c }, optimizer, state, outputs: { loss } });
    const few = await createTrainer({ loss, parameters: { b, c }, optimizer, state, outputs: {} });
    await every.step({});
    await few.step({});
    expect(Number((await every.step({})).loss.data[0])).toBe(28 - 7 - 5);
    expect([...state.get('a').data, ...state.get('b').data, ...state.get('c').data]).toEqual([
      -1, 0, 0, 1, 2, 3, 4,
    ]);
  });
});

describe('training', () => {
  it('with the same seed and thread count gives the same bytes', async () => {
    const [a, b] = [await training(1), await training(1)];
    for (let i = 0; i < 50; i++) expect(await b.step()).toBe(await a.step());
    expect(b.state.snapshot()).toEqual(a.state.snapshot());
  });

  it('continued from a state and step number equals an uninterrupted one (Adam counts its steps)', async () => {
    const whole = await training(1);
    for (let i = 0; i < 10; i++) await whole.step();
    const continued = await training(1, 10, new TrainingState(whole.state.snapshot()));
    for (let i = 0; i < 10; i++) expect(await continued.step()).toBe(await whole.step());
    expect(continued.trainer.stepCount).toBe(20);
  });

  it('does not grow in memory over 10,000 steps', async () => {
    const { step } = await training(1);
    const resident = async (steps: number): Promise<number> => {
      for (let i = 0; i < steps; i++) await step();
      return process.memoryUsage().rss / 2 ** 20;
    };
    const settled = await resident(5000);
    expect((await resident(10_000)) - settled).toBeLessThan(30);
  }, 60_000);
});

describe('training in shards', { timeout: 30_000 }, () => {
  const features = Float32Array.from({ length: 8 * 5 }, (_, i) => Math.sin(3 * i));
  const labels = [0, 1, 2, 0, 1, 2, 0, 1];

  /** A recurrent step: each example adds to its row of a carried state; global clipping needs the gradient of the whole batch. */
  async function steps(shards: number, threads: number, count: number) {
    const rows = 8 / shards;
    const parameters = new Parameters();
    const before = input('seen', [rows, 7]);
    const hidden = dense(parameters.scope('hidden'), input('features', [rows, 5]), { units: 7, activation: 'tanh' }); // prettier-ignore
    const seen = add(mul(before, 0.5), hidden);
    const each = crossEntropy(dense(parameters.scope('output'), seen, { units: 3 }), input('labels', [rows], 'int64')); // prettier-ignore
    const loss = mul(each, 1 / shards);
    const optimizer = adam({ learningRate: 0.05, globalClipnorm: 0.3 });
    const trained = parameters.trainable();
    const age = input('age', []);
    const state = new TrainingState({
      ...parameters.initialize(new Random(1)),
      ...initialSlots(optimizer, trained),
      seen: zeros([8, 7], 'float32'),
      age: float32([0], []),
    });
    const trainer = await createTrainer({
      loss,
      parameters: trained,
      optimizer,
      state,
      outputs: { loss },
      carried: { seen },
      updates: { age: add(age, input('days', [])) },
      threads,
      shards,
    });
    const parts = shardsOf(float32(features, [8, 5]), shards);
    const labelsOf = shardsOf(int64(labels), shards);
    const feeds = parts.map((part, i) => ({ features: part, labels: labelsOf[i]!, days: float32([2], []) }));
    const losses: number[] = [];
    for (let i = 0; i < count; i++) losses.push(Number((await trainer.step(feeds)).loss.data[0]));
    await trainer.release();
    return { losses, state: state.snapshot() };
  }

  it('gives the values of the whole batch: losses, parameters, carried rows and other updates', async () => {
    const whole = await steps(1, 1, 6);
    for (const shards of [2, 4, 8]) {
      const { losses, state } = await steps(shards, 2, 6);
      losses.forEach((loss, i) => expect(loss).toBeCloseTo(whole.losses[i]!, 5));
      for (const [name, { data }] of Object.entries(state)) {
        const expected = [...whole.state[name]!.data].map(Number);
        [...data].forEach((value, i) => expect(Number(value), name).toBeCloseTo(expected[i]!, 4));
      }
      expect([...state.age!.data]).toEqual([12]);
    }
  });

  it('gives the same bytes with any number of threads', async () => {
    const one = await steps(4, 1, 5);
    for (const threads of [2, 3, 9]) expect(await steps(4, threads, 5)).toEqual(one);
  });

  it('is refused when an update depends on the batch, as in batch normalisation', async () => {
    const [x, w, mean] = [input('x', [4, 2]), input('w', [2]), input('mean', [])];
    const loss = reduceSum(mul(x, w));
    const state = new TrainingState({ w: float32([1, 2]), mean: float32([0], []) });
    const trainer = createTrainer({ loss, parameters: { w }, optimizer: sgd({}), state, outputs: {}, updates: { mean: add(mean, reduceSum(x)) }, shards: 2 }); // prettier-ignore
    await expect(trainer).rejects.toThrow(
      'training step: an update depends on the batch ("x"), so it cannot be computed in 2 shards; set shards to 1',
    );
  });

  it('needs the feeds of each shard, in the shape of a shard', async () => {
    const [x, w] = [input('x', [4, 2]), input('w', [2])];
    const state = new TrainingState({ w: float32([1, 2]) });
    const trainer = await createTrainer({ loss: reduceSum(mul(x, w)), parameters: { w }, optimizer: sgd({}), state, outputs: {}, shards: 2, threads: 2 }); // prettier-ignore
    const feeds = { x: zeros([4, 2], 'float32') };
    await expect(trainer.step(feeds)).rejects.toThrow(
      'run: the number of feeds is 1, but that of shards 2; give the feeds of each shard',
    );
    await expect(trainer.step([feeds, { x: zeros([8, 2], 'float32') }])).rejects.toThrow('input "x" is float32 [8, 2], expected float32 [4, 2]'); // prettier-ignore
    await trainer.step([feeds, feeds]);
    await trainer.release();
    expect(() => shardsOf(zeros([6, 1], 'float32'), 4)).toThrow('4 parts do not divide a batch of 6');
    for (const count of [0, -2, 1.5])
      expect(() => shardsOf(zeros([6, 1], 'float32'), count)).toThrow(InputError);
    expect(() => shardsOf(zeros([], 'float32'), 2)).toThrow(InputError); // a scalar has no batch
  });

  it('refuses another number of feeds than of shards, and numbers that are not of parts', async () => {
    const [x, w] = [input('x', [2]), input('w', [2])];
    const options = { loss: reduceSum(mul(x, w)), parameters: { w }, optimizer: sgd({}), outputs: {} };
    const state = (): TrainingState => new TrainingState({ w: float32([1, 2]) });
    const whole = await createTrainer({ ...options, state: state() });
    const feeds = { x: float32([1, 2]) };
    await expect(whole.step([feeds, feeds])).rejects.toThrow(
      'the number of feeds is 2, but that of shards 1',
    );
    expect(whole.stepCount).toBe(0);
    await whole.release();
    for (const shards of [0, -1, 1.5])
      await expect(createTrainer({ ...options, state: state(), shards })).rejects.toThrow(
        /^shards: .* whole number/,
      );
  });

  it('needs memory for the shards that are computed at the same time, not for all of them', async () => {
    const memoryWith = async (threads: number): Promise<number> => {
      const [x, w] = [input('x', [100, 100]), input('w', [100, 1])];
      const loss = reduceSum(square(matmul(square(square(x)), w)));
      const state = new TrainingState({ w: zeros([100, 1], 'float32') });
      const trainer = await createTrainer({ loss, parameters: { w }, optimizer: sgd({}), state, outputs: {}, shards: 8, threads }); // prettier-ignore
      await trainer.release();
      return trainer.memory;
    };
    const [one, two] = [await memoryWith(1), await memoryWith(2)];
    expect(two).toBeGreaterThan(one);
    expect(two).toBeLessThan(2 * one);
    expect(one).toBeGreaterThan(8 * 4 * 100 * 100); // the pictures of all shards
    expect(one).toBeLessThan(8 * 4 * 100 * 100 + 4 * 4 * 100 * 100);
  });

  it('gives the same bytes with any number of threads, also with large parameters and clipping by all of them', async () => {
    const trained = async (threads: number) => {
      const [x, w] = [input('x', [4, 1000]), input('w', [1000, 301])];
      const loss = reduceSum(square(matmul(x, w)));
      const optimizer = adam({ learningRate: 0.1, globalClipnorm: 0.1 });
      const random = new Random(4);
      const values = new Float32Array(301_000);
      random.fillNormal(values);
      const state = new TrainingState({ w: float32(values, [1000, 301]), ...initialSlots(optimizer, { w }) });
      const trainer = await createTrainer({ loss, parameters: { w }, optimizer, state, outputs: {}, shards: 2, threads }); // prettier-ignore
      const rows = shardsOf(
        float32(
          Float32Array.from({ length: 8000 }, (_, i) => Math.sin(i)),
          [8, 1000],
        ),
        2,
      );
      for (let i = 0; i < 3; i++) await trainer.step(rows.map((each) => ({ x: each })));
      await trainer.release();
      return Object.values(state.snapshot()).map(({ data }) => Buffer.from(data.buffer).toString('base64'));
    };
    const one = await trained(1);
    for (const threads of [2, 3, 7]) expect(await trained(threads)).toEqual(one);
  });

  it('leaves no thread when it cannot start', async () => {
    const [x, w] = [input('x', [4, 2]), input('w', [2])];
    const state = new TrainingState({ w: float32([1, 2]), mean: float32([0], []) });
    const options = { loss: reduceSum(mul(x, w)), parameters: { w }, optimizer: sgd({}), state, outputs: {}, shards: 2, threads: 2 }; // prettier-ignore
    const started = vi.spyOn(runtime, 'createSessions');
    const failures = [{ mean: add(input('mean', []), reduceSum(x)) }, { mean: input('other', [3]) }];
    for (const updates of failures)
      await expect(createTrainer({ ...options, updates })).rejects.toThrow(/^training step: /);
    expect(started).not.toHaveBeenCalled();
  });

  it('reports the error of a thread and works on', async () => {
    const [x, w] = [input('x', [2, 2]), input('w', [2])];
    const index = input('index', [2], 'int64');
    const loss = reduceSum(mul(gather(x, index), w));
    const state = new TrainingState({ w: float32([1, 2]) });
    const trainer = await createTrainer({ loss, parameters: { w }, optimizer: sgd({}), state, outputs: {}, shards: 2, threads: 2 }); // prettier-ignore
    const right = { x: zeros([2, 2], 'float32'), index: int64([0, 1]) };
    await expect(trainer.step([right, { ...right, index: int64([0, 7]) }])).rejects.toThrow(/7|indices/);
    await trainer.step([right, right]); // it still works
    await trainer.release();
  });
});

it('the parameters of a step are tensors of the graph, by name', async () => {
  const { trainer } = await training(1);
  expect([...trainer.inputs.keys()].sort()).toEqual(['features', 'labels'] satisfies string[]);
  expect([...trainer.inputs.values()].every((tensor: Tensor) => tensor.source.kind === 'input')).toBe(true);
});
