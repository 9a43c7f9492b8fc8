import { ShapeError } from '../errors.ts';
import { formatShape } from '../graph/dtype.ts';
import { customGradient, type Tensor } from '../graph/tensor.ts';
import { add } from './arithmetic.ts';
import { Conv, convolutionGradients, ConvTranspose, type ConvolutionAttributes } from './convolution.ts';
import { resolvePadding, type Padding } from './padding.ts';
import { reshape } from './shape.ts';
import { suitsWinograd, winogradConvolution } from './winograd.ts';

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
  const trained = kernel.source.kind !== 'constant'; // ONNX Runtime prepares constant kernels ahead, which is faster still
  if (trained && suitsWinograd(kernel, window)) return byWinograd(x, kernel, bias, window);
  return Conv.apply([x, kernel, bias], window);
}

function byWinograd(
  x: Tensor,
  kernel: Tensor,
  bias: Tensor | undefined,
  window: ConvolutionAttributes,
): Tensor {
  const product = winogradConvolution(x, kernel, window.pads);
  const body = bias === undefined ? product : add(product, reshape(bias, [-1, 1, 1]));
  const inputs = bias === undefined ? ([x, kernel] as const) : ([x, kernel, bias] as const);
  const [y] = customGradient('conv2d', inputs, [body], ([dy]) =>
    dy === undefined ? [] : convolutionGradients(dy, inputs, window),
  );
  return y ?? body;
}

function perAxis(value: number | readonly number[] = 1, dims: number): readonly number[] {
  return typeof value === 'number' ? Array.from({ length: dims }, () => value) : value;
}

/**
 * 2-D convolution.
 * @param x `[batch, in, height, width]`
 * @param kernel `[out, in / groups, kernelHeight, kernelWidth]`
 * @returns `[batch, out, height', width']`, each = floor((size + padding - (kernel - 1) · dilation - 1) / stride) + 1
 * @throws ShapeError when channels do not fit or the kernel is larger than the padded picture
 */
export function conv2d(x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor {
  return convolution(2, x, kernel, options);
}

/** 1-D convolution: x `[batch, in, length]`, kernel `[out, in / groups, kernelLength]`. See {@link conv2d}. */
export function conv1d(x: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor {
  return convolution(1, x, kernel, options);
}

/**
 * 2-D convolution of each channel by itself, Keras' DepthwiseConv2D.
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
  /** 'same': output size = size · stride. 'valid': the whole reach of the kernel (default, as in Keras). */
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
