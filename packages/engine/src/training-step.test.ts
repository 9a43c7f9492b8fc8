import { describe, expect, it } from 'vitest';
import { InputError } from './errors.ts';
import { float32 } from './graph/ndarray.ts';
import { input, type Tensor } from './graph/tensor.ts';
import { dense } from './nn/dense.ts';
import { Parameters } from './nn/parameters.ts';
import { add, crossEntropy, mul, reduceSum, sub } from './ops/index.ts';
import { adam, createTrainer, initialSlots } from './optim/index.ts';
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

it('the parameters of a step are tensors of the graph, by name', async () => {
  const { trainer } = await training(1);
  expect([...trainer.inputs.keys()].sort()).toEqual(['features', 'labels'] satisfies string[]);
  expect([...trainer.inputs.values()].every((tensor: Tensor) => tensor.source.kind === 'input')).toBe(true);
});
