import * as op from '@latentbrush/engine';
import { InputError, Random } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { PixelObjective, type Terms } from './pixel-objective.ts';
import { tinyBackbone } from './testing/tiny-backbone.ts';

const shape = [1, 3, 15, 13];
const pixels = new Float32Array(3 * 15 * 13);
new Random(3).fillUniform(pixels, 0, 255);

// Smooth in the activations, so that only the rare corners of ReLUs disturb finite differences.
function terms(x: op.Tensor): Terms {
  const seen = tinyBackbone().activations(x, ['mixed0', 'mixed1']);
  return {
    high: op.reduceMean(op.square(seen.get('mixed1')!)),
    low: op.mul(op.reduceMean(op.square(seen.get('mixed0')!)), -2),
  };
}

describe('a loss of pixels', () => {
  it('is the sum of its terms, which keep their names', async () => {
    const objective = await PixelObjective.compile(shape, terms);
    const seen = await objective.evaluate(pixels);
    await objective.release();
    expect(Object.keys(seen.terms)).toEqual(['high', 'low']);
    expect(seen.terms.high).toBeGreaterThan(0);
    expect(seen.terms.low).toBeLessThan(0);
    expect(seen.loss).toBe(seen.terms.high! + seen.terms.low!);
  });

  it('handles events such as Ctrl-C before it returns the result', async () => {
    const [height, width] = [800, 900]; // at least a tenth of a second, without events
    const objective = await PixelObjective.compile([1, 3, height, width], terms, { threads: 1 });
    const many = new Float32Array(3 * height * width);
    let heard = false;
    setTimeout(() => (heard = true), 20);
    await objective.evaluate(many);
    await objective.release();
    expect(heard).toBe(true);
  });

  it('has the gradient of finite differences', async () => {
    const objective = await PixelObjective.compile(shape, terms, { threads: 1 });
    const { gradient } = await objective.evaluate(pixels);
    expect(gradient).toHaveLength(pixels.length);
    const scale = Math.max(...gradient.map(Math.abs));
    const step = 0.5; // of 255
    const lossAt = async (index: number, by: number): Promise<number> => {
      const moved = pixels.slice();
      moved[index]! += by;
      return (await objective.evaluate(moved)).loss;
    };
    const random = new Random(8);
    for (let i = 0; i < 40; i++) {
      const index = random.integer(0, pixels.length);
      const difference = ((await lossAt(index, step)) - (await lossAt(index, -step))) / (2 * step);
      expect(Math.abs(difference - gradient[index]!)).toBeLessThan(0.02 * scale);
    }
    await objective.release();
  });

  it('does not change the pixels, and returns a new buffer each time', async () => {
    const objective = await PixelObjective.compile(shape, terms);
    const before = pixels.slice();
    const first = await objective.evaluate(pixels);
    const kept = first.gradient.slice();
    const second = await objective.evaluate(pixels.map((value) => 255 - value));
    await objective.release();
    expect(pixels).toEqual(before);
    expect(first.gradient).toEqual(kept);
    expect(second.gradient).not.toEqual(kept);
  });

  it('accepts terms with any names', async () => {
    const objective = await PixelObjective.compile([1, 1, 2, 2], (x) => ({
      pixels: op.reduceSum(x),
      gradient: op.reduceSum(op.square(x)),
    }));
    const seen = await objective.evaluate(Float32Array.of(1, 2, 3, 4));
    await objective.release();
    expect(seen).toEqual({
      loss: 40,
      terms: { pixels: 10, gradient: 30 },
      gradient: Float32Array.of(3, 5, 7, 9),
    });
  });

  it('without a gradient is reported as a fault of the given network', async () => {
    const work = PixelObjective.compile([4], (x) => ({ most: op.reduceSum(op.mul(signOf(x), 1)) }));
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(/^network: .*operator Sign has no gradient rule/);
  });
});

const Sign = op.defineOperator({
  type: 'Sign',
  attributes: {},
  infer: ([x]: readonly [op.Tensor]) => [{ dtype: x.dtype, shape: x.shape }],
});

const signOf = (x: op.Tensor): op.Tensor => Sign.apply([x], {});
