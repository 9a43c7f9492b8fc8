import { sizeOf, type DType, type Shape } from '../../../graph/dtype.ts';
import { zeros, type NDArray } from '../../../graph/ndarray.ts';
import { ELEMENT_FORMATS, wholeRange, type ElementFormat } from '../../schema/element-types.ts';
import { isExternal, leavesFolder, locationOf } from './external-data.ts';
import { modelError } from './model-error.ts';
import { TensorProto_DataType, type TensorProto } from '../../schema/onnx_pb.ts';

/**
 * The dtype that the engine uses for an ONNX element type: float16, bfloat16 and float64 as float32, whole numbers of any
 * width as int64, bool as bool.
 * @param what names the value in the error message
 * @throws InputError for texts, complex numbers and the 8-bit and 4-bit floats
 */
function decodeDType(elementType: number, what: string): DType {
  return formatOf(elementType, what).dtype;
}

/**
 * The dtype that an imported model uses for an element type. Whole numbers of 16 bits and fewer are float32, which has room for them:
 * pixels and quantised values are such numbers, and only float32 has gradients. Wider ones are int64.
 * @throws InputError for texts, complex numbers and the floats of 8 bits and fewer
 */
export function heldDType(elementType: number, what: string): DType {
  const range = wholeRange(elementType);
  return range !== undefined && range.high < 65_536 ? 'float32' : decodeDType(elementType, what);
}

/** Whether the engine supports an ONNX element type: not texts, complex numbers and the smallest floats. */
export function isNumeric(elementType: number): boolean {
  return ELEMENT_FORMATS.has(elementType);
}

function formatOf(elementType: number, what: string): ElementFormat {
  const format = ELEMENT_FORMATS.get(elementType);
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
 * A tensor stored in a model file as a new host array (it does not share the bytes of the file). @param what names the tensor in the error
 * message (default: its name) @param dtype of the result (default: that of {@link decodeDType}) @throws InputError when its number of bytes
 * or elements does not match its shape, which is checked before allocation; when its data are in another file that was not given; or when
 * its element type is unsupported
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
      throw modelError(`"${what}" has ${rawData.length} bytes, but its shape needs ${size * format.bytes}`);
    }
    return fromRaw(rawData, format, shape);
  }
  const listed = format.listed(proto);
  if (listed.length !== size) {
    throw modelError(`"${what}" has ${listed.length} elements, but its shape needs ${size}`);
  }
  return fill(format.dtype, shape, (index) => listed[index] ?? 0);
}

function refuseExternalData(proto: TensorProto, what: string): void {
  if (!isExternal(proto)) return;
  const path = locationOf(proto);
  throw modelError(
    leavesFolder(path)
      ? `"${what}" points to the file "${path}" outside the model's own folder; such a model is refused`
      : `"${what}" keeps its data in another file, "${path}", which is missing; put it beside the model, or save the model as one file`,
  );
}

// Elements in the engine's own format are copied as a whole. (A Buffer's own slice() would not copy.)
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

// uint64 has numbers that int64 lacks.
function wholeNumber(value: number | bigint): bigint {
  const whole = BigInt(value);
  if (whole > INT64_MAX) throw modelError(`it contains the whole number ${whole}, expected at most 2^63 - 1`);
  return whole;
}
