import { InputError } from './errors.ts';
import { formatShape, sizeOf, type DType } from './graph/dtype.ts';
import type { NDArray } from './graph/ndarray.ts';
import { bfloat16ToFloat32, float16ToFloat32, float32ToFloat16 } from './half-floats.ts';

/*
 * The safetensors format (https://github.com/huggingface/safetensors): eight bytes of header length, little endian; a JSON
 * header with dtype, shape and position of each tensor; the data. It cannot contain code, and every number in it is checked against the
 * file before allocation.
 */

/** Tensors by name, and texts by name. */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, NDArray>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const CODES: Readonly<Record<DType, string>> = { float32: 'F32', int64: 'I64', bool: 'BOOL' };
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  BOOL: 1,
};
const LENGTH_BYTES = 8;
const ALIGNMENT = 8;
/**
 * Longest header that is read: that of 100,000 tensors. The format allows 100 MB, but short values in JSON take twenty times their bytes in
 * memory.
 */
const MAX_HEADER_BYTES = 2 ** 24;

/**
 * Writes tensors, in the order of their names, and texts as a safetensors file.
 * @param options.halfFloats writes float32 tensors as F16: half the bytes, three or four digits (default: false)
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, NDArray>>,
  metadata: Readonly<Record<string, string>> = {},
  { halfFloats = false }: { readonly halfFloats?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const names = Object.keys(tensors).sort();
  const entries: [string, unknown][] = [];
  const parts: { offset: number; bytes: Uint8Array }[] = [];
  let offset = 0;
  for (const name of names) {
    const array = tensors[name];
    if (array === undefined) continue;
    const { shape } = array;
    const { code, data } = halfFloats ? halved(array) : { code: CODES[array.dtype], data: array.data };
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    entries.push([name, { dtype: code, shape, data_offsets: [offset, offset + bytes.length] }]);
    parts.push({ offset, bytes });
    offset += bytes.length;
  }
  const texts = Object.keys(metadata).length > 0 ? [['__metadata__', metadata] as const] : [];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...texts, ...entries])));
  const headerLength = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + headerLength + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerLength); // padding by spaces, as the format asks
  file.set(json, LENGTH_BYTES);
  for (const part of parts) file.set(part.bytes, LENGTH_BYTES + headerLength + part.offset);
  return file;
}

function halved({ dtype, data }: NDArray): { code: string; data: NDArray['data'] | Uint16Array } {
  return dtype === 'float32'
    ? { code: 'F16', data: float32ToFloat16(data as Float32Array) }
    : { code: CODES[dtype], data };
}

/**
 * Reads a safetensors file. F32, I64 and BOOL do not change; F64, F16 and BF16 become float32, I32 becomes int64.
 * @param bytes the whole file; treated as untrusted
 * @throws InputError in one line when the file is truncated, its header is no valid header, or a dtype is not one of these
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  if (bytes.length < LENGTH_BYTES) throw broken(`it has ${bytes.length} bytes, too few for a header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > BigInt(bytes.length - LENGTH_BYTES)) {
    throw broken(`its header should have ${headerLength} bytes, but the file has ${bytes.length}`);
  }
  if (headerLength > BigInt(MAX_HEADER_BYTES)) {
    throw new InputError(
      `safetensors: its header has ${headerLength} bytes, more than the limit of ${MAX_HEADER_BYTES}`,
    );
  }
  const dataStart = LENGTH_BYTES + Number(headerLength);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart));
  const data = bytes.subarray(dataStart);
  const places = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => ({ name, ...checkedEntry(name, entry) }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let covered = 0;
  for (const { name, start, end } of places) {
    if (start !== covered) throw broken(`tensor "${name}" begins at byte ${start}, expected ${covered}`);
    covered = end;
  }
  if (covered !== data.length) throw broken(`its tensors cover ${covered} bytes, but it has ${data.length}`);
  const tensors = named<NDArray>();
  for (const { name, dtype, shape, start, end } of places) {
    tensors[name] = decodeTensor(dtype, shape, Uint8Array.from(data.subarray(start, end)).buffer);
  }
  return { tensors, metadata: checkedMetadata(header.__metadata__) };
}

function broken(reason: string): InputError {
  return new InputError(`safetensors: ${reason}; the file is damaged or of another format`);
}

// A record without inherited properties, so that hostile names such as __proto__ are ordinary names.
function named<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw broken('its header is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw broken('its header is no JSON object');
  return Object.assign(named<unknown>(), parsed);
}

function checkedEntry(
  name: string,
  entry: unknown,
): { dtype: string; shape: number[]; start: number; end: number } {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const whole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (typeof dtype !== 'string' || ELEMENT_BYTES[dtype] === undefined) {
    const known = Object.keys(ELEMENT_BYTES).join(', ');
    throw new InputError(
      `safetensors: tensor "${name}" has dtype ${JSON.stringify(dtype)}; ${known} can be read`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(whole)) throw broken(`tensor "${name}" has no valid shape`);
  const [start, end, ...more] = Array.isArray(offsets) ? (offsets as unknown[]) : [];
  if (!whole(start) || !whole(end) || more.length > 0)
    throw broken(`tensor "${name}" has no valid data_offsets`);
  const size = sizeOf(shape);
  if (!Number.isSafeInteger(size) || end - start !== size * ELEMENT_BYTES[dtype]) {
    throw broken(`tensor "${name}" of shape ${formatShape(shape)} does not fill bytes ${start} to ${end}`);
  }
  return { dtype, shape, start, end };
}

function checkedMetadata(metadata: unknown): Record<string, string> {
  const texts = named<string>();
  if (metadata === undefined) return texts;
  if (typeof metadata !== 'object' || metadata === null) throw broken('its metadata is no object');
  for (const [name, text] of Object.entries(metadata)) {
    if (typeof text !== 'string') throw broken(`its metadata "${name}" is no text`);
    texts[name] = text;
  }
  return texts;
}

function decodeTensor(dtype: string, shape: number[], buffer: ArrayBuffer): NDArray {
  switch (dtype) {
    case 'I64':
      return { dtype: 'int64', shape, data: new BigInt64Array(buffer) };
    case 'I32':
      return { dtype: 'int64', shape, data: BigInt64Array.from(new Int32Array(buffer), BigInt) };
    case 'BOOL':
      return { dtype: 'bool', shape, data: new Uint8Array(buffer) };
    case 'F64':
      return { dtype: 'float32', shape, data: Float32Array.from(new Float64Array(buffer)) };
    case 'BF16': // the upper half of a float32
      return {
        dtype: 'float32',
        shape,
        data: bfloat16ToFloat32(new Uint16Array(buffer)),
      };
    case 'F16':
      return { dtype: 'float32', shape, data: float16ToFloat32(new Uint16Array(buffer)) };
    default:
      return { dtype: 'float32', shape, data: new Float32Array(buffer) };
  }
}
