import { formatShape, sizeOf } from '../../../graph/dtype.ts';
import type { Tensor } from '../../../graph/tensor.ts';
import { resolvePadding } from '../../../ops/padding.ts';
import type { ImportedNode } from '../node/imported-node.ts';

const MAX_WINDOW = 2 ** 20;

/** A sliding window over the spatial axes, with all attributes. */
export interface ImportedWindow {
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before each axis, then after each axis. */
  readonly pads: readonly number[];
}

/**
 * The window of a convolution or pool: defaults for missing attributes, and `auto_pad` turned into explicit pads for the size of the input.
 * @param kernel the size of the window; a node that declares another one is refused
 */
export function windowOf(node: ImportedNode, x: Tensor, kernel: readonly number[]): ImportedWindow {
  const dims = x.rank - 2;
  if (dims < 1 || kernel.length !== dims) {
    node.fail(`slides a window of ${kernel.length} axes over an input of shape ${formatShape(x.shape)}`);
  }
  if (sizeOf(kernel) > MAX_WINDOW)
    node.fail(`slides a window of ${sizeOf(kernel)} elements, which is too many`);
  const strides = positive(node, 'strides', dims);
  const dilations = positive(node, 'dilations', dims);
  const declared = node.ints('kernel_shape');
  if (declared?.some((size, axis) => size !== kernel[axis]) === true || kernel.some((size) => size < 1)) {
    node.fail(`has kernel_shape [${declared?.join(', ') ?? ''}], but its kernel is [${kernel.join(', ')}]`);
  }
  return { kernel_shape: kernel, strides, dilations, pads: padsOf(node, x, kernel, strides, dilations) };
}

/** An attribute with one whole number from 1 for each spatial axis (default: ones). */
function positive(node: ImportedNode, name: string, dims: number): readonly number[] {
  const values = node.ints(name) ?? Array.from({ length: dims }, () => 1);
  if (values.length !== dims || values.some((value) => value < 1)) {
    node.fail(`has ${name} [${values.join(', ')}], expected ${dims} whole numbers from 1`);
  }
  return values;
}

function padsOf(
  node: ImportedNode,
  x: Tensor,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): readonly number[] {
  const mode = node.choice('auto_pad', 'NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER');
  const given = node.ints('pads');
  const dims = kernel.length;
  if (mode === 'NOTSET') {
    const pads = given ?? Array.from({ length: 2 * dims }, () => 0);
    if (pads.length !== 2 * dims || pads.some((amount) => amount < 0)) {
      node.fail(`has pads [${pads.join(', ')}], expected ${2 * dims} whole numbers from 0`);
    }
    return pads;
  }
  const padding = mode === 'VALID' ? 'valid' : 'same';
  const pads = resolvePadding(padding, x.shape.slice(2), kernel, strides, dilations);
  return mode === 'SAME_LOWER' ? [...pads.slice(dims), ...pads.slice(0, dims)] : pads;
}
