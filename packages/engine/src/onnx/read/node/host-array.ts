import { sizeOf, type DType, type Shape } from '../../../graph/dtype.ts';
import { bool, float32, int64, type NDArray } from '../../../graph/ndarray.ts';
import { ShapeError } from '../../../errors.ts';
import { formatShape } from '../../../graph/dtype.ts';

/**
 * A small array that is known during decoding, as plain numbers. Exporters compute shapes, axes and scales with nodes (Shape, Gather,
 * Concat, Reshape). All shapes here are fixed, so those nodes are computed immediately.
 */
export interface HostArray {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Row-major. Whole numbers beyond 2⁵³ (they only ever mean "to the end") are rounded. */
  readonly data: readonly number[];
}

/** Larger arrays are weights, whose numbers decoding does not need. */
export const MAX_HOST_ELEMENTS = 2 ** 16;

/** @returns undefined when it has more than {@link MAX_HOST_ELEMENTS} elements */
export function toHostArray({ dtype, shape, data }: NDArray): HostArray | undefined {
  if (data.length > MAX_HOST_ELEMENTS) return undefined;
  return { dtype, shape, data: Array.from(data as ArrayLike<number | bigint>, Number) };
}

const INT64_MAX = 2n ** 63n - 1n;

/** The array in the engine's form; whole numbers outside int64 become its ends. */
export function toNDArray({ dtype, shape, data }: HostArray): NDArray {
  if (dtype === 'float32') return float32(Float32Array.from(data), shape);
  if (dtype === 'bool') return bool(Uint8Array.from(data), shape);
  return int64(BigInt64Array.from(data, toInt64), shape);
}

function toInt64(value: number): bigint {
  const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : value > 0 ? INT64_MAX : -INT64_MAX - 1n;
  return whole > INT64_MAX ? INT64_MAX : whole < -INT64_MAX - 1n ? -INT64_MAX - 1n : whole;
}

/**
 * An array whose element at each flat index is computed.
 * @returns undefined when it would have more than {@link MAX_HOST_ELEMENTS} elements
 */
export function hostArray(
  dtype: DType,
  shape: Shape,
  element: (index: number) => number,
): HostArray | undefined {
  const length = sizeOf(shape);
  if (length > MAX_HOST_ELEMENTS) return undefined;
  return { dtype, shape, data: Array.from({ length }, (_, index) => element(index)) };
}

/** The distance of neighbours along each axis, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** The place along each axis of the element with a flat index. */
export function positionOf(index: number, shape: Shape): number[] {
  return stridesOf(shape).map((stride, axis) => Math.floor(index / stride) % Math.max(shape[axis] ?? 1, 1));
}

/**
 * The element of an array at a place of a shape that it broadcasts to.
 * @throws ShapeError when the array has more dimensions than the place
 */
export function elementAt({ shape, data }: HostArray, position: readonly number[]): number {
  const added = position.length - shape.length;
  if (added < 0) throw new ShapeError(`${formatShape(shape)} does not broadcast to ${position.length} axes`);
  const index = stridesOf(shape).reduce(
    (sum, stride, axis) => sum + (shape[axis] === 1 ? 0 : (position[axis + added] ?? 0) * stride),
    0,
  );
  return data[index] ?? 0;
}
