import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { orthonormalRows } from './orthonormal-rows.ts';

/** The definition: each row without its parts along the rows before it, twice because of rounding, and of length 1. */
function gramSchmidt(count: number, length: number, normal: () => number): Float32Array {
  const rows: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const row = Float64Array.from({ length }, normal);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of rows) {
        const along = dot(row, other);
        row.forEach((value, k) => (row[k] = value - along * other[k]!));
      }
    }
    const norm = Math.sqrt(dot(row, row));
    rows.push(row.map((value) => value / norm));
  }
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

describe('orthonormal rows', () => {
  it.each([
    [1, 1],
    [1, 7],
    [2, 2],
    [5, 5],
    [6, 9],
    [61, 64],
    [64, 64],
    [67, 201],
    [90, 360],
  ])('are those of the Gram-Schmidt process, [%i, %i]', (count, length) => {
    const [ours, theirs] = [new Random(count), new Random(count)];
    const actual = orthonormalRows(count, length, () => ours.normal());
    const expected = gramSchmidt(count, length, () => theirs.normal());
    expect(actual.length).toBe(expected.length);
    for (const [i, value] of expected.entries()) expect(Math.abs(actual[i]! - value)).toBeLessThan(1e-7);
  });

  // 600 and 520 are more than the rows of a panel that are multiplied at once.
  it.each([
    [600, 601],
    [150, 1100],
    [520, 520],
  ])('are orthonormal to 1e-6, [%i, %i]', (count, length) => {
    const random = new Random(2);
    const values = orthonormalRows(count, length, () => random.normal());
    const row = (i: number): Float32Array => values.subarray(i * length, (i + 1) * length);
    for (let i = 0; i < count; i += 7) {
      for (let j = i; j < count; j += 11)
        expect(Math.abs(dot(row(i), row(j)) - (i === j ? 1 : 0))).toBeLessThan(1e-6);
    }
  });

  it('have the same bytes on every machine', () => {
    // whole numbers, so that nothing here depends on the machine's functions
    let state = 1;
    const draw = (): number => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5;
    const hash = createHash('sha256')
      .update(orthonormalRows(70, 150, draw))
      .digest('hex');
    expect(hash.slice(0, 16)).toBe('83630dcf09cdce7c');
  });

  it('are drawn again if one depends on those before it', () => {
    const draws = [1, 2, 2, 4, 3, 0, 0, 5];
    expect([...orthonormalRows(2, 2, () => draws.shift()!)]).toEqual([1, 0, 0, 1]);
  });
});
