import { sameShape, sizeOf, type Shape } from '../graph/dtype.ts';
import { int64 } from '../graph/ndarray.ts';
import { constant, type Tensor } from '../graph/tensor.ts';
import { Conv, type ConvolutionAttributes } from './convolution.ts';
import { flippedKernel, flippedPads } from './flipped-kernel.ts';
import { gather } from './indexing.ts';
import { gemm, matmul } from './matmul.ts';
import { pad } from './pad.ts';
import { concat, matrixTranspose, reshape, slice, transpose } from './shape.ts';

// With this many times fewer channels on one side, copying whole shifted pictures of that side is the fastest.
const FEW = 8;
// Kernels larger than this are cheaper with rows and columns shifted apart (k copies of both operands, not k² of one).
const SMALL_KERNEL = 3;

/**
 * Gradient of a convolution with respect to its kernel:
 * dw[m, c, k] = Σ over batch and positions o of dy[n, m, o] · x[n, c, o · stride + k · dilation - pad].
 *
 * One product in each of three forms: a matrix product of shifted pictures, one of shifted rows and columns, or a convolution in three
 * dimensions. The choice follows measurements, see docs/performance.md.
 *
 * @param x `[batch, in, ...spatial]`
 * @param dy `[batch, out, ...positions]`
 * @param kernelShape `[out, in / group, ...kernel]`
 */
export function convolutionWeightGradient(
  x: Tensor,
  dy: Tensor,
  kernelShape: Shape,
  window: ConvolutionAttributes,
): Tensor {
  const [outputs = 1, inputs = 1, ...kernel] = kernelShape;
  const { strides, dilations, pads, group } = window;
  const unitStrides = strides.every((stride) => stride === 1);
  const unit = unitStrides && dilations.every((dilation) => dilation === 1);
  if (outputs * FEW <= inputs && group === 1 && unitStrides) {
    const reaching = flippedPads(kernel, pads, dilations);
    const flipped = byShiftedPictures(dy, x, [inputs, outputs, ...kernel], { ...window, pads: reaching });
    return flippedKernel(flipped, 1);
  }
  if (group !== 1 || kernel.length !== 2 || inputs * FEW <= outputs)
    return byShiftedPictures(x, dy, kernelShape, window);
  return unit && kernel.some((size) => size > SMALL_KERNEL)
    ? byRowsAndColumns(x, dy, kernelShape, window)
    : byVolume(x, dy, kernelShape, window);
}

// dy as [out, batch · positions] times the matrix [in · taps, batch · positions] of shifted pictures, transposed.
// For any strides, dilations, groups and dimensions.
function byShiftedPictures(x: Tensor, dy: Tensor, kernelShape: Shape, window: ConvolutionAttributes): Tensor {
  const { strides, dilations, group } = window;
  const kernel = kernelShape.slice(2);
  const positions = dy.shape.slice(2);
  const spatialAxes = kernel.map((_, axis) => axis + 2);
  const columns = x.dimension(0) * sizeOf(positions);
  const channelsFirst = [1, 0, ...spatialAxes];

  const padded = padToReach(transpose(x, channelsFirst), positions, kernel, window, spatialAxes); // [in, batch, ...]
  const inputsPerGroup = x.dimension(1) / group;
  const taps = kernelTaps(kernel).map((tap) => {
    const starts = tap.map((position, axis) => position * (dilations[axis] ?? 1));
    const ends = starts.map((start, axis) => start + ((positions[axis] ?? 1) - 1) * (strides[axis] ?? 1) + 1);
    return reshape(slice(padded, starts, ends, spatialAxes, strides), [group, 1, inputsPerGroup, columns]);
  });
  const shifted = reshape(concat(taps, 1), [group, taps.length * inputsPerGroup, columns]);
  const rows = reshape(transpose(dy, channelsFirst), [group, dy.dimension(1) / group, columns]);
  const product = matmul(rows, matrixTranspose(shifted)); // [group, out / group, taps · in / group]
  return tapsLast(reshape(product, [dy.dimension(1), taps.length, inputsPerGroup]), kernelShape);
}

// [out, taps, in] to [out, in, ...kernel]. Exchanging the first axes moves whole rows, and what remains is a matrix: together four times as fast as
// one transposition of all three.
function tapsLast(gradient: Tensor, kernelShape: Shape): Tensor {
  const [outputs, taps, inputs] = gradient.shape as [number, number, number];
  const tapsFirst = reshape(transpose(gradient, [1, 0, 2]), [taps, outputs * inputs]);
  return reshape(matrixTranspose(tapsFirst), kernelShape);
}

