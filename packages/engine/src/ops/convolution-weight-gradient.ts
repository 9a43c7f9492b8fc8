import { sizeOf, type Shape } from '../graph/dtype.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { ConvolutionAttributes } from './convolution.ts';
import { matmul } from './matmul.ts';
import { pad } from './pad.ts';
import { concat, matrixTranspose, reshape, slice, transpose } from './shape.ts';

/**
 * Gradient of a convolution with respect to its kernel:
 * dw[m, c, k] = Σ over batch and positions o of dy[n, m, o] · x[n, c, o · stride + k · dilation - pad].
 *
 * Written as one matrix product per group: dy as `[out, batch · positions]` times the matrix im2col(x) of shifted
 * copies of x, `[in · kernel size, batch · positions]`, transposed.
 *
 * @param x `[batch, in, ...spatial]`
 * @param dy `[batch, out, ...positions]`
 * @param kernelShape `[out, in / group, ...kernel]`
 */
export function convolutionWeightGradient(
  x: Tensor,
  dy: Tensor,
  kernelShape: Shape,
  { strides, pads, dilations, group }: ConvolutionAttributes,
): Tensor {
  const dims = strides.length;
  const kernel = kernelShape.slice(2);
  const positions = dy.shape.slice(2);
  const spatialAxes = kernel.map((_, axis) => axis + 2);
  const columns = x.dimension(0) * sizeOf(positions);
  const channelsFirst = [1, 0, ...spatialAxes];

  const padded = pad(
    transpose(x, channelsFirst),
    [0, 0, ...pads.slice(0, dims)],
    // what no window reaches is cut off, so that every tap has room
    [0, 0, ...kernel.map((size, axis) => {
      const reach = ((positions[axis] ?? 1) - 1) * (strides[axis] ?? 1) + (size - 1) * (dilations[axis] ?? 1) + 1;
      return reach - x.dimension(axis + 2) - (pads[axis] ?? 0);
    })],
  ); // [in, batch, ...padded]
  const inputsPerGroup = x.dimension(1) / group;
  const taps = kernelTaps(kernel).map((tap) => {
    const starts = tap.map((position, axis) => position * (dilations[axis] ?? 1));
    const ends = starts.map((start, axis) => start + ((positions[axis] ?? 1) - 1) * (strides[axis] ?? 1) + 1);
    const shifted = slice(padded, starts, ends, spatialAxes, strides);
    return reshape(shifted, [group, 1, inputsPerGroup, columns]);
  });
  const im2col = reshape(concat(taps, 1), [group, taps.length * inputsPerGroup, columns]);
  const rows = reshape(transpose(dy, channelsFirst), [group, dy.dimension(1) / group, columns]);
  const product = matmul(rows, matrixTranspose(im2col)); // [group, out / group, taps · in / group]
  const split = reshape(product, [dy.dimension(1), taps.length, inputsPerGroup]);
  return reshape(transpose(split, [0, 2, 1]), kernelShape);
}

// All positions in a kernel, row by row.
function kernelTaps(kernel: Shape): number[][] {
  return kernel.reduce<number[][]>(
    (taps, size) => taps.flatMap((tap) => Array.from({ length: size }, (_, position) => [...tap, position])),
    [[]],
  );
}
