import { ShapeError } from '../errors.ts';
import { float32, int64, type NDArray } from './ndarray.ts';
import { formatShape, type DType, type Shape } from './dtype.ts';
import type { Node } from './operator.ts';

/** The source of a tensor's value. */
export type TensorSource =
  /** given by name at each run */
  | { readonly kind: 'input'; readonly name: string }
  /** fixed when the graph is built */
  | { readonly kind: 'constant'; readonly value: NDArray }
  /** output `index` of an operator */
  | { readonly kind: 'node'; readonly node: Node; readonly index: number }
  /** output `index` of a computation with its own gradient rule */
  | { readonly kind: 'custom'; readonly call: CustomGradientCall; readonly index: number };

/** A part of a graph that has its own gradient rule. See {@link customGradient}. */
export interface CustomGradientCall {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  /** The tensors that compute the outputs. */
  readonly body: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly id: number;
  readonly gradient: (dys: readonly (Tensor | undefined)[]) => readonly (Tensor | undefined)[];
}

let lastId = 0;

/** Numbers nodes in the order of creation, so that sorting by id gives a topological order. */
export function nextId(): number {
  lastId += 1;
  return lastId;
}

/**
 * A value in a graph: dtype and shape are known, the numbers are computed when the graph runs. Tensors are immutable;
 * operators create new tensors, and a {@link Graph} is everything that its outputs depend on.
 */
export class Tensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly source: TensorSource;

  constructor(dtype: DType, shape: Shape, source: TensorSource) {
    this.dtype = dtype;
    this.shape = shape;
    this.source = source;
  }

  /** Number of dimensions. */
  get rank(): number {
    return this.shape.length;
  }

  /**
   * Size of one dimension; negative axes count from the end.
   * @throws ShapeError when the tensor has no such axis
   */
  dimension(axis: number): number {
    const size = this.shape.at(axis);
    if (size === undefined)
      throw new ShapeError(`axis ${axis} does not exist in shape ${formatShape(this.shape)}`);
    return size;
  }

  toString(): string {
    return `Tensor(${this.dtype} ${formatShape(this.shape)})`;
  }
}

/** A tensor or a plain number, which means a float32 scalar. */
export type Operand = Tensor | number;

/** A tensor whose value is given by `name` at each run. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Tensor {
  return new Tensor(dtype, [...shape], { kind: 'input', name });
}

/** A tensor whose value is part of the graph. A number gives a float32 scalar. */
export function constant(value: NDArray | number): Tensor {
  const array = typeof value === 'number' ? float32([value], []) : value;
  return new Tensor(array.dtype, array.shape, { kind: 'constant', value: array });
}

/** An int64 constant of one dimension, the form of ONNX for shapes, axes and pads; a plain number gives a scalar. */
export function indices(values: readonly number[] | number): Tensor {
  return constant(typeof values === 'number' ? int64([values], []) : int64(values));
}

/** Turns a number into a float32 scalar; returns tensors unchanged. */
export function asTensor(operand: Operand): Tensor {
  return typeof operand === 'number' ? constant(operand) : operand;
}

/**
 * The whole numbers of an int64 constant.
 * @throws ShapeError when the tensor is computed: shapes are static, so sizes, axes and pads must be constants
 */
export function constantIntegers(tensor: Tensor, operator: string, what: string): number[] {
  if (tensor.source.kind !== 'constant' || tensor.source.value.dtype !== 'int64') {
    throw new ShapeError(
      `${operator}: ${what} must be an int64 constant, but it is a computed ${tensor.toString()}`,
    );
  }
  return Array.from(tensor.source.value.data as BigInt64Array, Number);
}

/**
 * Gives a computation its own gradient rule, in place of the one that follows from its operators, because the new rule is
 * faster (weight gradients of an unrolled recurrent net in one matrix product) or more stable.
 *
 * @param name the computation, for error messages @param inputs the tensors with gradients from this rule, in this order @param body the
 * results, computed from the inputs by operators @param gradient receives the gradient of the loss for each result (`undefined`: nothing
 * depends on it), returns one for each input (`undefined`: zero). It is built of operators and can use the inputs, the results and any
 * value between them, so it can itself be differentiated.
 */
export function customGradient(
  name: string,
  inputs: readonly Tensor[],
  body: readonly Tensor[],
  gradient: (dys: readonly (Tensor | undefined)[]) => readonly (Tensor | undefined)[],
): readonly Tensor[] {
  const outputs: Tensor[] = [];
  const call: CustomGradientCall = { name, inputs, body, outputs, id: nextId(), gradient };
  body.forEach(({ dtype, shape }, index) =>
    outputs.push(new Tensor(dtype, shape, { kind: 'custom', call, index })),
  );
  return outputs;
}
