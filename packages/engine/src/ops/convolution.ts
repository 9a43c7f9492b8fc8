import { ShapeError } from '../errors.ts';
import { formatShape, sizeOf, type Shape } from '../graph/dtype.ts';
import { defineOperator, intAttribute, intsAttribute } from '../graph/operator.ts';
import { requireDType } from '../graph/shapes.ts';
import { indices, type Tensor } from '../graph/tensor.ts';
import { convolutionWeightGradient } from './convolution-weight-gradient.ts';
import { gather } from './indexing.ts';
import { outputSize } from './padding.ts';
import { reduceSum } from './reduction.ts';
import { reshape, slice, transpose } from './shape.ts';
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
 * @param wanted which of the three; the kernel's is not built in vain: for large pictures that takes long
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

// With this many times fewer input than output channels, ConvTranspose beats the convolution with the flipped kernel.
const FEW_INPUTS = 8;

// dx of y = Conv(x, w). With stride 1 it is a convolution with the flipped kernel, input and output channels exchanged,
// which ONNX Runtime runs on its fast kernel; it can pad but not cut, so wider pads and strides take ConvTranspose.
function convolutionInputGradient(
  dy: Tensor,
  w: Tensor,
  xShape: Shape,
  window: ConvolutionAttributes,
): Tensor {
  const { strides, pads, dilations, group } = window;
  const dims = strides.length;
  const kernel = w.shape.slice(2);
  const flippedPads = pads.map(
    (amount, i) => (dilations[i % dims] ?? 1) * ((kernel[i % dims] ?? 1) - 1) - amount,
  );
  const fewInputs = group === 1 && w.dimension(1) * FEW_INPUTS <= w.dimension(0);
  if (!fewInputs && strides.every((stride) => stride === 1) && flippedPads.every((amount) => amount >= 0)) {
    const flipped = flippedKernel(w, group);
    const unit = { strides, pads: flippedPads, dilations, group };
    if (w.source.kind !== 'constant' && suitsWinograd(flipped, unit))
      return winogradConvolution(dy, flipped, flippedPads);
    return Conv.apply([dy, flipped, undefined], unit);
  }
  const outputPadding = kernel.map((size, axis) => {
    const extent = (size - 1) * (dilations[axis] ?? 1) + 1;
    const reached = (dy.dimension(axis + 2) - 1) * (strides[axis] ?? 1) + extent;
    return (xShape[axis + 2] ?? 1) + (pads[axis] ?? 0) + (pads[axis + dims] ?? 0) - reached;
  });
  return ConvTranspose.apply([dy, w, undefined], { ...window, output_padding: outputPadding });
}

// [out, in / group, ...kernel] -> [in, out / group, ...kernel], reversed in space. The taps are reversed by a lookup while
// they are the outermost axis: several times faster than Slice with negative steps.
function flippedKernel(w: Tensor, group: number): Tensor {
  const [outputs, inputs] = [w.dimension(0), w.dimension(1)];
  const kernel = w.shape.slice(2);
  const taps = sizeOf(kernel);
  const tapsFirst = transpose(reshape(w, [group, outputs / group, inputs, taps]), [3, 0, 2, 1]);
  const reversed = gather(tapsFirst, indices(Array.from({ length: taps }, (_, tap) => taps - 1 - tap)));
  return reshape(transpose(reversed, [1, 2, 3, 0]), [group * inputs, outputs / group, ...kernel]);
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
