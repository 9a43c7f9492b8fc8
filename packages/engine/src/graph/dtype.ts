/** Element types of tensors: the three that the systems need. Indices are int64, masks and conditions bool. */
export type DType = 'float32' | 'int64' | 'bool';

/** Sizes of the dimensions, outermost first. A scalar has shape `[]`. All sizes are known when the graph is built. */
export type Shape = readonly number[];

/** Number of elements of a tensor of the given shape: the product of its dimensions (1 for a scalar). */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** A shape as text: `[128, 60, 57]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** Whether two shapes are the same in every dimension. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}
