import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { checkMemory, estimateMemory } from './memory.ts';
import { tinyPerception } from './testing/tiny-perception.ts';

const GIB = 2 ** 30;
const perception = tinyPerception();
const nothing = estimateMemory(perception, 0, 0, 0);

/** The growth of the estimate with the picture. */
const growth = (...parameters: Parameters<typeof estimateMemory>): number =>
  estimateMemory(...parameters) - nothing;

describe('estimateMemory', () => {
  it('counts the activations of all layers down to the last that is used', () => {
    // conv_1, conv_2 and, at a quarter of the positions, pool and conv_3: 4 + 6 + 6/4 + 8/4 channels
    const all = growth(perception, 100, 100, 0);
    const first = growth(tinyPerception({ contentLayer: 'conv_1', styleLayers: ['conv_1'] }), 100, 100, 0);
    expect(all / first).toBeCloseTo((4 + 6 + 6 / 4 + 8 / 4) / 4, 6);
    expect(all).toBeGreaterThanOrEqual(4 * 13.5 * 100 * 100); // bytes of the activations themselves
  });

  it('grows with the pixels, border and enlargement included; less without a backward pass', () => {
    const base = growth(perception, 100, 100, 0);
    expect(growth(perception, 200, 300, 0)).toBeCloseTo(6 * base, 0);
    expect(growth(perception, 80, 80, 10)).toBeCloseTo(base, 0);
    expect(growth(tinyPerception({ enlargement: 2 }), 50, 50, 0)).toBeCloseTo(base, 0);
    expect(growth(perception, 100, 100, 0, 'looking')).toBeLessThan(base / 2);
  });

  it('includes a copy of the style layers for each mask', () => {
    const masked = (masks: number): number => growth(perception, 100, 100, 0, 'painting', masks);
    expect(masked(3) - masked(0)).toBeCloseTo(3 * (masked(1) - masked(0)), 0);
    expect(masked(1) - masked(0)).toBeGreaterThanOrEqual(4 * (4 + 6 + 8 / 4) * 100 * 100);
  });
});

describe('checkMemory', () => {
  it('accepts what fits and refuses the rest, with estimate, limit and advice', () => {
    expect(() => checkMemory(3 * GIB, 3)).not.toThrow();
    expect(() => checkMemory(3.04 * GIB, 3)).toThrow(InputError);
    expect(() => checkMemory(3.04 * GIB, 3)).toThrow(
      /^memory: this needs about 3\.0 GiB, and the limit is 3\.0 GiB; lower option height, or raise option maxMemory$/,
    );
    expect(() => checkMemory(GIB, 0.5, 'use a smaller picture')).toThrow(/; use a smaller picture$/);
  });

  it('without a limit uses most of the free memory', () => {
    expect(() => checkMemory(2 ** 20, undefined)).not.toThrow();
    expect(() => checkMemory(2 ** 60, undefined)).toThrow(/needs about 1073741824\.0 GiB/);
  });
});
