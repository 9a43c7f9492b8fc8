import { ShapeError } from '../errors.ts';
import { formatShape, type Shape } from '../graph/dtype.ts';
import { defineOperator, intAttribute, intsAttribute } from '../graph/operator.ts';
import { requireDType } from '../graph/shapes.ts';
import { customGradient, type Tensor } from '../graph/tensor.ts';
import { add } from './arithmetic.ts';
import { convolutionWeightGradient } from './convolution-weight-gradient.ts';
import { flippedConstant, flippedKernel, flippedPads } from './flipped-kernel.ts';
import { outputSize, resolvePadding, type Padding } from './padding.ts';
import { reduceSum } from './reduction.ts';
import { reshape, slice } from './shape.ts';
import { suitsWinograd, winogradConvolution } from './winograd.ts';

/** Attributes of a convolution in ONNX's words; one entry of strides and dilations, two of pads, for each spatial axis. */
export interface ConvolutionAttributes {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
  readonly group: number;
}

const attributes = {
  strides: intsAttribute(),
  pads: intsAttribute(),
  dilations: intsAttribute(),
  group: intAttribute(1),
};

function checkOperands(
  operator: string,
  x: Tensor,
  w: Tensor,
  { group, strides }: ConvolutionAttributes,
): void {
  requireDType(operator, x, 'float32');
  requireDType(operator, w, 'float32');
  const inputChannels = operator === 'Conv' ? w.dimension(1) * group : w.dimension(0);
  if (
    x.rank !== strides.length + 2 ||
    w.rank !== x.rank ||
    x.dimension(1) !== inputChannels ||
    w.dimension(0) % group !== 0
  ) {
    throw new ShapeError(
      `${operator}: input ${formatShape(x.shape)} and kernel ${formatShape(w.shape)} do not fit with ${group} groups`,
    );
  }
}

/** Convolution as ONNX defines it: x `[batch, in, ...spatial]`, w `[out, in / group, ...kernel]`, bias `[out]`. */
export const Conv = defineOperator({
  type: 'Conv',
  attributes,
  infer: ([x, w]: readonly [Tensor, Tensor, (Tensor | undefined)?], window) => {
    checkOperands('Conv', x, w, window);
    const spatial = w.shape
      .slice(2)
      .map((kernel, axis) => outputSize('Conv', x, axis, { kernel, ...window }));
    return [{ dtype: 'float32' as const, shape: [x.dimension(0), w.dimension(0), ...spatial] }];
  },
  gradient: ([dy], { inputs, attributes: window, wanted }) =>
    convolutionGradients(dy, inputs, window, wanted),
});

/**
 * Gradients of `Conv` with respect to input, kernel and bias.
 * @param wanted which of the three; the kernel's is built only on request: for large pictures it is slow
 */
export function convolutionGradients(
  dy: Tensor,
  [x, w, bias]: readonly [Tensor, Tensor, (Tensor | undefined)?],
  window: ConvolutionAttributes,
  wanted: readonly boolean[] = [true, true, true],
): readonly (Tensor | undefined)[] {
  return [
    convolutionInputGradient(dy, w, x.shape, window),
    wanted[1] === true ? convolutionWeightGradient(x, dy, w.shape, window) : undefined,
    bias && biasGradient(dy),
  ];
}

function biasGradient(dy: Tensor): Tensor {
  return reduceSum(
    dy,
    dy.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])),
  );
}

// With this many times fewer input than output channels, ConvTranspose is faster than the convolution with the flipped kernel.
const FEW_INPUTS = 8;

// dx of y = Conv(x, w). With stride 1 it is a convolution with the flipped kernel, input and output channels exchanged,
// which ONNX Runtime runs on its fast kernel. It can pad but not crop, so wider pads and strides use ConvTranspose.
function convolutionInputGradient(
  dy: Tensor,
  w: Tensor,
  xShape: Shape,
  window: ConvolutionAttributes,
): Tensor {
  const { strides, pads, dilations, group } = window;
  const dims = strides.length;
  const kernel = w.shape.slice(2);
  const reaching = flippedPads(kernel, pads, dilations);
  const fewInputs = group === 1 && w.dimension(1) * FEW_INPUTS <= w.dimension(0);
  if (!fewInputs && strides.every((stride) => stride === 1) && reaching.every((amount) => amount >= 0)) {
    const flipped = flippedKernel(w, group);
    const unit = { strides, pads: reaching, dilations, group };
    if (w.source.kind !== 'constant' && suitsWinograd(flipped, unit))
      return winogradConvolution(dy, flipped, reaching);
    return Conv.apply([dy, flipped, undefined], unit);
  }
  const outputPadding = kernel.map((size, axis) => {
    const extent = (size - 1) * (dilations[axis] ?? 1) + 1;
    const reached = (dy.dimension(axis + 2) - 1) * (strides[axis] ?? 1) + extent;
    return (xShape[axis + 2] ?? 1) + (pads[axis] ?? 0) + (pads[axis + dims] ?? 0) - reached;
  });
  return ConvTranspose.apply([dy, w, undefined], { ...window, output_padding: outputPadding });
}

