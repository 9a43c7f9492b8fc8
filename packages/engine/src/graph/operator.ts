import type { DType, Shape } from './dtype.ts';
import { nextId, Tensor } from './tensor.ts';

/** The types of attributes, with ONNX's names. */
export type AttributeValue = number | string | readonly number[];

/** The ONNX type of one attribute of an operator, and its ONNX default (`undefined`: required). */
export interface AttributeSpec<T extends AttributeValue = AttributeValue> {
  readonly type: 'int' | 'ints' | 'float' | 'string';
  readonly default: T | undefined;
}

/** A whole-number attribute. */
export function intAttribute(defaultValue?: number): AttributeSpec<number> {
  return { type: 'int', default: defaultValue };
}

/** An attribute that is a list of whole numbers. */
export function intsAttribute(defaultValue?: readonly number[]): AttributeSpec<readonly number[]> {
  return { type: 'ints', default: defaultValue };
}

/** A float32 attribute. */
export function floatAttribute(defaultValue?: number): AttributeSpec<number> {
  return { type: 'float', default: defaultValue };
}

/** A text attribute. */
export function stringAttribute(defaultValue?: string): AttributeSpec<string> {
  return { type: 'string', default: defaultValue };
}

export type AttributeSpecs = Readonly<Record<string, AttributeSpec>>;

/** The attributes of an operator, as values for its rules. */
export type AttributesOf<S extends AttributeSpecs> = {
  readonly [K in keyof S]: S[K] extends AttributeSpec<infer T> ? T : never;
};

/** Attributes of an operator whose specification is not known at compile time. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Dtype and shape of one output. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** The inputs of a node. Optional ONNX inputs that are left out are `undefined`. */
export type Inputs = readonly (Tensor | undefined)[];

/** The inputs of a gradient rule besides the gradients of the outputs. */
export interface GradientContext<I extends Inputs = Inputs, A = Attributes> {
  readonly inputs: I;
  readonly outputs: readonly Tensor[];
  readonly attributes: A;
  /** Which inputs need a gradient. A rule can leave out the others if they are costly to build. */
  readonly wanted: readonly boolean[];
}

/** A graph that an operator runs, such as the step of a scan. It reads only its own inputs and constants. */
export interface OperatorBody {
  /** Stand for what the operator gives it. */
  readonly inputs: readonly Tensor[];
  /** Stand for the last inputs of the operator, which the body reads as they are. In the file, it reads them from the graph around it. */
  readonly shared: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/**
 * One ONNX operator: its type, attributes, shape rule and gradient rule in one place.
 *
 * The gradient rule receives `dys`, the gradient of the loss with respect to each output (zeros for unused outputs), and returns the
 * gradient for each input, built of the operators themselves. `undefined` means "does not depend continuously on this input" (indices,
 * conditions, shapes); it counts as zero.
 */
export interface Operator<I extends Inputs = Inputs, A = Attributes> {
  /** ONNX operator type, for example `MatMul`. */
  readonly type: string;
  /** Set of operators that it is in, if not ONNX's own. */
  readonly domain?: string;
  readonly attributes: AttributeSpecs;
  /** Outputs from this index on are optional in ONNX. If nothing reads them they are not computed, and cost nothing. */
  readonly requiredOutputs?: number;
  /** Its attribute `body`, if it runs a graph. */
  readonly body?: OperatorBody;
  /** Shape rule. Throws {@link ShapeError} for wrong inputs. */
  infer(inputs: I, attributes: A): readonly TensorType[];
  /** Gradient rule. Without one, no loss can be differentiated through the operator. */
  gradient?(
    dys: readonly [Tensor, ...Tensor[]],
    context: GradientContext<I, A>,
  ): readonly (Tensor | undefined)[];
}

/** One use of an operator in a graph. */
export interface Node {
  readonly operator: Operator;
  readonly inputs: Inputs;
  readonly attributes: Attributes;
  readonly outputs: readonly Tensor[];
  /** Grows with each new node: sorting by it gives a topological order. */
  readonly id: number;
}

/** The result of {@link defineOperator}: an operator to call with inputs and attributes. */
export interface DefinedOperator<I extends Inputs, A> extends Operator<I, A> {
  /** Adds a node and returns its only (or first) output. */
  apply(inputs: I, attributes: A): Tensor;
  /** Adds a node and returns all its outputs. */
  applyAll(inputs: I, attributes: A): readonly Tensor[];
}

/** Creates a node of any operator: checks the inputs with its shape rule and creates the output tensors. */
export function applyOperator(operator: Operator, inputs: Inputs, attributes: Attributes): readonly Tensor[] {
  const types = operator.infer(inputs, attributes);
  const outputs: Tensor[] = [];
  const node: Node = { operator, inputs, attributes, outputs, id: nextId() };
  types.forEach(({ dtype, shape }, index) =>
    outputs.push(new Tensor(dtype, shape, { kind: 'node', node, index })),
  );
  return outputs;
}

/** Defines one ONNX operator. See `Operator` for the parts. */
export function defineOperator<I extends Inputs, S extends AttributeSpecs>(definition: {
  type: string;
  domain?: string;
  attributes: S;
  requiredOutputs?: number;
  infer: (inputs: I, attributes: AttributesOf<S>) => readonly TensorType[];
  gradient?: (
    dys: readonly [Tensor, ...Tensor[]],
    context: GradientContext<I, AttributesOf<S>>,
  ) => readonly (Tensor | undefined)[];
}): DefinedOperator<I, AttributesOf<S>> {
  const operator: DefinedOperator<I, AttributesOf<S>> = {
    ...definition,
    applyAll: (inputs, attributes) => applyOperator(operator, inputs, attributes),
    apply: (inputs, attributes) => firstOf(operator.applyAll(inputs, attributes), definition.type),
  };
  return operator;
}

function firstOf(outputs: readonly Tensor[], type: string): Tensor {
  const [first] = outputs;
  if (first === undefined) throw new Error(`${type}: the operator has no output`);
  return first;
}
