import { sizeOf, type Shape } from '../../../graph/dtype.ts';
import { float32 } from '../../../graph/ndarray.ts';
import { constant, indices, type Tensor } from '../../../graph/tensor.ts';
import { Conv } from '../../../ops/convolution.ts';
import { div, maximum, reduceMax, reduceMean, reshape, slice } from '../../../ops/index.ts';
import { isPadded, Pad } from '../../../ops/pad.ts';
import { AveragePool, MaxPool } from '../../../ops/pooling.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import type { Translators } from '../node/translator.ts';
import { windowOf, type ImportedWindow } from './windows.ts';

/** Pools over windows and over all positions. */
export const pools: Translators = {
  MaxPool: maxPool,
  AveragePool: (node) => averagePool(node, node.input(0)),
  GlobalAveragePool: (node) => reduceMean(node.input(0), spatialAxes(node.input(0)), { keepDims: true }),
  GlobalMaxPool: (node) => reduceMax(node.input(0), spatialAxes(node.input(0)), { keepDims: true }),
};

function spatialAxes(x: Tensor): number[] {
  return x.shape.slice(2).map((_, axis) => axis + 2);
}

/** A window with its output sizes and the pads for them. */
interface PoolWindow extends ImportedWindow {
  readonly outputs: Shape;
  /** How far the last window reaches beyond the padded input, for each axis. It is more than 0 only if sizes are rounded up. */
  readonly overhang: readonly number[];
}

// Sizes are rounded down, or up with ceil_mode; but no window begins after the input, as in PyTorch and ONNX Runtime.
function poolWindow(node: ImportedNode, x: Tensor): PoolWindow {
  const kernel = node.ints('kernel_shape') ?? node.fail('lacks the attribute "kernel_shape"');
  const window = windowOf(node, x, kernel);
  const ceil =
    node.int('ceil_mode', 0) === 1 &&
    node.choice('auto_pad', 'NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER') === 'NOTSET';
  const dims = kernel.length;
  const outputs: number[] = [];
  const overhang: number[] = [];
  kernel.forEach((size, axis) => {
    const stride = window.strides[axis] ?? 1;
    const extent = (size - 1) * (window.dilations[axis] ?? 1) + 1;
    const before = window.pads[axis] ?? 0;
    const padded = x.dimension(axis + 2) + before + (window.pads[axis + dims] ?? 0);
    const steps = (padded - extent) / stride;
    let count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    if (ceil && (count - 1) * stride >= x.dimension(axis + 2) + before) count -= 1;
    if (count < 1)
      node.fail(`slides a window of ${extent} over ${padded} elements (axis ${axis + 2}, padded)`);
    outputs.push(count);
    overhang.push(Math.max(0, (count - 1) * stride + extent - padded));
  });
  return { ...window, outputs, overhang };
}

function withOverhang({ pads, overhang }: PoolWindow): readonly number[] {
  return [
    ...pads.slice(0, overhang.length),
    ...pads.slice(overhang.length).map((amount, axis) => amount + (overhang[axis] ?? 0)),
  ];
}

function isDilated({ dilations }: ImportedWindow): boolean {
  return dilations.some((step) => step !== 1);
}

// No runtime accepts wider pads than these in a pool.
function padsFit({ kernel_shape }: ImportedWindow, pads: readonly number[]): boolean {
  return pads.every((amount, index) => amount < (kernel_shape[index % kernel_shape.length] ?? 1));
}

function maxPool(node: ImportedNode): Tensor | readonly Tensor[] {
  const x = node.input(0);
  const window = poolWindow(node, x);
  const pads = withOverhang(window);
  if (!isDilated(window) && padsFit(window, pads)) {
    const { kernel_shape, strides } = window;
    if (node.outputs.length > 1) node.requireInt('storage_order', 0, 'row-major indices');
    node.ignore('storage_order');
    return MaxPool.applyAll([x], { kernel_shape, strides, pads, ceil_mode: 0 });
  }
  if (sizeOf(window.kernel_shape) > MAX_TAPS)
    node.fail(`pools over ${sizeOf(window.kernel_shape)} elements, too many`);
  if (node.outputs.length > 1)
    node.fail('gives the indices of a dilated pool, which the engine does not have');
  node.ignore('storage_order');
  return dilatedMaxPool(x, window, pads);
}