/**
 * Transposed convolution as ONNX defines it, the gradient of Conv with respect to its input:
 * x `[batch, in, ...spatial]`, w `[in, out / group, ...kernel]`, bias `[out]`.
 * Output size = (size - 1) · stride + extent of the kernel - pads + output_padding.
 */
export const ConvTranspose = defineOperator({
  type: 'ConvTranspose',
  attributes: { ...attributes, output_padding: intsAttribute() },
  infer: ([x, w]: readonly [Tensor, Tensor, (Tensor | undefined)?], window) => {
    checkOperands('ConvTranspose', x, w, window);
    const { strides, pads, dilations, group, output_padding } = window;
    const spatial = w.shape.slice(2).map((kernel, axis) => {
      const extent = (kernel - 1) * (dilations[axis] ?? 1) + 1;
      const cut = (pads[axis] ?? 0) + (pads[axis + strides.length] ?? 0);
      return (x.dimension(axis + 2) - 1) * (strides[axis] ?? 1) + extent - cut + (output_padding[axis] ?? 0);
    });
    if (spatial.some((size) => size < 1)) {
      throw new ShapeError(
        `ConvTranspose: pads ${formatShape(pads)} leave nothing of ${formatShape(x.shape)}`,
      );
    }
    return [{ dtype: 'float32' as const, shape: [x.dimension(0), w.dimension(1) * group, ...spatial] }];
  },
  gradient: ([dy], { inputs: [x, w, bias], attributes: window, wanted }) => {
    const { strides, pads, dilations, group } = window;
    const dx = Conv.apply([dy, w, undefined], { strides, pads, dilations, group });
    // An output padding wider than the stride would make the convolution reach past x.
    const ends = x.shape.slice(2);
    const trimmed = slice(
      dx,
      ends.map(() => 0),
      ends,
      ends.map((_, axis) => axis + 2),
    );
    const dw = wanted[1] === true ? convolutionWeightGradient(dy, x, w.shape, window) : undefined;
    return [trimmed, dw, bias && biasGradient(dy)];
  },
});

export interface ConvOptions {
  /** Added to each output channel: `[out]`. */
  readonly bias?: Tensor | undefined;
  /** Step between windows, of each spatial axis or one for all (default 1). */
  readonly strides?: number | readonly number[];
  /** Distance between kernel taps, of each spatial axis or one for all (default 1). */
  readonly dilations?: number | readonly number[];
  /** Channels are convolved in this many separate groups (default 1). */
  readonly groups?: number;
  /** Border (default 'valid', as in Keras). */
  readonly padding?: Padding;
}

function convolution(dims: number, x: Tensor, kernel: Tensor, options: ConvOptions): Tensor {
  const { bias, groups = 1, padding = 'valid' } = options;
  const strides = perAxis(options.strides, dims);
  const dilations = perAxis(options.dilations, dims);
  const pads = resolvePadding(padding, x.shape.slice(2), kernel.shape.slice(2), strides, dilations);
  const window = { strides, pads, dilations, group: groups };
  if (suitsTransposed(kernel, window))
    return withOwnGradient(x, kernel, bias, window, byTransposed(x, kernel, bias, window));
  const trained = kernel.source.kind !== 'constant'; // ONNX Runtime prepares constant kernels in advance, which is even faster
  if (trained && suitsWinograd(kernel, window)) {
    const product = winogradConvolution(x, kernel, window.pads);
    const body = bias === undefined ? product : add(product, reshape(bias, [-1, 1, 1]));
    return withOwnGradient(x, kernel, bias, window, body);
  }
  return Conv.apply([x, kernel, bias], window);
}

// Gives the gradients of Conv to a body that computes the same in another way.
function withOwnGradient(
  x: Tensor,
  kernel: Tensor,
  bias: Tensor | undefined,
  window: ConvolutionAttributes,
  body: Tensor,
): Tensor {
  const inputs = bias === undefined ? ([x, kernel] as const) : ([x, kernel, bias] as const);
  const [y] = customGradient('conv2d', inputs, [body], ([dy]) =>
    dy === undefined ? [] : convolutionGradients(dy, inputs, window),
  );
  return y ?? body;
}

// With this many times fewer output than input channels, ConvTranspose is faster than Conv, which copies k² shifted inputs: ConvTranspose
// copies k² shifted outputs. ONNX Runtime prepares constant kernels for blocks of 16 channels, so they need fewer outputs still.
const FEW_OUTPUTS = { trained: 8, frozen: 16 };

