import { ShapeError } from '../errors.ts';
import { formatShape, type DType, type Shape } from './dtype.ts';
import type { Tensor } from './tensor.ts';

/**
 * The broadcast shape of two operands, by NumPy's and ONNX's rule: aligned at the last axis, sizes must agree or be 1.
 * @throws ShapeError naming the operator and both shapes
 */
export function broadcastShapes(operator: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, index) => {
    const sizeA = a[index - rank + a.length] ?? 1;
    const sizeB = b[index - rank + b.length] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new ShapeError(`${operator}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast`);
    }
    return sizeA === 1 ? sizeB : sizeA;
  });
}

/**
 * The axis counted from the front: -1 becomes rank - 1.
 * @throws ShapeError naming the operator when there is no such axis
 */
export function normalizeAxis(operator: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new ShapeError(`${operator}: axis ${axis} does not exist in a tensor of ${rank} dimensions`);
  }
  return axis < 0 ? axis + rank : axis;
}

/** All axes counted from the front, in ascending order; `undefined` means every axis. */
export function normalizeAxes(operator: string, axes: readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  return axes.map((axis) => normalizeAxis(operator, axis, rank)).sort((a, b) => a - b);
}

/** @throws ShapeError naming the operator when the tensor has another dtype */
export function requireDType(operator: string, tensor: Tensor, ...allowed: readonly DType[]): void {
  if (!allowed.includes(tensor.dtype)) {
    throw new ShapeError(`${operator}: expected ${allowed.join(' or ')}, got ${tensor.toString()}`);
  }
}

/** @throws ShapeError naming the operator when the tensor has another number of dimensions */
export function requireRank(operator: string, tensor: Tensor, rank: number, layout: string): void {
  if (tensor.rank !== rank) {
    throw new ShapeError(`${operator}: expected ${layout}, got shape ${formatShape(tensor.shape)}`);
  }
}
