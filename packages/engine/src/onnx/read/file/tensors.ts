import { sizeOf, type DType, type Shape } from '../../../graph/dtype.ts';
import { zeros, type NDArray } from '../../../graph/ndarray.ts';
import { bfloat16ToNumber, float16ToNumber } from '../../schema/half-floats.ts';
import { isExternal, leavesFolder, locationOf } from './external-data.ts';
import { modelError } from './model-error.ts';
import { TensorProto_DataType, type TensorProto } from '../../schema/onnx_pb.ts';

/** How the elements of one ONNX element type are stored in a tensor. */
interface ElementFormat {
  readonly dtype: DType;
  /** Bytes of an element in `raw_data`. */
  readonly bytes: number;
  /** Reads an element of `raw_data`. */
  readonly read: (view: DataView, offset: number) => number | bigint;
  /** The elements listed one by one in the field that ONNX prescribes for the type. */
  readonly listed: (proto: TensorProto) => ArrayLike<number | bigint>;
}

const int32Data = (proto: TensorProto): number[] => proto.int32Data;

// Floats become float32 and whole numbers int64: the engine computes in nothing else.
const FORMATS: ReadonlyMap<number, ElementFormat> = new Map<number, ElementFormat>([
  [
    TensorProto_DataType.FLOAT,
    {
      dtype: 'float32',
      bytes: 4,
      read: (view, at) => view.getFloat32(at, true),
      listed: ({ floatData }) => floatData,
    },
  ],
  [
    TensorProto_DataType.DOUBLE,
    {
      dtype: 'float32',
      bytes: 8,
      read: (view, at) => view.getFloat64(at, true),
      listed: ({ doubleData }) => doubleData,
    },
  ],
  [
    TensorProto_DataType.FLOAT16,
    {
      dtype: 'float32',
      bytes: 2,
      read: (view, at) => float16ToNumber(view.getUint16(at, true)),
      listed: (proto) => proto.int32Data.map(float16ToNumber),
    },
  ],
  [
    TensorProto_DataType.BFLOAT16,
    {
      dtype: 'float32',
      bytes: 2,
      read: (view, at) => bfloat16ToNumber(view.getUint16(at, true)),
      listed: (proto) => proto.int32Data.map(bfloat16ToNumber),
    },
  ],
  [
    TensorProto_DataType.BOOL,
    {
      dtype: 'bool',
      bytes: 1,
      read: (view, at) => Number(view.getUint8(at) !== 0),
      listed: (proto) => proto.int32Data.map((value) => Number(value !== 0)),
    },
  ],
  [
    TensorProto_DataType.INT64,
    {
      dtype: 'int64',
      bytes: 8,
      read: (view, at) => view.getBigInt64(at, true),
      listed: ({ int64Data }) => int64Data,
    },
  ],
  [
    TensorProto_DataType.UINT64,
    {
      dtype: 'int64',
      bytes: 8,
      read: (view, at) => view.getBigUint64(at, true),
      listed: ({ uint64Data }) => uint64Data,
    },
  ],
  [
    TensorProto_DataType.UINT32,
    {
      dtype: 'int64',
      bytes: 4,
      read: (view, at) => view.getUint32(at, true),
      listed: ({ uint64Data }) => uint64Data,
    },
  ],
  [
    TensorProto_DataType.INT32,
    { dtype: 'int64', bytes: 4, read: (view, at) => view.getInt32(at, true), listed: int32Data },
  ],
  [
    TensorProto_DataType.INT16,
    { dtype: 'int64', bytes: 2, read: (view, at) => view.getInt16(at, true), listed: int32Data },
  ],
  [
    TensorProto_DataType.UINT16,
    { dtype: 'int64', bytes: 2, read: (view, at) => view.getUint16(at, true), listed: int32Data },
  ],
  [
    TensorProto_DataType.INT8,
    { dtype: 'int64', bytes: 1, read: (view, at) => view.getInt8(at), listed: int32Data },
  ],
  [
    TensorProto_DataType.UINT8,
    { dtype: 'int64', bytes: 1, read: (view, at) => view.getUint8(at), listed: int32Data },
  ],
]);

/**
 * The dtype in which the engine holds an ONNX element type: float16, bfloat16 and float64 as float32, whole numbers of any
 * width as int64, bool as bool.
 * @param what names the value in the error message
 * @throws InputError for texts, complex numbers and the 8-bit and 4-bit floats
 */
