import { sizeOf } from '../../../graph/dtype.ts';
import type { Tensor } from '../../../graph/tensor.ts';
import { Conv, ConvTranspose } from '../../../ops/convolution.ts';
import { add, pad, reshape } from '../../../ops/index.ts';
import type { ImportedNode } from '../node/imported-node.ts';
import type { Translators } from '../node/translator.ts';
import { windowOf } from './windows.ts';

/** Convolutions and transposed ones. */
export const convolutions: Translators = {
  Conv: (node) => {
    const [x, w] = [node.input(0), node.input(1)];
    const { strides, pads, dilations } = windowOf(node, x, w.shape.slice(2));
    return Conv.apply([x, w, bias(node, w.dimension(0))], { strides, pads, dilations, group: groups(node) });
  },
  ConvTranspose: convTranspose,
};

function groups(node: ImportedNode): number {
  const group = node.int('group', 1);
  return group >= 1 ? group : node.fail(`has group ${group}, expected a whole number from 1`);
}

function bias(node: ImportedNode, channels: number): Tensor | undefined {
  const vector = node.optional(2);
  if (vector !== undefined && (vector.rank !== 1 || vector.dimension(0) !== channels)) {
    node.fail(`has a bias that is ${vector.toString()}, expected [${channels}]`);
  }
  return vector;
}

const MAX_GROWTH = 2 ** 31;

function convTranspose(node: ImportedNode): Tensor {
  const [x, w] = [node.input(0), node.input(1)];
  const group = groups(node);
  const kernel = w.shape.slice(2);
  const mode = node.choice('auto_pad', 'NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER');
  const { strides, dilations, pads } = windowOf(node, x, kernel);
  const output_padding = node.ints('output_padding') ?? kernel.map(() => 0);
  if (output_padding.length !== kernel.length || output_padding.some((amount) => amount < 0)) {
    node.fail(
      `has output_padding [${output_padding.join(', ')}], expected ${kernel.length} whole numbers from 0`,
    );
  }
  // A given output size determines the pads (ONNX operators, ConvTranspose).
  const sizes = x.shape.slice(2);
  const same = mode === 'SAME_UPPER' || mode === 'SAME_LOWER';
  const wanted =
    node.ints('output_shape')?.slice(-kernel.length) ??
    (same ? sizes.map((size, axis) => size * (strides[axis] ?? 1)) : undefined);
  const window = { strides, dilations, group, output_padding };
  const vector = bias(node, w.dimension(1) * group);
  if (wanted === undefined) return ConvTranspose.apply([x, w, vector], { ...window, pads });
  const total = sizes.map((size, axis) => {
    const extent = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    const full = (size - 1) * (strides[axis] ?? 1) + (output_padding[axis] ?? 0) + extent;
    return full - (wanted[axis] ?? full);
  });
  // Output elements beyond the last window keep the value of the bias.
  const missing = total.map((amount) => Math.max(0, -amount));
  if (missing.some((amount) => amount > 0)) {
    if (sizeOf([x.dimension(0), w.dimension(1), ...wanted]) > MAX_GROWTH)
      node.fail(`cannot grow to output_shape [${wanted.join(', ')}]`);
    const cut = total.map((amount) => Math.max(0, amount));
    const grown = ConvTranspose.apply([x, w, undefined], { ...window, pads: [...cut.map(() => 0), ...cut] });
    const filled = pad(grown, [0, 0, ...missing.map(() => 0)], [0, 0, ...missing]);
    return vector === undefined ? filled : add(filled, reshape(vector, [-1, ...kernel.map(() => 1)]));
  }
  const smaller = total.map((amount) => Math.floor(amount / 2));
  const larger = total.map((amount) => Math.ceil(amount / 2));
  const fitted = mode === 'SAME_UPPER' ? [...smaller, ...larger] : [...larger, ...smaller];
  return ConvTranspose.apply([x, w, vector], { ...window, pads: fitted });
}
