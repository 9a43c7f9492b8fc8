import { describe, expect, it } from 'vitest';
import { float32 } from '../graph/ndarray.ts';
import { constant, input, type Tensor } from '../graph/tensor.ts';
import { mul, reduceSum } from '../ops/index.ts';
import { compile } from '../session.ts';
import { TrainingState } from '../training-step.ts';
import {
  adam,
  clipGradients,
  createTrainer,
  initialSlots,
  rmsprop,
  sgd,
  type Clipping,
  type Optimizer,
} from './index.ts';

async function clipped(clipping: Clipping): Promise<number[]> {
  const gradients = { a: constant(float32([3, -4])), b: constant(float32([0, 12])) };
  const session = await compile(clipGradients(gradients, clipping) as Record<'a' | 'b', Tensor>);
  const { a, b } = await session.run({});
  return [...a.data, ...b.data].map((value) => Number(Number(value).toFixed(4)));
}

describe('clipping', () => {
  it('by value limits each element', async () => {
    expect(await clipped({ clipvalue: 3.5 })).toEqual([3, -3.5, 0, 3.5]);
  });

  it('by norm scales the gradient of each parameter', async () => {
    expect(await clipped({ clipnorm: 10 })).toEqual([3, -4, 0, 10]);
  });

  it('by global norm scales all together: 13 becomes 6.5', async () => {
    expect(await clipped({ globalClipnorm: 6.5 })).toEqual([1.5, -2, 0, 6]);
  });

  it('does not change gradients within the limit', async () => {
    expect(await clipped({ clipvalue: 100, clipnorm: 100, globalClipnorm: 100 })).toEqual([3, -4, 0, 12]);
  });
});

// p moves along a gradient of 1; gives p after each step from 0
async function path(optimizer: Optimizer, steps: number, before?: (step: number) => void): Promise<number[]> {
  const p = input('p', []);
  const state = new TrainingState({ p: float32([0], []), ...initialSlots(optimizer, { p }) });
  const trainer = await createTrainer({
    loss: reduceSum(mul(p, 1)),
    parameters: { p },
    optimizer,
    state,
    outputs: {},
  });
  const places: number[] = [];
  for (let step = 0; step < steps; step++) {
    before?.(step);
    await trainer.step({});
    places.push(Number(Number(state.get('p').data[0]).toFixed(5)));
  }
  return places;
}

describe('update rules', () => {
  it('sgd with Nesterov momentum looks ahead: v = 0.5 v - 0.1, p += 0.5 v - 0.1', async () => {
    expect(await path(sgd({ learningRate: 0.1, momentum: 0.5, nesterov: true }), 2)).toEqual([-0.15, -0.325]);
  });

  it('decay divides the learning rate by 1 + decay · step', async () => {
    expect(await path(sgd({ learningRate: 0.1, decay: 1 }), 3)).toEqual([-0.1, -0.15, -0.18333]);
  });

  it('the learning rate may change between steps', async () => {
    const optimizer = sgd({ learningRate: 0.1 });
    expect(await path(optimizer, 3, (step) => (optimizer.learningRate = step === 0 ? 0.1 : 1))).toEqual([
      -0.1, -1.1, -2.1,
    ]);
  });

  it('adam takes steps of the learning rate along a constant gradient', async () => {
    expect(await path(adam({ learningRate: 0.1 }), 3)).toEqual([-0.1, -0.2, -0.3]);
  });

  it("defaults are Keras'", () => {
    expect([sgd().learningRate, rmsprop().learningRate, adam().learningRate]).toEqual([0.01, 0.001, 0.001]);
  });
});