function suitsTransposed(
  kernel: Tensor,
  { strides, pads, dilations, group }: ConvolutionAttributes,
): boolean {
  const [outputs = 1, inputs = 1, ...sizes] = kernel.shape;
  const few = FEW_OUTPUTS[kernel.source.kind === 'constant' ? 'frozen' : 'trained'];
  return (
    group === 1 &&
    outputs * few <= inputs &&
    sizes.some((size) => size > 1) &&
    strides.every((stride) => stride === 1) &&
    flippedPads(sizes, pads, dilations).every((amount) => amount >= 0)
  );
}

// A convolution is the transposed convolution with the flipped kernel, with stride 1.
function byTransposed(
  x: Tensor,
  kernel: Tensor,
  bias: Tensor | undefined,
  { strides, pads, dilations, group }: ConvolutionAttributes,
): Tensor {
  const { source } = kernel;
  const flipped = source.kind === 'constant' ? flippedConstant(source.value) : flippedKernel(kernel, group);
  return ConvTranspose.apply([x, flipped, bias], {
    strides,
    dilations,
    group,
    pads: flippedPads(kernel.shape.slice(2), pads, dilations),
    output_padding: strides.map(() => 0),
  });
}

function perAxis(value: number | readonly number[] = 1, dims: number): readonly number[] {
  return typeof value === 'number' ? Array.from({ length: dims }, () => value) : value;
}

/**
 * 2-D convolution.
 * @param x `[batch, in, height, width]`
 * @param kernel `[out, in / groups, kernelHeight, kernelWidth]`
 * @returns `[batch, out, height', width']`, each = floor((size + padding - (kernel - 1) · dilation - 1) / stride) + 1
 * @throws ShapeError when channels do not match or the kernel is larger than the padded picture
 */
export function conv2d(x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor {
  return convolution(2, x, kernel, options);
}

/** 1-D convolution: x `[batch, in, length]`, kernel `[out, in / groups, kernelLength]`. See {@link conv2d}. */
export function conv1d(x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor {
  return convolution(1, x, kernel, options);
}

/**
 * 2-D convolution of each channel separately, Keras' DepthwiseConv2D.
 * @param x `[batch, in, height, width]`
 * @param kernel `[in, multiplier, kernelHeight, kernelWidth]`
 * @returns `[batch, in · multiplier, height', width']`
 */
export function depthwiseConv2d(
  x: Tensor,
  kernel: Tensor,
  options: Omit<ConvOptions, 'groups'> = {},
): Tensor {
  const [channels, multiplier] = [kernel.dimension(0), kernel.dimension(1)];
  const grouped = reshape(kernel, [channels * multiplier, 1, ...kernel.shape.slice(2)]);
  return convolution(2, x, grouped, { ...options, groups: channels });
}

export interface ConvTransposeOptions {
  /** Added to each output channel: `[out]`. */
  readonly bias?: Tensor | undefined;
  /** Factor by which each spatial axis grows (default 1). */
  readonly strides?: number | readonly number[];
  /** 'same': output size = size · stride. 'valid': the full extent of the kernel (default, as in Keras). */
  readonly padding?: 'valid' | 'same';
}

/**
 * 2-D transposed convolution (also called deconvolution), with the sizes of Keras' Conv2DTranspose.
 * @param x `[batch, in, height, width]`
 * @param kernel `[in, out, kernelHeight, kernelWidth]`
 * @returns `[batch, out, height', width']`: 'same' gives size · stride, 'valid' size · stride + max(kernel - stride, 0)
 */
export function conv2dTranspose(x: Tensor, kernel: Tensor, options: ConvTransposeOptions = {}): Tensor {
  const { bias, padding = 'valid' } = options;
  if (kernel.rank !== 4 || x.rank !== 4) {
    throw new ShapeError(
      `conv2dTranspose: expected 4 dimensions, got ${formatShape(x.shape)} and ${formatShape(kernel.shape)}`,
    );
  }
  const strides = perAxis(options.strides, 2);
  const overlap = strides.map((stride, axis) => Math.max(kernel.dimension(axis + 2) - stride, 0));
  const cut = overlap.map((amount) => (padding === 'same' ? amount : 0));
  return ConvTranspose.apply([x, kernel, bias], {
    strides,
    dilations: [1, 1],
    group: 1,
    pads: [...cut.map((amount) => Math.floor(amount / 2)), ...cut.map((amount) => Math.ceil(amount / 2))],
    output_padding: strides.map((stride, axis) => Math.max(stride - kernel.dimension(axis + 2), 0)),
  });
}
