/** Three rows of three numbers. */
export type Matrix3 = readonly [Row3, Row3, Row3];
type Row3 = readonly [number, number, number];

/** `values[i]` belongs to the column vector `vectors[0..2][i]`; the vectors are orthonormal. */
export interface Eigen3 {
  readonly values: Row3;
  readonly vectors: Matrix3;
}

type Rows = number[][];

/** Convergence is quadratic: six sweeps reach float64 precision; the rest is a reserve. */
const MAX_SWEEPS = 30;

/**
 * Eigenvalues and eigenvectors of a symmetric 3x3 matrix, by cyclic Jacobi rotations (Golub and Van Loan, Matrix
 * Computations, 4th edition, 8.5): accurate also for equal and for zero eigenvalues. Reads the upper triangle.
 */
export function symmetricEigen(matrix: Matrix3): Eigen3 {
  const a: Rows = matrix.map((row) => [...row]);
  const v: Rows = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    if (a[0]![1] === 0 && a[0]![2] === 0 && a[1]![2] === 0) break;
    rotate(a, v, 0, 1);
    rotate(a, v, 0, 2);
    rotate(a, v, 1, 2);
  }
  return { values: [a[0]![0]!, a[1]![1]!, a[2]![2]!], vectors: table((i, k) => v[i]![k]!) };
}

/**
 * `V diag(f(values)) V^T`: a function of a symmetric matrix, such as its square root, from its eigenvalues.
 */
export function matrixFunction({ values, vectors }: Eigen3, f: (value: number) => number): Matrix3 {
  const mapped = values.map(f);
  const at = (i: number, k: number): number =>
    mapped.reduce((sum, value, n) => sum + vectors[i]![n]! * value * vectors[k]![n]!, 0);
  return table(at);
}

/**
 * `A^1/2` of a symmetric positive semidefinite matrix. Eigenvalues below 0 from rounding count as 0.
 * @example
 * const four: image.Matrix3 = [[4, 0, 0], [0, 4, 0], [0, 0, 4]];
 * console.log(image.squareRoot(four)[0]); // [ 2, 0, 0 ]
 */
export function squareRoot(matrix: Matrix3): Matrix3 {
  return matrixFunction(symmetricEigen(matrix), (value) => Math.sqrt(Math.max(value, 0)));
}

/**
 * The matrix product `a b`.
 * @example
 * const twice: image.Matrix3 = [[2, 0, 0], [0, 2, 0], [0, 0, 2]];
 * console.log(image.multiply(twice, twice)[0]); // [ 4, 0, 0 ]
 */
export function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  return table((i, k) => a[i]![0] * b[0][k]! + a[i]![1] * b[1][k]! + a[i]![2] * b[2][k]!);
}

function table(at: (row: number, column: number) => number): Matrix3 {
  const row = (i: number): Row3 => [at(i, 0), at(i, 1), at(i, 2)];
  return [row(0), row(1), row(2)];
}

/** One rotation in the plane of axes p < q that makes `a[p][q]` zero; `v` collects the rotations. */
function rotate(a: Rows, v: Rows, p: number, q: number): void {
  const off = a[p]![q]!;
  if (off === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * off);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  a[p]![p]! -= t * off;
  a[q]![q]! += t * off;
  a[p]![q] = 0;
  const r = 3 - p - q; // the third axis
  const [rp, rq] = [upper(r, p), upper(r, q)];
  const before = a[rp[0]]![rp[1]]!;
  const after = a[rq[0]]![rq[1]]!;
  a[rp[0]]![rp[1]] = c * before - s * after;
  a[rq[0]]![rq[1]] = s * before + c * after;
  for (const row of v) {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
}

/** Index of the element (i, k) of a symmetric matrix in its upper triangle. */
function upper(i: number, k: number): [number, number] {
  return i < k ? [i, k] : [k, i];
}
