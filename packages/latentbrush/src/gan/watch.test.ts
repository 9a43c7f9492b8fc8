import { describe, expect, it } from 'vitest';
import { parseOptions } from '../options.ts';
import type { IterationFigures } from './events.ts';
import { trainOptions, type TrainInput } from './options.ts';
import type { GanCounts } from './run.ts';
import { beginning, warningOf, watched } from './watch.ts';

const healthy: IterationFigures = {
  discriminatorLoss: 0.6,
  generatorLoss: 0.8,
  realAccuracy: 0.7,
  generatedAccuracy: 0.75,
  diversity: 0.9,
};

/** The state of a training when all its iterations were like this one. */
function after(iterations: number, figures: Partial<IterationFigures>): GanCounts {
  let progress = beginning;
  for (let i = 0; i < iterations; i++) progress = watched(progress, { ...healthy, ...figures });
  return progress;
}

function warning(progress: GanCounts, step = 2000, options: TrainInput = {}): string | undefined {
  return warningOf(progress, step, parseOptions(trainOptions, options))?.written();
}

describe('running means', () => {
  it('of accuracies and diversity: the last hundred iterations count most', () => {
    const { realAccuracy, generatedAccuracy, diversity, warnedAt } = watched(beginning, healthy);
    expect(realAccuracy).toBeCloseTo(0.99 * 0.5 + 0.01 * 0.7, 12);
    expect(generatedAccuracy).toBeCloseTo(0.99 * 0.5 + 0.01 * 0.75, 12);
    expect(diversity).toBeCloseTo(0.99 * 1 + 0.01 * 0.9, 12);
    expect(warnedAt).toBe(0);
    expect(after(2000, {}).realAccuracy).toBeCloseTo(0.7, 6);
  });
});

describe('warnings', () => {
  it('none for a training that works', () => {
    expect(warning(after(2000, {}))).toBeUndefined();
  });

  it('a discriminator that is always right: the advice of the book, with the current values', () => {
    const overwhelmed = after(2000, { realAccuracy: 1, generatedAccuracy: 1 });
    const told = warning(overwhelmed, 2000, { discriminatorRate: 0.01, dropout: 0.2 });
    expect(told).toMatch(/^the discriminator is right for \d+ % of the pictures/);
    expect(told).toContain('lower option discriminatorRate (now 0.01) or raise option dropout (now 0.2)');
  });

  it('it must be right about real and generated pictures', () => {
    expect(warning(after(2000, { realAccuracy: 1, generatedAccuracy: 0.6 }))).toBeUndefined();
  });

  it('none with wgan-gp, where a critic is meant to be ahead', () => {
    const ahead = after(2000, { realAccuracy: 1, generatedAccuracy: 1 });
    expect(warning(ahead, 2000, { loss: 'wgan-gp', architecture: 'dcgan' })).toBeUndefined();
  });

  it('generated pictures that are nearly equal: mode collapse', () => {
    const told = warning(after(2000, { diversity: 0.1 }));
    expect(told).toMatch(/^the generated pictures hardly differ from one another \(10 % of the variety/);
    expect(told).toMatch(
      /mode collapse; try option loss hinge, more option dropout or a lower option generatorRate$/,
    );
  });

  it('a discriminator that is always wrong', () => {
    const told = warning(after(2000, { realAccuracy: 0.01, generatedAccuracy: 0.02 }));
    expect(told).toMatch(/wrong for nearly all pictures; raise option discriminatorRate/);
  });

  it('wait for 500 iterations, and then 500 more before the next', () => {
    const collapsed = after(2000, { diversity: 0.1 });
    expect(warning(collapsed, 499)).toBeUndefined();
    expect(warning(collapsed, 500)).toBeDefined();
    expect(warning({ ...collapsed, warnedAt: 500 }, 999)).toBeUndefined();
    expect(warning({ ...collapsed, warnedAt: 500 }, 1000)).toBeDefined();
  });
});
