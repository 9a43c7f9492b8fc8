import { ShapeError } from '../errors.ts';
import { formatShape, sizeOf, type Shape } from '../graph/dtype.ts';
import { float32, zeros } from '../graph/ndarray.ts';
import { defineOperator, intAttribute, intsAttribute } from '../graph/operator.ts';
import { requireDType } from '../graph/shapes.ts';
import { constant, type Tensor } from '../graph/tensor.ts';
import { stepDown } from './activation.ts';
import { add, div, mul } from './arithmetic.ts';
import { scatterElementsAdd } from './indexing.ts';
import { outputSize, resolvePadding, type Padding } from './padding.ts';
import { reduceMax, reduceMean } from './reduction.ts';
import { resize } from './resize.ts';
import { Conv } from './convolution.ts';
import { concat, reshape, slice, zeroInsert } from './shape.ts';

interface Window {
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
}

const windowAttributes = {
  kernel_shape: intsAttribute(),
  strides: intsAttribute(),
  pads: intsAttribute(),
  ceil_mode: intAttribute(0),
};

function pooledShape(operator: string, x: Tensor, { kernel_shape, strides, pads }: Window): Shape {
  requireDType(operator, x, 'float32');
  const dims = kernel_shape.length;
  if (dims === 0 || x.rank !== dims + 2) {
    throw new ShapeError(`${operator}: expected [batch, channels, ...spatial], got ${formatShape(x.shape)}`);
  }
  const spatial = kernel_shape.map((kernel, axis) =>
    outputSize(operator, x, axis, { kernel, strides, pads, dilations: kernel_shape.map(() => 1) }),
  );
  return [...x.shape.slice(0, 2), ...spatial];
}

export const MaxPool = defineOperator({
  type: 'MaxPool',
  attributes: windowAttributes,
  requiredOutputs: 1,
  infer: ([x]: readonly [Tensor], attributes) => {
    const shape = pooledShape('MaxPool', x, attributes);
    return [
      { dtype: 'float32' as const, shape },
      { dtype: 'int64' as const, shape },
    ];
  },
  gradient: ([dy], { inputs: [x], outputs: [y, winners], attributes }) => {
    if (y === undefined || winners === undefined) return [];
    if (isPartition(attributes)) return [gradientByEquality(dy, x, y, attributes)];
    return [
      hasFastTaps(x, attributes) ? gradientByTaps(dy, x, y, attributes) : gradientByIndex(dy, x, winners),
    ];
  },
});

// Whether windows of a picture touch without overlap, without padding.
function isPartition({ kernel_shape, strides, pads }: Window): boolean {
  return (
    kernel_shape.length === 2 &&
    kernel_shape.every((size, axis) => size === strides[axis]) &&
    pads.every((amount) => amount === 0)
  );
}

// Each window's gradient goes to the elements that equal its largest one: dx = up(dy / count) · [up(y) - x ≤ 0], where up repeats a
// window's value over the window. Every operator of x's size keeps the layout of ONNX Runtime's convolutions, which indices
// of the largest elements would leave; only Div, of y's size, leaves it.
function gradientByEquality(dy: Tensor, x: Tensor, y: Tensor, { kernel_shape }: Window): Tensor {
  const [rows = 1, columns = 1] = kernel_shape;
  const [height, width] = [y.dimension(2) * rows, y.dimension(3) * columns];
  const [below, right] = [x.dimension(2) - height, x.dimension(3) - width];
  const up = (values: Tensor): Tensor => resize(values, [height, width], 'nearest');
  const covered = below + right === 0 ? x : slice(x, [0, 0], [height, width], [2, 3]);
  const isLargest = stepDown(add(scaled(covered, -1), up(y)));
  const share = averagePool(isLargest, { poolSize: kernel_shape }); // count / size of the window
  const dCovered = mul(isLargest, up(scaled(div(dy, share), 1 / (rows * columns))));
  return extended(extended(dCovered, 3, right), 2, below);
}

/** Every block of channels of ONNX Runtime is a divisor of this. */
const LARGEST_BLOCK = 16;
/** Elements of a window: each costs four operators of y's size. */
const MOST_TAPS = 9;

// Whether windows overlap in a picture without padding whose channels fill blocks of ONNX Runtime's convolutions.
function hasFastTaps(x: Tensor, { kernel_shape, pads, strides }: Window): boolean {
  return (
    kernel_shape.length === 2 &&
    sizeOf(kernel_shape) <= MOST_TAPS &&
    strides.some((stride) => stride > 1) &&
    pads.every((amount) => amount === 0) &&
    x.dimension(1) % LARGEST_BLOCK === 0
  );
}