// A convolution in three dimensions: the pictures are its channels, and the channels of x are its third axis, along which the kernel has
// size 1. The kernel is dy, its dilations are the strides and the reverse. So ONNX Runtime makes the patches itself, a few at a time, and they
// stay in the processor's cache; as a tensor of their own they are kernel² times as large as x.
function byVolume(
  x: Tensor,
  dy: Tensor,
  [outputs = 1, inputs = 1, ...kernel]: Shape,
  { strides, dilations, pads }: ConvolutionAttributes,
): Tensor {
  const [batch, height, width] = [x.dimension(0), x.dimension(2), x.dimension(3)];
  const positions = dy.shape.slice(2);
  const volume = reshape(transpose(x, [0, 2, 3, 1]), [1, batch, height, width, inputs]);
  const taps = reshape(transpose(dy, [1, 0, 2, 3]), [outputs, batch, ...positions, 1]);
  // Pads at the end so that the window has as many places as the kernel, or more where it does not reach the end of x.
  const ends = kernel.map((size, axis) => {
    const extent = ((positions[axis] ?? 1) - 1) * (strides[axis] ?? 1) + 1;
    const last = (size - 1) * (dilations[axis] ?? 1);
    return Math.max(0, extent + last - x.dimension(axis + 2) - (pads[axis] ?? 0));
  });
  const [top = 0, left = 0] = pads;
  const product = Conv.apply([volume, taps, undefined], {
    strides: [...dilations, 1],
    dilations: [...strides, 1],
    pads: [top, left, 0, ...ends, 0],
    group: 1,
  });
  const [, , rows = 1, columns = 1] = product.shape;
  const every = reshape(product, [outputs, rows, columns, inputs]);
  const reached = sameShape([rows, columns], kernel) ? every : slice(every, [0, 0], kernel, [1, 2]);
  return tapsLast(reshape(reached, [outputs, sizeOf(kernel), inputs]), [outputs, inputs, ...kernel]);
}

// With stride 1, x[o + k] · dy[o] needs x shifted by k, or dy shifted by -k. Shifting dy along the rows and x along
// the columns makes [out · kernel height, N] times [kernel width · in, N] transposed, N = height · batch · columns.
function byRowsAndColumns(
  x: Tensor,
  dy: Tensor,
  [outputs = 1, inputs = 1, kernelHeight = 1, kernelWidth = 1]: Shape,
  { pads }: ConvolutionAttributes,
): Tensor {
  const [height, rows, columns] = [x.dimension(2), dy.dimension(2), dy.dimension(3)];
  const [padTop = 0, padLeft = 0, , padRight = 0] = pads;
  const heightBatchFirst = [1, 2, 0, 3];

  const before = Math.max(0, kernelHeight - 1 - padTop);
  const after = Math.max(0, height + padTop - rows);
  const dyRows = pad(transpose(dy, heightBatchFirst), [0, before, 0, 0], [0, after, 0, 0]); // [out, rows, batch, columns]
  const places = Array.from({ length: kernelHeight }, (_, i) =>
    Array.from({ length: height }, (__, row) => before + padTop - i + row),
  );
  const dyShifted = gather(dyRows, constant(int64(places.flat(), [kernelHeight, height])), 1);

  const xColumns = pad(transpose(x, heightBatchFirst), [0, 0, 0, padLeft], [0, 0, 0, padRight]); // [in, H, batch, W]
  const xShifted = concat(
    Array.from({ length: kernelWidth }, (_, j) => slice(xColumns, [j], [j + columns], [3])),
    0,
  );
  const product = gemm(
    reshape(dyShifted, [outputs * kernelHeight, -1]),
    reshape(xShifted, [kernelWidth * inputs, -1]),
    {
      transB: true,
    },
  );
  const taps = kernelHeight * kernelWidth;
  return tapsLast(reshape(product, [outputs, taps, inputs]), [outputs, inputs, kernelHeight, kernelWidth]);
}

// Pads x by the convolution's pads, and crops the part that no window reaches, so that every tap is inside x at every position.
function padToReach(
  x: Tensor,
  positions: Shape,
  kernel: Shape,
  { strides, dilations, pads }: ConvolutionAttributes,
  axes: readonly number[],
): Tensor {
  const before = x.shape.map(() => 0);
  const after = x.shape.map(() => 0);
  axes.forEach((axis, i) => {
    const reach =
      ((positions[i] ?? 1) - 1) * (strides[i] ?? 1) + ((kernel[i] ?? 1) - 1) * (dilations[i] ?? 1) + 1;
    before[axis] = pads[i] ?? 0;
    after[axis] = reach - x.dimension(axis) - (pads[i] ?? 0);
  });
  return pad(x, before, after);
}

// All positions in a kernel, row by row.
function kernelTaps(kernel: Shape): number[][] {
  return kernel.reduce<number[][]>(
    (taps, size) => taps.flatMap((tap) => Array.from({ length: size }, (_, position) => [...tap, position])),
    [[]],
  );
}
