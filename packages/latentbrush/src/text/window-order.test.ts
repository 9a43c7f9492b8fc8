import { Random } from '@latentbrush/engine';
import { expect, it } from 'vitest';
import { randomOrder } from './window-order.ts';

const orderOf = (count: number, seed: number, listed?: number): number[] =>
  Array.from({ length: count }, (_, i) => i).map(randomOrder(count, new Random(seed), listed));

it('is the list of the generator up to a limit', () => {
  expect(orderOf(50, 3)).toEqual([...new Random(3).permutation(50)]);
});

it.each([2, 3, 17, 1000, 4096, 5000])('has each of %s numbers once without a list', (count) => {
  const order = orderOf(count, 1, 1);
  expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  if (count > 3) expect(orderOf(count, 2, 1)).not.toEqual(order);
  expect(orderOf(count, 1, 1)).toEqual(order);
});

it('leaves no trace of the order without a list: neighbours are far apart', () => {
  const order = orderOf(5000, 7, 1);
  const distance = order.slice(1).reduce((sum, value, i) => sum + Math.abs(value - order[i]!), 0) / 4999;
  expect(distance).toBeGreaterThan(5000 / 3.3); // a third of the count, as of independent draws
  expect(distance).toBeLessThan(5000 / 2.7);
});

it('reaches beyond 32 bits', () => {
  const at = randomOrder(10_000_000_000, new Random(1));
  const seen = Array.from({ length: 1000 }, (_, i) => at(i));
  expect(new Set(seen).size).toBe(1000);
  expect(Math.max(...seen)).toBeGreaterThan(9_000_000_000);
  expect(Math.max(...seen)).toBeLessThan(10_000_000_000);
});
