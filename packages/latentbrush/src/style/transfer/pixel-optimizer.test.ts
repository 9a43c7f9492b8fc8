import { describe, expect, it } from 'vitest';
import type { PixelEvaluation } from '../../pretrained/index.ts';
import {
  adamOptimizer,
  lbfgsOptimizer,
  type Evaluate,
  type PixelOptimizer,
  type PixelStep,
} from './pixel-optimizer.ts';

/** f(x) = Σ (i + 1) (x[i] - target[i])², in two terms, with a count of evaluations. */
class Quadratic {
  readonly target = [200, 30, 128, 5, 77];
  evaluations = 0;

  readonly evaluate: Evaluate = (pixels) => {
    this.evaluations += 1;
    return Promise.resolve(this.at(pixels));
  };

  at(pixels: ArrayLike<number>): PixelEvaluation {
    const gradient = new Float32Array(5);
    const parts = this.target.map((wanted, i) => {
      const away = pixels[i]! - wanted;
      gradient[i] = 2 * (i + 1) * away;
      return (i + 1) * away ** 2;
    });
    const terms = { first: parts[0]!, rest: parts.slice(1).reduce((sum, part) => sum + part, 0) };
    return { loss: terms.first + terms.rest, terms, gradient };
  }
}

const start = Float32Array.of(0, 100, 0, 255, 128);

const optimizers: Record<string, () => PixelOptimizer> = {
  "L-BFGS as with the book's losses": () => lbfgsOptimizer(1),
  'L-BFGS as with normalised losses': () => lbfgsOptimizer(127.5),
  Adam: () => adamOptimizer(5),
};

async function run(
  optimizer: PixelOptimizer,
  evaluate: Evaluate,
  pixels: Float32Array,
  evaluations: number,
  signal?: AbortSignal,
): Promise<PixelStep[]> {
  const steps: PixelStep[] = [];
  for await (const step of optimizer.minimize(evaluate, pixels, evaluations, signal))
    steps.push({ ...step, pixels: step.pixels.slice() });
  return steps;
}

describe.each(Object.entries(optimizers))('%s', (name, make) => {
  const looksFirst = name !== 'Adam';

  it('reaches the minimum, and does not change its starting point', async () => {
    const quadratic = new Quadratic();
    const before = start.slice();
    const steps = await run(make(), quadratic.evaluate, start, 400);
    expect(start).toEqual(before);
    const [first, last] = [quadratic.at(start).loss, quadratic.at(steps.at(-1)!.pixels).loss];
    expect(last).toBeLessThan(first * 1e-4);
    steps
      .at(-1)!
      .pixels.forEach((pixel, i) => expect(Math.abs(pixel - quadratic.target[i]!)).toBeLessThan(2));
  });

  it.each([2, 3, 7, 20])('makes at most %i evaluations, and counts them', async (evaluations) => {
    const quadratic = new Quadratic();
    const steps = await run(make(), quadratic.evaluate, start, evaluations);
    expect(quadratic.evaluations).toBeLessThanOrEqual(evaluations);
    expect(steps.at(-1)!.evaluations).toBeLessThanOrEqual(quadratic.evaluations);
    expect(steps.map((step) => step.evaluations)).toEqual(
      steps.map((step) => step.evaluations).toSorted((a, b) => a - b),
    );
    expect(steps.length).toBeGreaterThan(0);
  });

  it(`reports the loss and its terms ${looksFirst ? 'at the pixels it returns' : 'before each step'}`, async () => {
    const quadratic = new Quadratic();
    const steps = await run(make(), quadratic.evaluate, start, 15);
    const points = looksFirst
      ? steps.map(({ pixels }) => pixels)
      : [start, ...steps.map(({ pixels }) => pixels)];
    steps.forEach(({ loss, terms }, index) => {
      const expected = quadratic.at(points[index]!);
      expect(Math.abs(loss - expected.loss)).toBeLessThanOrEqual(1e-4 * expected.loss + 1e-6);
      expect(terms.first! + terms.rest!).toBe(loss);
    });
  });

  it('keeps its state between rounds: several rounds reach the result of one', async () => {
    const quadratic = new Quadratic();
    const optimizer = make();
    let pixels: Float32Array = start;
    for (let round = 0; round < 5; round++)
      pixels = (await run(optimizer, quadratic.evaluate, pixels, 6)).at(-1)?.pixels ?? pixels;
    const inRounds = quadratic.at(pixels).loss;

    const forgetful = new Quadratic();
    pixels = start;
    for (let round = 0; round < 5; round++)
      pixels = (await run(make(), forgetful.evaluate, pixels, 6)).at(-1)?.pixels ?? pixels;
    expect(inRounds).not.toBe(forgetful.at(pixels).loss);

    const whole = new Quadratic();
    const [last] = (await run(make(), whole.evaluate, start, 30)).slice(-1);
    // L-BFGS evaluates the start of each round again: 5 of its 30 evaluations.
    if (looksFirst) expect(inRounds).toBeLessThan(forgetful.at(pixels).loss);
    else expect(inRounds).toBe(whole.at(last!.pixels).loss);
  });

  it('begins no evaluation after the signal', async () => {
    for (const stopAt of [1, 2, 5]) {
      const controller = new AbortController();
      const quadratic = new Quadratic();
      const evaluate: Evaluate = (pixels) => {
        if (quadratic.evaluations + 1 === stopAt) controller.abort();
        return quadratic.evaluate(pixels);
      };
      const steps = await run(make(), evaluate, start, 100, controller.signal);
      expect(quadratic.evaluations).toBe(stopAt);
      for (const { pixels } of steps) expect(pixels.every(Number.isFinite)).toBe(true);
    }
    const quadratic = new Quadratic();
    expect(await run(make(), quadratic.evaluate, start, 100, AbortSignal.abort())).toEqual([]);
    expect(quadratic.evaluations).toBe(0);
  });

  it('passes on an error of an evaluation', async () => {
    const broken: Evaluate = () => Promise.reject(new Error('no memory'));
    await expect(run(make(), broken, start, 5)).rejects.toThrow('no memory');
  });
});

it('L-BFGS ends when it converges', async () => {
  const quadratic = new Quadratic();
  const target = Float32Array.from(quadratic.target);
  expect(await run(lbfgsOptimizer(1), quadratic.evaluate, target, 20)).toEqual([]);
  expect(quadratic.evaluations).toBe(1);
});

describe('Adam', () => {
  it('moves each pixel by the learning rate in its first step, for any size of the gradient', async () => {
    for (const scale of [1, 1e-6]) {
      const evaluate: Evaluate = (pixels) => {
        const { loss, terms, gradient } = new Quadratic().at(pixels);
        return Promise.resolve({ loss, terms, gradient: gradient.map((slope) => slope * scale) });
      };
      const [step] = await run(adamOptimizer(3), evaluate, start, 1);
      step!.pixels.forEach((pixel, i) => {
        const towards = Math.sign(new Quadratic().target[i]! - start[i]!);
        expect(pixel).toBeCloseTo(start[i]! + 3 * towards, 2);
      });
    }
  });

  it('resets its state for pictures of another size', async () => {
    const adam = adamOptimizer(2);
    const flat =
      (slope: number): Evaluate =>
      (pixels) =>
        Promise.resolve({ loss: 0, terms: {}, gradient: new Float32Array(pixels.length).fill(slope) });
    await run(adam, flat(1), new Float32Array(3), 50);
    const [step] = await run(adam, flat(1), new Float32Array(4), 1);
    step!.pixels.forEach((pixel) => expect(pixel).toBeCloseTo(-2, 5));
  });
});
