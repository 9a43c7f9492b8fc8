import { defineOperator, intAttribute, intsAttribute, stringAttribute } from '../graph/operator.ts';
import type { Tensor } from '../graph/tensor.ts';
import { outputSize } from '../ops/padding.ts';

/*
 * ONNX Runtime's own operators for pictures in blocks of channels. They are not part of ONNX: the engine writes them only into graphs that
 * it runs itself. Shapes are those of the plain layout, channels rounded up to whole blocks.
 */

/** The set of operators that they are in. */
const domain = 'com.microsoft.nchwc';

/**
 * `[batch, channels, height, width]` to the blocked layout. @param block channels of a block, which the runtime itself chooses
 * by its processor
 */
export function reorderInput(x: Tensor, block: number): Tensor {
  return defineOperator({
    type: 'ReorderInput',
    domain,
    attributes: {},
    infer: ([from]: readonly [Tensor]) => {
      const [batch = 1, channels = 1, ...spatial] = from.shape;
      return [{ dtype: from.dtype, shape: [batch, Math.ceil(channels / block) * block, ...spatial] }];
    },
  }).apply([x], {});
}

const ReorderOutput = defineOperator({
  type: 'ReorderOutput',
  domain,
  attributes: { channels: intAttribute(), channels_last: intAttribute(0) },
  infer: ([x]: readonly [Tensor], { channels, channels_last }) => {
    const [batch = 1, , ...spatial] = x.shape;
    const shape = channels_last === 1 ? [batch, ...spatial, channels] : [batch, channels, ...spatial];
    return [{ dtype: x.dtype, shape }];
  },
});

/** The blocked layout to `[batch, channels, height, width]`, or to `[batch, height, width, channels]`. */
export function reorderOutput(x: Tensor, channels: number, channelsLast = false): Tensor {
  return ReorderOutput.apply([x], { channels, channels_last: channelsLast ? 1 : 0 });
}

const window = {
  strides: intsAttribute(),
  pads: intsAttribute(),
  dilations: intsAttribute(),
  kernel_shape: intsAttribute(),
  group: intAttribute(1),
};

interface BlockedWindow {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
  readonly kernel_shape: readonly number[];
}

const infer = (
  [x, w]: readonly [Tensor, Tensor, (Tensor | undefined)?],
  { kernel_shape, ...rest }: BlockedWindow,
) => {
  const spatial = kernel_shape.map((kernel, axis) => outputSize('Conv', x, axis, { kernel, ...rest }));
  return [{ dtype: 'float32' as const, shape: [x.dimension(0), w.dimension(0), ...spatial] }];
};

/** Convolution of blocked pictures with a kernel of {@link blockedKernel}. */
export const BlockedConv = defineOperator({ type: 'Conv', domain, attributes: window, infer });

/** {@link BlockedConv} and its activation in one. */
export const BlockedConvRelu = defineOperator({
  type: 'Conv',
  domain,
  attributes: { ...window, activation: stringAttribute() },
  infer,
});
