import { float32 } from '../graph/ndarray.ts';
import { constant, type Tensor } from '../graph/tensor.ts';
import { Conv, type ConvolutionAttributes } from './convolution.ts';
import { matmul } from './matmul.ts';
import { concat, reshape, split, transpose } from './shape.ts';

/*
 * Winograd's minimal filtering (Winograd 1980; Lavin & Gray 2016, arXiv:1509.09308), along the height only: F(4, 5) computes
 * 4 rows of the output of a kernel 5 rows high with 8 multiplications where the sum of products needs 20,
 *
 *     y = Aᵀ [ (G w) · (Bᵀ d) ]        d: 8 rows of the input, w: 5 rows of the kernel, y: 4 rows of the output
 *
 * with the product taken for each of the 8 transformed rows as a convolution along the width. In float32 its error is about
 * four times that of the direct sum (8e-6 against 2e-6 of the output's size). Measured with 256 channels and a kernel of
 * 5x5: half the time of ONNX Runtime's Conv. Kernels of 3 rows gain nothing.
 */

const KERNEL_ROWS = 5;
const OUTPUT_ROWS = 4;
const TRANSFORMED_ROWS = OUTPUT_ROWS + KERNEL_ROWS - 1;
// The points of evaluation of the polynomials, besides infinity: small powers of two, so that the transforms are exact.
const POINTS = [0, 1, -1, 2, -2, 0.5, -0.5];
// With fewer channels the transforms cost more than they save.
const ENOUGH_CHANNELS = 128;

/** Whether {@link winogradConvolution} applies to a convolution and is faster. */
export function suitsWinograd(w: Tensor, { strides, dilations, group }: ConvolutionAttributes): boolean {
  const [outputs = 0, inputs = 0, rows, columns] = w.shape;
  const unit = [...strides, ...dilations].every((size) => size === 1);
  return (
    w.rank === 4 &&
    unit &&
    group === 1 &&
    rows === KERNEL_ROWS &&
    columns !== undefined &&
    columns > 1 &&
    Math.min(outputs, inputs) >= ENOUGH_CHANNELS
  );
}

/**
 * Convolution with stride 1 by F(4, 5): the values of `Conv`, up to rounding.
 * @param x `[batch, in, height, width]`
 * @param w `[out, in, 5, kernelWidth]`
 * @param pads ONNX pads: top, left, bottom, right
 */
export function winogradConvolution(x: Tensor, w: Tensor, pads: readonly number[]): Tensor {
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  const [outputs = 0, inputs = 0, , width = 0] = w.shape;
  const height = x.dimension(2);
  const rows = height + top + bottom - KERNEL_ROWS + 1;
  const tiles = Math.ceil(rows / OUTPUT_ROWS);
  const { a, g, b } = transforms();

  // Row k · tiles + t of the transformed input is row k of tile t: Bᵀ d. Padding is left out of the sums.
  const toTransformed = matrix(TRANSFORMED_ROWS * tiles, height, (row, source) => {
    const [k, tile] = [Math.floor(row / tiles), row % tiles];
    return b[k]?.[source + top - tile * OUTPUT_ROWS] ?? 0;
  });
  const fromTransformed = matrix(rows, TRANSFORMED_ROWS * tiles, (row, column) => {
    const [k, tile] = [Math.floor(column / tiles), column % tiles];
    return a[row - tile * OUTPUT_ROWS]?.[k] ?? 0;
  });

  const everyRow = Array.from({ length: TRANSFORMED_ROWS }, () => tiles);
  const transformedInput = split(matmul(toTransformed, x), everyRow, 2); // 8 x [batch, in, tiles, width]
  const rowsFirst = transpose(reshape(w, [outputs * inputs, KERNEL_ROWS, width]), [1, 0, 2]);
  const transformedKernel = split(
    matmul(
      matrix(TRANSFORMED_ROWS, KERNEL_ROWS, (k, row) => g[k]?.[row] ?? 0),
      reshape(rowsFirst, [KERNEL_ROWS, outputs * inputs * width]),
    ),
    everyRow.map(() => 1),
    0,
  );
  const products = transformedInput.map((input, k) => {
    const kernel = reshape(transformedKernel[k] ?? w, [outputs, inputs, 1, width]);
    return Conv.apply([input, kernel], {
      strides: [1, 1],
      dilations: [1, 1],
      group: 1,
      pads: [0, left, 0, right],
    });
  });
  return matmul(fromTransformed, concat(products, 2));
}

function matrix(rows: number, columns: number, element: (row: number, column: number) => number): Tensor {
  const values = Float32Array.from({ length: rows * columns }, (_, i) =>
    element(Math.floor(i / columns), i % columns),
  );
  return constant(float32(values, [rows, columns]));
}

interface Transforms {
  /** Aᵀ [4][8] */
  readonly a: readonly (readonly number[])[];
  /** G [8][5] */
  readonly g: readonly (readonly number[])[];
  /** Bᵀ [8][8] */
  readonly b: readonly (readonly number[])[];
}

// Toom-Cook: Aᵀ and G evaluate polynomials at the points and at infinity, Bᵀ holds the Lagrange polynomials' numerators
// (Lavin & Gray 2016, and Blahut, Fast Algorithms for Signal Processing, 5.3).
function transforms(): Transforms {
  const infinity = (length: number): number[] => Array.from({ length }, (_, i) => (i === length - 1 ? 1 : 0));
  const powers = (point: number, length: number): number[] => Array.from({ length }, (_, i) => point ** i);
  const others = (point: number): number[] => POINTS.filter((other) => other !== point);

  const evaluations = [...POINTS.map((point) => powers(point, OUTPUT_ROWS)), infinity(OUTPUT_ROWS)];
  const g = POINTS.map((point) => {
    const denominator = others(point).reduce((product, other) => product * (point - other), 1);
    return powers(point, KERNEL_ROWS).map((power) => power / denominator);
  });
  const b = POINTS.map((point) => [...polynomialWithRoots(others(point)), 0]);
  return balanced({
    a: Array.from({ length: OUTPUT_ROWS }, (_, row) => evaluations.map((column) => column[row] ?? 0)),
    g: [...g, infinity(KERNEL_ROWS)],
    b: [...b, polynomialWithRoots(POINTS)],
  });
}

// Coefficients of Π (x - root), lowest power first.
function polynomialWithRoots(roots: readonly number[]): number[] {
  return roots.reduce<number[]>(
    (polynomial, root) => [0, ...polynomial].map((higher, i) => higher - root * (polynomial[i] ?? 0)),
    [1],
  );
}

// Moves a power of two from row k of Bᵀ to row k of G, so that neither has much larger numbers: less rounding.
function balanced({ a, g, b }: Transforms): Transforms {
  const size = (row: readonly number[] = []): number => row.reduce((sum, value) => sum + Math.abs(value), 0);
  const scales = g.map((row, k) => 2 ** Math.round(Math.log2(Math.sqrt(size(b[k]) / size(row)))));
  return {
    a,
    g: g.map((row, k) => row.map((value) => value * (scales[k] ?? 1))),
    b: b.map((row, k) => row.map((value) => value / (scales[k] ?? 1))),
  };
}