export function decodeDType(elementType: number, what: string): DType {
  return formatOf(elementType, what).dtype;
}

/** Whether the engine can hold an ONNX element type: it cannot hold texts, complex numbers and the smallest floats. */
export function isNumeric(elementType: number): boolean {
  return FORMATS.has(elementType);
}

function formatOf(elementType: number, what: string): ElementFormat {
  const format = FORMATS.get(elementType);
  if (format === undefined) {
    const name = TensorProto_DataType[elementType] ?? `number ${elementType}`;
    throw modelError(
      `"${what}" has element type ${name}; floats of 16 to 64 bits, whole numbers and bool are supported`,
    );
  }
  return format;
}

/** @throws InputError when a size is negative, or they are too large to count the elements */
export function decodeShape(dims: readonly bigint[], what: string): Shape {
  const shape = dims.map(Number);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0) || !Number.isSafeInteger(sizeOf(shape))) {
    throw modelError(`"${what}" has the impossible shape [${dims.join(', ')}]`);
  }
  return shape;
}

/**
 * A tensor stored in a model file as a host array of its own (the bytes of the file are not shared).
 * @param what names the tensor in the error message (default: its name)
 * @param dtype in which its numbers are wanted (default: that of {@link decodeDType})
 * @throws InputError when it holds another number of bytes or elements than its shape needs, which is checked before
 *   anything is allocated; keeps its data in another file that was not given; or has an element type the engine does not have
 */
export function decodeTensor(proto: TensorProto, what: string = proto.name, dtype?: DType): NDArray {
  const stored = formatOf(proto.dataType, what);
  const format = dtype === undefined ? stored : { ...stored, dtype };
  const shape = decodeShape(proto.dims, what);
  refuseExternalData(proto, what);
  if (proto.segment !== undefined) {
    throw modelError(`"${what}" is stored in segments; save the model with whole tensors`);
  }
  const size = sizeOf(shape);
  const { rawData } = proto;
  if (rawData.length > 0 || size === 0) {
    if (rawData.length !== size * format.bytes) {
      throw modelError(`"${what}" holds ${rawData.length} bytes, but its shape needs ${size * format.bytes}`);
    }
    return fromRaw(rawData, format, shape);
  }
  const listed = format.listed(proto);
  if (listed.length !== size) {
    throw modelError(`"${what}" holds ${listed.length} elements, but its shape needs ${size}`);
  }
  return fill(format.dtype, shape, (index) => listed[index] ?? 0);
}

function refuseExternalData(proto: TensorProto, what: string): void {
  if (!isExternal(proto)) return;
  const path = locationOf(proto);
  throw modelError(
    leavesFolder(path)
      ? `"${what}" points to the file "${path}" outside the model's own folder; such a model is refused`
      : `"${what}" keeps its data in another file, "${path}", which is not here; put it beside the model, or save the model as one file`,
  );
}

// Elements that are stored as the engine holds them are copied as a whole. (A Buffer's own slice() would not copy.)
function fromRaw(raw: Uint8Array, { dtype, bytes, read }: ElementFormat, shape: Shape): NDArray {
  if (dtype === 'float32' && bytes === 4)
    return { dtype, shape, data: new Float32Array(new Uint8Array(raw).buffer) };
  if (dtype === 'int64' && bytes === 8)
    return { dtype, shape, data: new BigInt64Array(new Uint8Array(raw).buffer) };
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return fill(dtype, shape, (index) => read(view, index * bytes));
}

function fill(dtype: DType, shape: Shape, element: (index: number) => number | bigint): NDArray {
  const array = zeros(shape, dtype);
  const { data } = array;
  for (let i = 0; i < data.length; i++) {
    if (data instanceof BigInt64Array) data[i] = wholeNumber(element(i));
    else data[i] = Number(element(i));
  }
  return array;
}

const INT64_MAX = 2n ** 63n - 1n;

// uint64 has numbers that int64 has not.
function wholeNumber(value: number | bigint): bigint {
  const whole = BigInt(value);
  if (whole > INT64_MAX) throw modelError(`it holds the whole number ${whole}, expected at most 2^63 - 1`);
  return whole;
}