/*
 * The places of a window are asked in order whether their element is its largest one; the first that is takes the window's dy, and nothing is left for
 * the others. Places (r, c) of all windows with the same remainders of r and c by the strides fill one phase of dx: every second row and
 * column, for strides of 2. All this keeps the layout of ONNX Runtime's convolutions; only the interleaving of the phases leaves it.
 */
function gradientByTaps(dy: Tensor, x: Tensor, y: Tensor, { kernel_shape, strides }: Window): Tensor {
  const [rows = 1, columns = 1] = kernel_shape;
  const [down = 1, across = 1] = strides;
  const size = [Math.ceil(x.dimension(2) / down), Math.ceil(x.dimension(3) / across)] as const;
  const phases = new Map<number, Tensor>();
  let rest = dy;
  for (let place = 0; place < rows * columns; place++) {
    const [row, column] = [Math.floor(place / columns), place % columns];
    const isLast = place === rows * columns - 1;
    const taken = isLast ? rest : mul(rest, stepDown(add(negated(x, place, { kernel_shape, strides }), y)));
    if (!isLast) rest = add(scaled(taken, -1), rest);
    const phase = (row % down) * across + (column % across);
    const moved = placed(taken, [Math.floor(row / down), Math.floor(column / across)], size);
    const before = phases.get(phase);
    phases.set(phase, before === undefined ? moved : add(moved, before));
  }
  const zero = constant(zeros([...x.shape.slice(0, 2), ...size], 'float32'));
  const lines = Array.from({ length: down }, (_, line) =>
    interleaved(
      Array.from({ length: across }, (__, i) => phases.get(line * across + i) ?? zero),
      3,
    ),
  );
  const dx = interleaved(lines, 2);
  const [height, width] = [x.dimension(2), x.dimension(3)];
  return dx.dimension(2) === height && dx.dimension(3) === width
    ? dx
    : slice(dx, [0, 0], [height, width], [2, 3]);
}

// Minus the element at one place of each window: a convolution, which keeps the layout.
function negated(
  x: Tensor,
  place: number,
  { kernel_shape, strides }: Pick<Window, 'kernel_shape' | 'strides'>,
): Tensor {
  const [channels, taps] = [x.dimension(1), sizeOf(kernel_shape)];
  const data = new Float32Array(channels * taps);
  for (let channel = 0; channel < channels; channel++) data[channel * taps + place] = -1;
  const kernel = constant(float32(data, [channels, 1, ...kernel_shape]));
  return Conv.apply([x, kernel], { strides, dilations: [1, 1], pads: [0, 0, 0, 0], group: channels });
}

// A picture with zeros around it, by a convolution, which keeps the layout.
function placed(
  x: Tensor,
  [above, before]: readonly [number, number],
  [height, width]: readonly [number, number],
): Tensor {
  const [below, after] = [height - above - x.dimension(2), width - before - x.dimension(3)];
  if (above + before + below + after === 0) return x;
  const channels = x.dimension(1);
  const kernel = constant(float32(new Float32Array(channels).fill(1), [channels, 1, 1, 1]));
  return Conv.apply([x, kernel], {
    strides: [1, 1],
    dilations: [1, 1],
    pads: [above, before, below, after],
    group: channels,
  });
}

// The first elements of all parts along an axis, then the second ones, and so on.
function interleaved(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first!;
  const split = [...first.shape.slice(0, axis + 1), 1, ...first.shape.slice(axis + 1)];
  const shape = first.shape.map((size, i) => (i === axis ? size * parts.length : size));
  return reshape(
    concat(
      parts.map((part) => reshape(part, split)),
      axis + 1,
    ),
    shape,
  );
}

// Zeros after the end of an axis. (A Pad could be merged into an AveragePool after it, see averagePoolGradient.)
function extended(x: Tensor, axis: number, amount: number): Tensor {
  if (amount === 0) return x;
  const rest = x.shape.map((size, i) => (i === axis ? amount : size));
  return concat([x, constant(zeros(rest, 'float32'))], axis);
}

// factor · x as a convolution: it keeps that layout; Mul by a number, Neg and Sub leave it.
function scaled(x: Tensor, factor: number): Tensor {
  const channels = x.dimension(1);
  const kernel = constant(float32(new Float32Array(channels).fill(factor), [channels, 1, 1, 1]));
  return Conv.apply([x, kernel], { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: channels });
}

// The second output of MaxPool is the flat index of the largest element, the first of equal ones: it gets the gradient.
function gradientByIndex(dy: Tensor, x: Tensor, winners: Tensor): Tensor {
  const flat = scatterElementsAdd(
    constant(zeros([sizeOf(x.shape)], 'float32')),
    reshape(winners, [-1]),
    reshape(dy, [-1]),
  );
  return reshape(flat, x.shape);
}

