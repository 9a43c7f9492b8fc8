import { ShapeError } from '../errors.ts';
import { formatShape, sizeOf, type DType, type Shape } from './dtype.ts';

/** The typed array for the elements of each dtype: bool has one byte an element, 0 or 1. */
export interface DataOf {
  readonly float32: Float32Array;
  readonly int64: BigInt64Array;
  readonly bool: Uint8Array;
}

/** Numbers on the host with a shape: the inputs and results of a graph. Elements in row-major order. */
export interface NDArray<T extends DType = DType> {
  readonly dtype: T;
  readonly shape: Shape;
  readonly data: DataOf[T];
}

function ndarray<T extends DType>(dtype: T, data: DataOf[T], shape: Shape): NDArray<T> {
  if (shape.some((dimension) => !Number.isInteger(dimension) || dimension < 0)) {
    throw new ShapeError(
      `ndarray: shape ${formatShape(shape)} has a dimension that is not a whole number >= 0`,
    );
  }
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `ndarray: ${data.length} elements do not fill shape ${formatShape(shape)}, which needs ${sizeOf(shape)}`,
    );
  }
  return { dtype, shape, data };
}

/**
 * A float32 array. A `Float32Array` is used without a copy.
 * @param shape defaults to one dimension
 * @throws ShapeError when the number of elements does not match the shape
 */
export function float32(
  data: Float32Array | readonly number[],
  shape: Shape = [data.length],
): NDArray<'float32'> {
  return ndarray('float32', data instanceof Float32Array ? data : Float32Array.from(data), shape);
}

/**
 * An int64 array, for indices. A `BigInt64Array` is used without a copy.
 * @param shape defaults to one dimension
 * @throws ShapeError when the number of elements does not match the shape
 */
export function int64(
  data: BigInt64Array | Int32Array | readonly number[],
  shape: Shape = [data.length],
): NDArray<'int64'> {
  return ndarray('int64', data instanceof BigInt64Array ? data : BigInt64Array.from(data, BigInt), shape);
}

/**
 * A bool array, for masks. A `Uint8Array` of zeros and ones is used without a copy.
 * @param shape defaults to one dimension
 * @throws ShapeError when the number of elements does not match the shape
 */
export function bool(data: Uint8Array | readonly boolean[], shape: Shape = [data.length]): NDArray<'bool'> {
  return ndarray('bool', data instanceof Uint8Array ? data : Uint8Array.from(data, Number), shape);
}

/** An array of zeros (false for bool). */
export function zeros<T extends DType>(shape: Shape, dtype: T): NDArray<T> {
  const size = sizeOf(shape);
  const data: DataOf = {
    float32: dtype === 'float32' ? new Float32Array(size) : new Float32Array(0),
    int64: dtype === 'int64' ? new BigInt64Array(size) : new BigInt64Array(0),
    bool: dtype === 'bool' ? new Uint8Array(size) : new Uint8Array(0),
  };
  return ndarray(dtype, data[dtype], shape);
}