const MAX_TAPS = 1024;
const LOWEST = -3.4028234663852886e38;

// The largest of the taps of the window, each tap a strided view of the padded input.
function dilatedMaxPool(x: Tensor, window: PoolWindow, pads: readonly number[]): Tensor {
  const { kernel_shape, strides, dilations, outputs } = window;
  const dims = kernel_shape.length;
  const amounts = [0, 0, ...pads.slice(0, dims), 0, 0, ...pads.slice(dims)];
  const padded = pads.every((amount) => amount === 0)
    ? x
    : Pad.apply([x, indices(amounts), constant(LOWEST)], { mode: 'constant' });
  const axes = spatialAxes(x);
  const taps = Array.from({ length: sizeOf(kernel_shape) }, (_, tap) => {
    let rest = tap;
    const starts = kernel_shape.map(() => 0);
    for (let axis = dims - 1; axis >= 0; axis--) {
      const size = kernel_shape[axis] ?? 1;
      starts[axis] = (rest % size) * (dilations[axis] ?? 1);
      rest = Math.floor(rest / size);
    }
    const ends = starts.map((start, axis) => start + ((outputs[axis] ?? 1) - 1) * (strides[axis] ?? 1) + 1);
    return slice(padded, starts, ends, axes, strides);
  });
  return taps.reduce((largest, tap) => maximum(largest, tap));
}

// The counts of the windows as a constant, one for each position.
const MAX_POSITIONS = 2 ** 24;

/** The mean of each window of x, with the attributes of an AveragePool. */
export function averagePool(node: ImportedNode, x: Tensor): Tensor {
  const window = poolWindow(node, x);
  const count_include_pad = node.int('count_include_pad', 0);
  const pads = withOverhang(window);
  const countsOverhang = count_include_pad === 1 && window.overhang.some((amount) => amount > 0);
  // ONNX Runtime merges a Pad into a pool after it, even if the pads become too wide for the pool.
  if (!isDilated(window) && padsFit(window, pads) && !countsOverhang && !isPadded(x)) {
    const { kernel_shape, strides } = window;
    return AveragePool.apply([x], { kernel_shape, strides, pads, ceil_mode: 0, count_include_pad });
  }
  if (sizeOf(window.outputs) > MAX_POSITIONS)
    node.fail(`pools to ${sizeOf(window.outputs)} positions, which is too many`);
  return averageByConvolution(x, window, pads, count_include_pad === 1);
}

// The sum of each window, by a convolution with ones, divided by the number of elements that count.
function averageByConvolution(
  x: Tensor,
  window: PoolWindow,
  pads: readonly number[],
  countPads: boolean,
): Tensor {
  const { kernel_shape, strides, dilations, outputs } = window;
  const ones = constant(float32(new Float32Array(sizeOf(kernel_shape)).fill(1), [1, 1, ...kernel_shape]));
  const pictures = reshape(x, [-1, 1, ...x.shape.slice(2)]);
  const sums = Conv.apply([pictures, ones], { strides, dilations, pads, group: 1 });
  return reshape(div(sums, constant(countedElements(x, window, countPads))), [
    ...x.shape.slice(0, 2),
    ...outputs,
  ]);
}

// The elements of each window inside the input, or inside the input with its pads, but never those beyond.
function countedElements(x: Tensor, window: PoolWindow, countPads: boolean) {
  const { kernel_shape, strides, dilations, pads, outputs } = window;
  const dims = kernel_shape.length;
  let counts = [1];
  outputs.forEach((output, axis) => {
    const before = pads[axis] ?? 0;
    const low = countPads ? -before : 0;
    const high = x.dimension(axis + 2) + (countPads ? (pads[axis + dims] ?? 0) : 0);
    const along = Array.from({ length: output }, (_, position) => {
      const start = position * (strides[axis] ?? 1) - before;
      const step = dilations[axis] ?? 1;
      const first = Math.max(0, Math.ceil((low - start) / step));
      const end = Math.min(kernel_shape[axis] ?? 1, Math.ceil((high - start) / step));
      return Math.max(1, end - first);
    });
    counts = counts.flatMap((count) => along.map((length) => count * length));
  });
  return float32(counts, outputs);
}
