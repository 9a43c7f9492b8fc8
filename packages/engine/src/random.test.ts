import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from './errors.ts';
import { Random, type RandomState } from './random.ts';

const draws: Record<string, (random: Random) => unknown> = {
  uniform: (random) => random.uniform(-1, 3),
  normal: (random) => random.normal(2, 0.5),
  integer: (random) => random.integer(3, 17),
  permutation: (random) => [...random.permutation(5)],
  categorical: (random) => random.categorical([0.1, 0, 0.6, 0.3]),
};

const many = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]): number => {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
};

describe('one seed, one stream', () => {
  it('the same for the same seed, others for seeds that differ in any bit', () => {
    const first = (seed: number): number => new Random(seed).uniform();
    expect(first(7)).toBe(first(7));
    const seeds = [0, 1, 2, 3, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52, Number.MAX_SAFE_INTEGER];
    expect(new Set(seeds.map(first)).size).toBe(seeds.length);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53])('refuses %d as a seed', (seed) => {
    expect(() => new Random(seed)).toThrow(InputError);
  });

  it('continues exactly from its state, written as JSON, at any moment', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...Object.keys(draws)), { maxLength: 20 }),
        fc.nat(),
        (names, seed) => {
          const random = new Random(seed);
          for (const name of names) draws[name]?.(random);
          const copy = Random.fromState(JSON.parse(JSON.stringify(random.state())) as RandomState);
          for (const draw of Object.values(draws)) expect(draw(copy)).toEqual(draw(random));
        },
      ),
    );
  });

  it('refuses anything but a state', () => {
    const state = new Random(1).state();
    for (const bad of [
      { ...state, words: [1, 2] },
      { ...state, key: ['a'] },
      { ...state, spare: 'x' },
    ]) {
      expect(() => Random.fromState(bad as unknown as RandomState)).toThrow(InputError);
    }
  });

  it('forks independent streams, and its own stream stays the same', () => {
    const random = new Random(5);
    const before = random.state();
    const [a, b] = [random.fork('a').uniform(), random.fork('b').uniform()];
    expect(random.state()).toEqual(before);
    expect(a).not.toBe(b);
    random.uniform();
    expect(random.fork('a').uniform()).toBe(a);
    expect(random.fork('a').fork('c').uniform()).not.toBe(random.fork('c').uniform());
  });
});

describe('distributions', () => {
  const random = new Random(2016);

  it('uniform has mean 1/2 and variance 1/12 on [0, 1)', () => {
    const values = many(100_000, () => random.uniform());
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(mean(values)).toBeCloseTo(0.5, 2);
    expect(variance(values)).toBeCloseTo(1 / 12, 2);
  });

  it('normal has the given mean and deviation, skewness 0 and kurtosis 3', () => {
    const values = many(100_000, () => random.normal(2, 3));
    expect(mean(values)).toBeCloseTo(2, 1);
    expect(Math.sqrt(variance(values))).toBeCloseTo(3, 1);
    const standard = values.map((value) => (value - 2) / 3);
    expect(Math.abs(mean(standard.map((value) => value ** 3)))).toBeLessThan(0.05);
    expect(mean(standard.map((value) => value ** 4))).toBeCloseTo(3, 0);
  });

  it('integers are equally likely (chi-square, 9 degrees of freedom, 99.9 % limit 27.9)', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 50_000; i++) counts[random.integer(0, 10)]! += 1;
    expect(counts.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0)).toBeLessThan(27.9);
  });

  it('categorical draws follow the probabilities and never give one of 0', () => {
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) counts[random.categorical([2, 0, 1])]! += 1;
    expect(counts[1]).toBe(0);
    expect((counts[0] ?? 0) / 30_000).toBeCloseTo(2 / 3, 1);
  });

  it.each([[[0, 0]], [[0.5, -0.1]], [[Number.NaN, 1]]])('refuses %j as probabilities', (probabilities) => {
    expect(() => random.categorical(probabilities)).toThrow(/categorical/);
  });

  it('a permutation has every number once; shuffling moves each item to every place', () => {
    expect([...random.permutation(100)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
    const places = Array.from({ length: 4 }, () => 0);
    for (let i = 0; i < 8000; i++) places[random.shuffle([0, 1, 2, 3]).indexOf(0)]! += 1;
    for (const count of places) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});
