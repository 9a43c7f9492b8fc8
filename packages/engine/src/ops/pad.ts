import { ShapeError } from '../errors.ts';
import { formatShape } from '../graph/dtype.ts';
import { resolve } from '../graph/graph.ts';
import { defineOperator, stringAttribute } from '../graph/operator.ts';
import { constantIntegers, indices, type Tensor } from '../graph/tensor.ts';
import { add } from './arithmetic.ts';
import { Identity } from './identity.ts';
import { flip, slice } from './shape.ts';

export const Pad = defineOperator({
  type: 'Pad',
  attributes: { mode: stringAttribute('constant') },
  infer: ([x, pads]: readonly [Tensor, Tensor, (Tensor | undefined)?], { mode }) => {
    const amounts = constantIntegers(pads, 'Pad', 'the pads');
    if (amounts.length !== 2 * x.rank) {
      throw new ShapeError(`Pad: ${amounts.length} pads for ${formatShape(x.shape)}, expected ${2 * x.rank}`);
    }
    const shape = x.shape.map((size, axis) => {
      const [before, after] = padsOf(amounts, axis);
      if (mode === 'reflect' && Math.max(before, after) >= size) {
        throw new ShapeError(
          `Pad: cannot reflect ${before} and ${after} around axis ${axis} of ${formatShape(x.shape)}`,
        );
      }
      return size + before + after;
    });
    if (shape.some((size) => size < 0)) {
      throw new ShapeError(`Pad: pads ${formatShape(amounts)} cut more than ${formatShape(x.shape)} has`);
    }
    return [{ dtype: x.dtype, shape }];
  },
  gradient: ([dy], { inputs: [x, pads], attributes: { mode } }) => {
    const amounts = constantIntegers(pads, 'Pad', 'the pads');
    if (mode === 'constant') {
      const cut = amounts.map((amount) => -amount);
      return [pad(dy, cut.slice(0, x.rank), cut.slice(x.rank))];
    }
    return [x.shape.reduce((dx, size, axis) => unreflect(dx, axis, size, padsOf(amounts, axis)), dy)];
  },
});

function padsOf(amounts: readonly number[], axis: number): [before: number, after: number] {
  return [amounts[axis] ?? 0, amounts[axis + amounts.length / 2] ?? 0];
}

// Adds the gradient of the mirrored borders to the elements they were mirrored from.
function unreflect(dy: Tensor, axis: number, size: number, [before, after]: [number, number]): Tensor {
  if (before === 0 && after === 0) return dy;
  const along = (value: number): number[] => dy.shape.map((_, i) => (i === axis ? value : 0));
  let dx = slice(dy, [before], [before + size], [axis]);
  if (before > 0) {
    const mirrored = flip(slice(dy, [0], [before], [axis]), [axis]);
    dx = add(dx, pad(mirrored, along(1), along(size - 1 - before)));
  }
  if (after > 0) {
    const mirrored = flip(slice(dy, [before + size], [before + size + after], [axis]), [axis]);
    dx = add(dx, pad(mirrored, along(size - 1 - after), along(1)));
  }
  return dx;
}

/**
 * Adds zeros before and after each axis; negative amounts crop.
 * @param before one amount for each axis
 * @param after one amount for each axis
 */
export function pad(x: Tensor, before: readonly number[], after: readonly number[]): Tensor {
  const amounts = [...before, ...after];
  return amounts.every((amount) => amount === 0) ? x : Pad.apply([x, indices(amounts)], { mode: 'constant' });
}

/**
 * Adds a mirror image of the border around each axis, the border element itself not repeated (NumPy's "reflect").
 * @param before one amount for each axis, smaller than its size
 * @param after one amount for each axis, smaller than its size
 */
export function padReflect(x: Tensor, before: readonly number[], after: readonly number[]): Tensor {
  const amounts = [...before, ...after];
  return amounts.every((amount) => amount === 0) ? x : Pad.apply([x, indices(amounts)], { mode: 'reflect' });
}

/** Whether a tensor is the output of a Pad. */
export function isPadded(tensor: Tensor): boolean {
  const { source } = resolve(tensor);
  if (source.kind !== 'node') return false;
  const [input] = source.node.inputs;
  return (
    source.node.operator === Pad ||
    (source.node.operator === Identity && input !== undefined && isPadded(input))
  );
}
