import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixFunction, multiply, symmetricEigen, type Matrix3 } from './symmetric-eigen.ts';

const IDENTITY: Matrix3 = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

const entry = fc.oneof(fc.constant(0), fc.double({ min: -1e4, max: 1e4, noNaN: true }));
const symmetric = fc.tuple(entry, entry, entry, entry, entry, entry).map(([a, b, c, d, e, f]): Matrix3 => [
  [a, b, c],
  [b, d, e],
  [c, e, f],
]);

const transposed = (m: Matrix3): Matrix3 => [
  [m[0][0], m[1][0], m[2][0]],
  [m[0][1], m[1][1], m[2][1]],
  [m[0][2], m[1][2], m[2][2]],
];

function expectClose(found: Matrix3, expected: Matrix3, tolerance: number): void {
  found.flat().forEach((value, i) => {
    expect(Math.abs(value - expected.flat()[i]!)).toBeLessThanOrEqual(tolerance);
  });
}

const largest = (m: Matrix3): number => Math.max(...m.flat().map(Math.abs));

describe('symmetricEigen', () => {
  it('decomposes a matrix so that V diag(values) V^T is the matrix', () => {
    fc.assert(
      fc.property(symmetric, (matrix) => {
        expectClose(
          matrixFunction(symmetricEigen(matrix), (value) => value),
          matrix,
          1e-12 * largest(matrix) + 1e-300,
        );
      }),
    );
  });

  it('gives orthonormal vectors', () => {
    fc.assert(
      fc.property(symmetric, (matrix) => {
        const { vectors } = symmetricEigen(matrix);
        expectClose(multiply(transposed(vectors), vectors), IDENTITY, 1e-12);
      }),
    );
  });

  it('gives the eigenvalues of a matrix calculated by hand', () => {
    const { values } = symmetricEigen([
      [2, 1, 0],
      [1, 2, 0],
      [0, 0, 5],
    ]);
    expect([...values].sort((a, b) => a - b).map((value) => value.toFixed(12))).toEqual(
      [1, 3, 5].map((value) => value.toFixed(12)),
    );
  });

  it('handles rank one and the zero matrix', () => {
    const ones: Matrix3 = [
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ];
    const { values } = symmetricEigen(ones);
    expect(Math.max(...values)).toBeCloseTo(3, 12);
    expect(values.filter((value) => Math.abs(value) < 1e-12)).toHaveLength(2);
    const nothing: Matrix3 = [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ];
    expect(symmetricEigen(nothing)).toEqual({ values: [0, 0, 0], vectors: IDENTITY });
  });
});

describe('matrixFunction', () => {
  it('gives a square root whose square is the matrix', () => {
    fc.assert(
      fc.property(symmetric, (matrix) => {
        const positive = multiply(matrix, transposed(matrix));
        const root = matrixFunction(symmetricEigen(positive), (value) => Math.sqrt(Math.max(value, 0)));
        expectClose(multiply(root, root), positive, 1e-11 * largest(positive) + 1e-300);
      }),
    );
  });
});
