import { describe, expect, it } from 'vitest';
import { tinyPerception } from '../testing/tiny-perception.ts';
import { estimateMemory } from '../memory.ts';
import { estimatePaintingMemory, estimateTrainingMemory } from './memory.ts';

const perception = tinyPerception();
const nothing = estimateMemory(perception, 0, 0, 0);

describe('estimateTrainingMemory', () => {
  const at = (filters: number, residualBlocks: number, size: number, batch: number): number =>
    estimateTrainingMemory(perception, { filters, residualBlocks, noise: 2, palette: 0 }, size, batch) -
    nothing;

  it('grows with the batch, the size, the filters and the blocks', () => {
    expect(at(16, 5, 100, 4)).toBeCloseTo(4 * at(16, 5, 100, 1), 0);
    expect(at(16, 5, 200, 1)).toBeCloseTo(4 * at(16, 5, 100, 1), 0);
    expect(at(32, 5, 100, 1)).toBeGreaterThan(at(16, 5, 100, 1));
    expect(at(16, 6, 100, 1)).toBeGreaterThan(at(16, 5, 100, 1));
  });
});

describe('estimatePaintingMemory', () => {
  it('grows with the pixels and the filters', () => {
    const at = (filters: number, height: number): number =>
      estimatePaintingMemory({ filters, residualBlocks: 5, noise: 2, palette: 0 }, height, 100) -
      estimatePaintingMemory({ filters, residualBlocks: 5, noise: 2, palette: 0 }, 0, 100);
    expect(at(16, 200)).toBeCloseTo(2 * at(16, 100), 0);
    expect(at(32, 100)).toBeGreaterThan(at(16, 100));
  });
});
