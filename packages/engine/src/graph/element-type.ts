import type { DType } from './dtype.ts';

/** ONNX's number for each dtype (TensorProto.DataType). */
export const ONNX_ELEMENT_TYPE: Readonly<Record<DType, number>> = { float32: 1, int64: 7, bool: 9 };
