import { sameShape, sizeOf } from '../graph/dtype.ts';
import type { Node } from '../graph/operator.ts';
import { indices, type Tensor } from '../graph/tensor.ts';
import { ConvTranspose, type ConvolutionAttributes } from '../ops/convolution.ts';
import { gather } from '../ops/indexing.ts';
import { concat, reshape, slice, transpose } from '../ops/shape.ts';
import { blockedKernel } from './blocked-kernel.ts';
import { BlockedConv, BlockedConvRelu } from './blocked-operators.ts';

/*
 * A transposed convolution of stride 2 fills each place of its output from a part of the kernel: even rows from every second row of the
 * kernel, odd rows from the others, and so for columns. Each of these phases is a convolution of stride 1 with its part of the kernel.
 * ONNX Runtime's ConvTranspose computes all products and then adds them to their places, on one thread.
 */

interface Phase {
  /** Positions in the kernel, in the order of the input. */
  readonly taps: readonly number[];
  readonly before: number;
  readonly after: number;
}

// The phases of an axis: output q gets input p through tap k where p · stride + k - pad = q. All are equally long: if the output is no
// multiple of the stride, some have an element more, which is cropped.
function phasesOf(stride: number, kernel: number, pad: number, input: number, output: number): Phase[] {
  return Array.from({ length: stride }, (_, phase) => {
    const taps = Array.from({ length: kernel }, (__, i) => kernel - 1 - i).filter(
      (tap) => (phase + pad - tap) % stride === 0,
    );
    const first = (phase + pad - (taps[0] ?? 0)) / stride;
    const last = Math.ceil(output / stride) - 1 + (phase + pad - (taps.at(-1) ?? 0)) / stride;
    return { taps, before: -first, after: last - (input - 1) };
  });
}

function axesOf({ inputs: [x, w], outputs: [y], attributes }: Node): Phase[][] {
  const { strides, pads } = attributes as unknown as ConvolutionAttributes;
  return strides.map((stride, axis) =>
    phasesOf(stride, w!.dimension(axis + 2), pads[axis] ?? 0, x!.dimension(axis + 2), y!.dimension(axis + 2)),
  );
}

/** Whether {@link transposedByPhases} applies to a node: a transposed convolution with strides whose phases all have taps. */
export function hasPhases(node: Node, block: number): boolean {
  const [x, w] = node.inputs;
  const [y] = node.outputs;
  if (node.operator !== ConvTranspose || x?.rank !== 4 || w === undefined || y === undefined) return false;
  const { strides, dilations, group } = node.attributes as unknown as ConvolutionAttributes;
  const fits =
    group === 1 &&
    x.dimension(1) % block === 0 &&
    y.dimension(1) % block === 0 &&
    dilations.every((dilation) => dilation === 1) &&
    strides.every((stride) => stride > 1);
  return (
    fits &&
    axesOf(node)
      .flat()
      .every(({ taps, before, after }) => taps.length > 0 && before >= 0 && after >= 0)
  );
}

/**
 * A transposed convolution as one convolution for each phase, their results interleaved.
 * @param x in blocks
 * @param w plain, `[in, out, ...kernel]`
 * @returns in blocks
 */
export function transposedByPhases(
  node: Node,
  [x, w, bias]: readonly [Tensor, Tensor, Tensor | undefined],
  block: number,
  relu: boolean,
): Tensor {
  const [inputs = 1, outputs = 1, ...kernel] = w.shape;
  const [batch, blocks] = [x.dimension(0), outputs / block];
  const taps = sizeOf(kernel);
  const exchanged = blockedKernel(transpose(w, [1, 0, 2, 3]), block);
  const byTaps = reshape(exchanged, [blocks, inputs / block, taps, block * block]);
  const [rows = [], columns = []] = axesOf(node);
  const convolved = (row: Phase, column: Phase): Tensor => {
    const part = row.taps.flatMap((i) => column.taps.map((j) => i * (kernel[1] ?? 1) + j));
    const kernel_shape = [row.taps.length, column.taps.length];
    const operands = [
      x,
      reshape(gather(byTaps, indices(part), 2), [outputs, inputs, ...kernel_shape]),
      bias,
    ] as const;
    const pads = [row.before, column.before, row.after, column.after];
    const window = { strides: [1, 1], dilations: [1, 1], group: 1, kernel_shape, pads };
    return relu
      ? BlockedConvRelu.apply(operands, { ...window, activation: 'Relu' })
      : BlockedConv.apply(operands, window);
  };
  // Of a pixel all channels of a block lie together, so pixels and rows are interleaved whole.
  const parts = rows.map((row) => columns.map((column) => convolved(row, column)));
  const high = parts[0]?.[0]?.dimension(2) ?? 1; // rows of a phase
  const interleaved = parts.map((ofRow) => {
    const pixels = ofRow.map((part) => reshape(part, [-1, block]));
    return reshape(concat(pixels, 1), [batch * blocks * high, -1]);
  });
  const [, , height = 1, width = 1] = node.outputs[0]!.shape;
  const whole = reshape(concat(interleaved, 1), [batch, blocks, rows.length * high, -1]);
  const cropped = slice(whole, [0, 0], [height, width * block], [2, 3]);
  const isWhole = sameShape(cropped.shape, whole.shape);
  return reshape(isWhole ? whole : cropped, node.outputs[0]!.shape);
}
