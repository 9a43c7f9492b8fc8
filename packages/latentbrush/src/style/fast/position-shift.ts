import { add, input, mul, reshape, slice, float32, type NDArray, type Tensor } from '@latentbrush/engine';

/** Positions of a picture against a grid of two pixels: down and right by 0 or 1. */
const POSITIONS = 4;

/** Name of the input that chooses the position. */
export const SHIFT = 'shift';

/**
 * Pictures at one of four positions, one pixel apart: without the first or the last row, and likewise for columns. A network whose first
 * layer has stride 2 has a fine grid that depends on where a picture begins. Training at changing positions cannot exploit that, so no grid
 * appears.
 *
 * @param pictures `[batch, 3, height, width]`
 * @param shift `[4]`: 1 for the position, else 0; see {@link shiftInput}
 * @returns `[batch, 3, height - 1, width - 1]`
 */
export function seenFrom(pictures: Tensor, shift: Tensor): Tensor {
  const [, , height = 1, width = 1] = pictures.shape;
  const views = Array.from({ length: POSITIONS }, (_, position) => {
    const [down, right] = [position >> 1, position & 1];
    const part = slice(pictures, [down, right], [height - 1 + down, width - 1 + right], [2, 3]);
    return mul(part, reshape(slice(shift, [position], [position + 1], [0]), []));
  });
  return views.reduce((sum, view) => add(sum, view));
}

/** The input of a graph that chooses the position. */
export function shiftInput(): Tensor {
  return input(SHIFT, [POSITIONS]);
}

/** The position of a training step, to be fed: one after the other. */
export function shiftOfStep(step: number): NDArray {
  return float32(
    Float32Array.from({ length: POSITIONS }, (_, position) => (position === step % POSITIONS ? 1 : 0)),
    [POSITIONS],
  );
}
