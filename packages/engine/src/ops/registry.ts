import type { Operator } from '../graph/operator.ts';
import * as activation from './activation.ts';
import * as arithmetic from './arithmetic.ts';
import { Expand } from './broadcast.ts';
import * as comparison from './comparison.ts';
import { Conv, ConvTranspose } from './convolution.ts';
import { Identity } from './identity.ts';
import * as indexing from './indexing.ts';
import { Gemm, MatMul } from './matmul.ts';
import { Pad } from './pad.ts';
import { AveragePool, MaxPool } from './pooling.ts';
import { FusedGru, FusedLstm, FusedRnn } from './recurrent-fused.ts';
import * as reduction from './reduction.ts';
import { Resize } from './resize.ts';
import * as shape from './shape.ts';

/** Every operator of the engine; each is an ONNX operator. */
const all: readonly unknown[] = [
  ...Object.values(arithmetic),
  ...Object.values(comparison),
  ...Object.values(activation),
  ...Object.values(reduction),
  ...Object.values(shape),
  ...Object.values(indexing),
  Expand,
  Identity,
  MatMul,
  Gemm,
  Pad,
  Conv,
  ConvTranspose,
  MaxPool,
  AveragePool,
  Resize,
  FusedLstm,
  FusedGru,
  FusedRnn,
];

function isOperator(value: unknown): value is Operator {
  return typeof value === 'object' && value !== null && 'infer' in value;
}

/** The operators by ONNX type: those allowed in a model file. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  all.filter(isOperator).map((operator) => [operator.type, operator]),
);
