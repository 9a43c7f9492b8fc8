import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { float32, type NDArray } from '../graph/ndarray.ts';

/** Numbers nested as deep as a tensor has dimensions, as in the reference files. */
export type Nested = number | readonly Nested[];

/** Reads one of the reference files: figures computed in float64 elsewhere. */
export function readOracle(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./oracles/${name}.json`, import.meta.url), 'utf8'));
}

/** Nested numbers as a float32 array. */
export function array(nested: Nested): NDArray<'float32'> {
  const shape: number[] = [];
  for (let level = nested; typeof level !== 'number'; level = level[0] ?? 0) shape.push(level.length);
  return float32(flatten(nested), shape);
}

/**
 * Expects every element within `tolerance` of the reference, relative to the reference's largest element: the relative error in the maximum
 * norm.
 */
export function expectOracle(actual: NDArray, nested: Nested, tolerance = 1e-4): void {
  const expected = array(nested);
  expect(actual.shape).toEqual(expected.shape);
  const scale = expected.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const error = expected.data.reduce(
    (worst, value, i) => Math.max(worst, Math.abs(Number(actual.data[i]) - value)),
    0,
  );
  expect(error / scale).toBeLessThanOrEqual(tolerance);
}

function flatten(nested: Nested): number[] {
  return typeof nested === 'number' ? [nested] : nested.flatMap(flatten);
}