export const AveragePool = defineOperator({
  type: 'AveragePool',
  attributes: { ...windowAttributes, count_include_pad: intAttribute(0) },
  infer: ([x]: readonly [Tensor], attributes) => [
    { dtype: 'float32' as const, shape: pooledShape('AveragePool', x, attributes) },
  ],
  gradient: ([dy], { inputs: [x], attributes }) => [averagePoolGradient(dy, x, attributes)],
});

// Each dy / count is added to every element of its window: a sum over the windows, of stride 1, that slide over the dy
// spread out by the strides.
function averagePoolGradient(
  dy: Tensor,
  x: Tensor,
  { kernel_shape, strides, pads, count_include_pad }: Window & { readonly count_include_pad: number },
): Tensor {
  const dims = kernel_shape.length;
  const windowSize = sizeOf(kernel_shape);
  const counts =
    count_include_pad === 1
      ? windowSize
      : constant(windowCounts(x.shape.slice(2), dy.shape.slice(2), { kernel_shape, strides, pads }));
  let spread = div(dy, counts);
  const before: number[] = [];
  const after: number[] = [];
  for (let axis = 0; axis < dims; axis++) {
    const kernel = kernel_shape[axis] ?? 1;
    const first = kernel - 1 - (pads[axis] ?? 0);
    spread = zeroInsert(spread, axis + 2, strides[axis] ?? 1);
    before.push(first);
    after.push(x.dimension(axis + 2) + kernel - 1 - spread.dimension(axis + 2) - first);
  }
  // A convolution of each channel with ones. (ONNX Runtime 1.30 merges a Pad into an AveragePool even if the pads become too wide for it,
  // so AveragePool cannot be used here.)
  const channels = x.dimension(1);
  const ones = constant(
    float32(new Float32Array(channels * windowSize).fill(1), [channels, 1, ...kernel_shape]),
  );
  const unit = kernel_shape.map(() => 1);
  return Conv.apply([spread, ones], {
    strides: unit,
    dilations: unit,
    pads: [...before, ...after],
    group: channels,
  });
}

// How many elements of the picture itself, without padding, each window covers.
function windowCounts(inputs: Shape, outputs: Shape, { kernel_shape, strides, pads }: Window) {
  let counts = [1];
  outputs.forEach((output, axis) => {
    const along = Array.from({ length: output }, (_, position) => {
      const start = position * (strides[axis] ?? 1) - (pads[axis] ?? 0);
      return Math.min(start + (kernel_shape[axis] ?? 1), inputs[axis] ?? 1) - Math.max(start, 0);
    });
    counts = counts.flatMap((count) => along.map((length) => count * length));
  });
  return float32(counts, outputs);
}

export interface PoolOptions {
  /** Window size of each spatial axis (default 2, as in Keras). */
  readonly poolSize?: number | readonly number[];
  /** Step of each spatial axis (default: the window size). */
  readonly strides?: number | readonly number[];
  /** Keras padding (default 'valid'). */
  readonly padding?: Padding;
}

function poolWindow(x: Tensor, { poolSize = 2, strides = poolSize, padding = 'valid' }: PoolOptions) {
  const each = (value: number | readonly number[]): readonly number[] =>
    typeof value === 'number' ? x.shape.slice(2).map(() => value) : value;
  const kernel_shape = each(poolSize);
  const steps = each(strides);
  const pads = resolvePadding(
    padding,
    x.shape.slice(2),
    kernel_shape,
    steps,
    kernel_shape.map(() => 1),
  );
  return { kernel_shape, strides: steps, pads, ceil_mode: 0 };
}

/**
 * The largest element of each window: `[batch, channels, ...spatial]`. Of equal elements the first gets the gradient if windows
 * overlap or reach over the border. Otherwise they share it. In 2D without padding all must be finite.
 */
export function maxPool(x: Tensor, options: PoolOptions = {}): Tensor {
  return MaxPool.apply([x], poolWindow(x, options));
}

/**
 * The mean of each window: `[batch, channels, ...spatial]`.
 * @param options.countIncludePad whether padding counts as zeros in the mean (PyTorch's default) or is ignored (Keras' convention and the
 * default here)
 */
export function averagePool(
  x: Tensor,
  options: PoolOptions & { readonly countIncludePad?: boolean } = {},
): Tensor {
  return AveragePool.apply([x], {
    ...poolWindow(x, options),
    count_include_pad: Number(options.countIncludePad ?? false),
  });
}

/** Mean over all spatial positions: `[batch, channels, ...spatial] -> [batch, channels]`. */
export function globalAveragePool(x: Tensor): Tensor {
  return reduceMean(x, spatialAxes(x));
}

/** Largest element over all spatial positions: `[batch, channels, ...spatial] -> [batch, channels]`. */
export function globalMaxPool(x: Tensor): Tensor {
  return reduceMax(x, spatialAxes(x));
}

function spatialAxes(x: Tensor): readonly number[] {
  return x.shape.slice(2).map((_, axis) => axis + 2);
}
