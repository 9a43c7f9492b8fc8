import type { DType } from '../../graph/dtype.ts';
import { bfloat16ToNumber, float16ToNumber } from '../../half-floats.ts';
import { TensorProto_DataType as ElementType, type TensorProto } from './onnx_pb.ts';

/** The storage of the elements of one ONNX element type. */
export interface ElementFormat {
  readonly dtype: DType;
  /** Bytes of an element in `raw_data`. */
  readonly bytes: number;
  /** Reads an element of `raw_data`. */
  readonly read: (view: DataView, offset: number) => number | bigint;
  /** The elements listed one by one in the field that ONNX prescribes for the type. */
  readonly listed: (proto: TensorProto) => ArrayLike<number | bigint>;
}

const int32Data = (proto: TensorProto): number[] => proto.int32Data;

/**
 * The storage of each element type, by ONNX's number. Types that are not listed are unsupported. Floats become float32 and whole numbers
 * int64: the engine computes in nothing else.
 */
export const ELEMENT_FORMATS: ReadonlyMap<number, ElementFormat> = new Map<number, ElementFormat>([
  [
    ElementType.FLOAT,
    {
      dtype: 'float32',
      bytes: 4,
      read: (view, at) => view.getFloat32(at, true),
      listed: ({ floatData }) => floatData,
    },
  ],
  [
    ElementType.DOUBLE,
    {
      dtype: 'float32',
      bytes: 8,
      read: (view, at) => view.getFloat64(at, true),
      listed: ({ doubleData }) => doubleData,
    },
  ],
  [
    ElementType.FLOAT16,
    {
      dtype: 'float32',
      bytes: 2,
      read: (view, at) => float16ToNumber(view.getUint16(at, true)),
      listed: (proto) => proto.int32Data.map(float16ToNumber),
    },
  ],
  [
    ElementType.BFLOAT16,
    {
      dtype: 'float32',
      bytes: 2,
      read: (view, at) => bfloat16ToNumber(view.getUint16(at, true)),
      listed: (proto) => proto.int32Data.map(bfloat16ToNumber),
    },
  ],
  [
    ElementType.BOOL,
    {
      dtype: 'bool',
      bytes: 1,
      read: (view, at) => Number(view.getUint8(at) !== 0),
      listed: (proto) => proto.int32Data.map((value) => Number(value !== 0)),
    },
  ],
  [
    ElementType.INT64,
    {
      dtype: 'int64',
      bytes: 8,
      read: (view, at) => view.getBigInt64(at, true),
      listed: ({ int64Data }) => int64Data,
    },
  ],
  [
    ElementType.UINT64,
    {
      dtype: 'int64',
      bytes: 8,
      read: (view, at) => view.getBigUint64(at, true),
      listed: ({ uint64Data }) => uint64Data,
    },
  ],
  [
    ElementType.UINT32,
    {
      dtype: 'int64',
      bytes: 4,
      read: (view, at) => view.getUint32(at, true),
      listed: ({ uint64Data }) => uint64Data,
    },
  ],
  [
    ElementType.INT32,
    { dtype: 'int64', bytes: 4, read: (view, at) => view.getInt32(at, true), listed: int32Data },
  ],
  [
    ElementType.INT16,
    { dtype: 'int64', bytes: 2, read: (view, at) => view.getInt16(at, true), listed: int32Data },
  ],
  [
    ElementType.UINT16,
    { dtype: 'int64', bytes: 2, read: (view, at) => view.getUint16(at, true), listed: int32Data },
  ],
  [ElementType.INT8, { dtype: 'int64', bytes: 1, read: (view, at) => view.getInt8(at), listed: int32Data }],
  [ElementType.UINT8, { dtype: 'int64', bytes: 1, read: (view, at) => view.getUint8(at), listed: int32Data }],
]);

/** The range of a type of whole numbers, ends included. */
export interface WholeRange {
  readonly low: number;
  readonly high: number;
}

const signed = (bits: number): WholeRange => ({ low: -(2 ** (bits - 1)), high: 2 ** (bits - 1) - 1 });
const unsigned = (bits: number): WholeRange => ({ low: 0, high: 2 ** bits - 1 });

// Plain numbers, because a file may contain any number.
const WHOLE: ReadonlyMap<number, WholeRange> = new Map<number, WholeRange>([
  [ElementType.INT4, signed(4)],
  [ElementType.UINT4, unsigned(4)],
  [ElementType.INT8, signed(8)],
  [ElementType.UINT8, unsigned(8)],
  [ElementType.INT16, signed(16)],
  [ElementType.UINT16, unsigned(16)],
  [ElementType.INT32, signed(32)],
  [ElementType.UINT32, unsigned(32)],
  [ElementType.INT64, signed(64)],
  [ElementType.UINT64, unsigned(64)],
]);

/** The range of a type of whole numbers; `undefined` for floats and bool. */
export function wholeRange(elementType: number): WholeRange | undefined {
  return WHOLE.get(elementType);
}

/** bfloat16, as a plain number, because a file may contain any number. */
export const BFLOAT16: number = ElementType.BFLOAT16;
