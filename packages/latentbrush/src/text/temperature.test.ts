import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entropy, reweight, samplingDistribution } from './temperature.ts';

const oracle = JSON.parse(readFileSync(new URL('./oracles/temperature.json', import.meta.url), 'utf8')) as {
  cases: { p: number[]; reweighted: Record<string, number[]> }[];
};

const distributions = fc
  .array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: 2, maxLength: 12 })
  .map((weights) => {
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => weight / sum);
  });

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
const expectClose = (found: Float64Array, expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 12));
};
const plain = { temperature: 1, greedy: false };

describe('reweight', () => {
  for (const [i, { p, reweighted }] of oracle.cases.entries()) {
    it.each(Object.entries(reweighted))(
      `reproduces temperature.json, case ${i}, temperature %s`,
      (temperature, expected) => {
        const found = reweight(p, Number(temperature));
        expected.forEach((value, k) => expect(Math.abs((found[k] ?? 0) / value - 1)).toBeLessThan(1e-9));
      },
    );
  }

  it('at temperature 1 changes nothing', () => {
    fc.assert(
      fc.property(distributions, (p) => {
        reweight(p, 1).forEach((value, i) => expect(value).toBeCloseTo(p[i] ?? 0, 12));
      }),
    );
  });

  it('lowers the entropy below 1 and raises it above', () => {
    fc.assert(
      fc.property(distributions, (p) => {
        expect(entropy(reweight(p, 0.5))).toBeLessThanOrEqual(entropy(p) + 1e-9);
        expect(entropy(reweight(p, 1.5))).toBeGreaterThanOrEqual(entropy(p) - 1e-9);
      }),
    );
  });

  it('keeps tokens of probability 0 at 0', () => {
    expect([...reweight([0, 1, 0], 1.2)]).toEqual([0, 1, 0]);
  });
});

describe('samplingDistribution', () => {
  it('greedy gives the most probable token probability 1', () => {
    expect([...samplingDistribution([0.2, 0.5, 0.3], { ...plain, greedy: true })]).toEqual([0, 1, 0]);
  });

  it('top-k keeps the k most probable tokens and scales them to sum 1', () => {
    expectClose(samplingDistribution([0.1, 0.6, 0.3], { ...plain, topK: 2 }), [0, 2 / 3, 1 / 3]);
  });

  it('top-p keeps the smallest set that reaches p', () => {
    expect([...samplingDistribution([0.1, 0.6, 0.3], { ...plain, topP: 0.6 })]).toEqual([0, 1, 0]);
    expectClose(samplingDistribution([0.1, 0.6, 0.3], { ...plain, topP: 0.61 }), [0, 2 / 3, 1 / 3]);
  });

  it('always gives a distribution', () => {
    const cuts = fc.record({
      temperature: fc.double({ min: 0.05, max: 5, noNaN: true }),
      greedy: fc.boolean(),
      topK: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
      topP: fc.option(fc.double({ min: 0.01, max: 1, noNaN: true }), { nil: undefined }),
    });
    fc.assert(
      fc.property(distributions, cuts, (p, options) => {
        expect(sum(samplingDistribution(p, options))).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('entropy', () => {
  it('is 0 bits for a certain token and log2 n for n equal ones', () => {
    expect(entropy([0, 1, 0])).toBe(0);
    expect(entropy(Array.from({ length: 8 }, () => 1 / 8))).toBeCloseTo(3, 12);
  });
});
