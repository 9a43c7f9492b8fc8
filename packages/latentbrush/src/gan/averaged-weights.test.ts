import { float32, nn } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { averagesOf, averageUpdates, generatorWeights, memoryOfAverage } from './averaged-weights.ts';
import { valuesOf } from './testing/values.ts';

const weights = {
  'generator/dense/kernel': float32([1, 2]),
  'generator/dense/moving_mean': float32([3]),
  'discriminator/dense/kernel': float32([4]),
  'velocity:generator/dense/kernel': float32([5, 6]),
};

describe('averaged weights', () => {
  it('begin as the weights of the generator, including running means; the discriminator has none', () => {
    expect(averagesOf(weights)).toEqual({
      'ema/generator/dense/kernel': weights['generator/dense/kernel'],
      'ema/generator/dense/moving_mean': weights['generator/dense/moving_mean'],
    });
  });

  it('have a short memory at first, then the full one', () => {
    expect(memoryOfAverage(0.995, 0)).toBeCloseTo(0.1, 12);
    expect(memoryOfAverage(0.995, 8)).toBeCloseTo(0.5, 12);
    expect(memoryOfAverage(0.995, 1_000_000)).toBe(0.995);
    const memories = Array.from({ length: 3000 }, (_, step) => memoryOfAverage(0.995, step));
    expect(memories.every((memory, i) => i === 0 || memory >= memories[i - 1]!)).toBe(true);
  });

  it('move to memory · average + (1 - memory) · weight', async () => {
    const parameters = new nn.Parameters();
    parameters.scope('generator').get('w', [2], nn.zerosInitializer);
    parameters.scope('discriminator').get('w', [2], nn.zerosInitializer);
    const updates = averageUpdates(parameters);
    expect(Object.keys(updates)).toEqual(['ema/generator/w']);
    const { next } = await valuesOf(
      { next: updates['ema/generator/w']! },
      {
        'ema/generator/w': float32([10, -1]),
        'generator/w': float32([20, 1]),
        ema_memory: float32([0.75], []),
      },
    );
    expect([...next]).toEqual([12.5, -0.5]);
  });

  it('draw the samples if they are kept, under the names of the generator', () => {
    const averaged = { ...weights, 'ema/generator/dense/kernel': float32([7, 8]) };
    expect(generatorWeights(averaged, { ema: 0.9 })).toEqual({ 'dense/kernel': float32([7, 8]) });
    expect(generatorWeights(averaged, { ema: 0 })).toEqual({
      'dense/kernel': float32([1, 2]),
      'dense/moving_mean': float32([3]),
    });
  });
});
