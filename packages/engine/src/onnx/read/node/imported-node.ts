import type { AttributeSpecs, AttributeValue } from '../../../graph/operator.ts';
import { constant, indices, type Tensor } from '../../../graph/tensor.ts';
import { modelError } from '../file/model-error.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
} from '../../schema/onnx_pb.ts';
import { hasDefaultValue } from '../../schema/attribute-defaults.ts';
import { toNDArray, type HostArray } from './host-array.ts';

/** A value of a model. */
export interface ImportedValue {
  readonly tensor: Tensor;
  /** Its numbers, if they are few and known during decoding. */
  readonly host: HostArray | undefined;
  /** Its ONNX element type: the engine stores several of them as one dtype. */
  readonly elementType: number;
}

/** The attributes of a node by name; those that refer to attributes of a function are filled in. */
export type NodeAttributes = ReadonlyMap<string, AttributeProto>;

/**
 * A node of a model file for the translation rules: attributes with their defaults, inputs as tensors or as numbers. A method that cannot
 * return its value throws an InputError that names the node.
 */
export class ImportedNode {
  readonly type: string;
  /** '' for ONNX's own operators. */
  readonly domain: string;
  /** Version of ONNX's operator set that the file is written in: the meaning of some operators changed over time. */
  readonly opset: number;
  readonly outputs: readonly string[];
  /** ONNX element types of results, if the node declares them (Cast) and they differ from those of its inputs. */
  resultTypes: readonly number[] = [];
  readonly #proto: NodeProto;
  readonly #attributes: NodeAttributes;
  readonly #inputs: readonly (ImportedValue | undefined)[];
  readonly #used = new Set<string>();

  constructor(
    proto: NodeProto,
    opset: number,
    attributes: NodeAttributes,
    inputs: readonly (ImportedValue | undefined)[],
  ) {
    this.type = proto.opType;
    this.domain = proto.domain === 'ai.onnx' ? '' : proto.domain;
    this.opset = opset;
    this.outputs = proto.output;
    this.#proto = proto;
    this.#attributes = attributes;
    this.#inputs = inputs;
  }

  /** The ONNX element type of an input that is given. */
  elementType(index: number): number | undefined {
    return this.#inputs[index]?.elementType;
  }

  /** All inputs; those left out are `undefined`. */
  get tensors(): readonly (Tensor | undefined)[] {
    return this.#inputs.map((value) => value?.tensor);
  }

  /** The numbers of all inputs, or `undefined` when one of them is not known. Inputs left out do not count. */
  get hosts(): readonly HostArray[] | undefined {
    const hosts = this.#inputs.flatMap((value) => (value === undefined ? [] : [value.host]));
    return hosts.every((host) => host !== undefined) ? hosts : undefined;
  }

  /** Throws an InputError about this node. */
  fail(problem: string): never {
    throw modelError(`${nodeLabel(this.#proto)} ${problem}`);
  }

  /** Whether an input is given. */
  has(index: number): boolean {
    return this.#inputs[index] !== undefined;
  }

  /** An input that must be given. */
  input(index: number): Tensor {
    return this.#inputs[index]?.tensor ?? this.fail(`lacks input ${index + 1}`);
  }

  /** An input that may be left out. */
  optional(index: number): Tensor | undefined {
    return this.#inputs[index]?.tensor;
  }

  /** All inputs of an operator with any number of them, at least one. */
  all(): readonly [Tensor, ...Tensor[]] {
    return [this.input(0), ...this.#inputs.slice(1).map((_, index) => this.input(index + 1))];
  }

  /** The numbers of an input that may be left out. */
  host(index: number, what: string): HostArray | undefined {
    const value = this.#inputs[index];
    if (value === undefined) return undefined;
    return value.host ?? this.fail(`takes ${what} from the data of a picture; they must be known in advance`);
  }

  /** The whole numbers of an input (sizes, axes, pads) that may be left out. */
  integers(index: number, what: string): readonly number[] | undefined {
    const host = this.host(index, what);
    if (host !== undefined && host.dtype !== 'int64')
      this.fail(`has ${what} of dtype ${host.dtype}, expected int64`);
    return host?.data;
  }

  /** The only number of an input that may be left out. */
  number(index: number, what: string): number | undefined {
    const data = this.host(index, what)?.data;
    if (data !== undefined && data.length !== 1)
      this.fail(`has ${data.length} numbers as ${what}, expected one`);
    return data?.[0];
  }

  /** The same as an int64 constant for the engine's operators; a given constant is used unchanged. */
  integerTensor(index: number, what: string): Tensor | undefined {
    const numbers = this.integers(index, what);
    const tensor = this.#inputs[index]?.tensor;
    return numbers === undefined || tensor?.source.kind === 'constant' ? tensor : indices(numbers);
  }

  /** An input as a constant if its numbers are known: gradient rules are then cheaper and safer. */
  settled(index: number): Tensor {
    const value = this.#inputs[index];
    return value?.host !== undefined && value.tensor.source.kind !== 'constant'
      ? constant(toNDArray(value.host))
      : this.input(index);
  }

  /** A whole-number attribute. */
  int(name: string, whenMissing: number): number {
    return this.optionalInt(name) ?? whenMissing;
  }

  /** A whole-number attribute without a default. */
  optionalInt(name: string): number | undefined {
    const value = this.#attribute(name, AttributeType.INT)?.i;
    return value === undefined ? undefined : Number(value); // far ends such as INT64_MAX are rounded
  }

  /** An attribute that lists whole numbers. */
  ints(name: string): readonly number[] | undefined {
    return this.#attribute(name, AttributeType.INTS)?.ints.map(Number);
  }

  /** A float attribute. */
  float(name: string, whenMissing: number): number {
    return this.#attribute(name, AttributeType.FLOAT)?.f ?? whenMissing;
  }

  /** A float attribute without a default. */
  optionalFloat(name: string): number | undefined {
    return this.#attribute(name, AttributeType.FLOAT)?.f;
  }

  /** An attribute that lists floats. */
  floats(name: string): readonly number[] | undefined {
    return this.#attribute(name, AttributeType.FLOATS)?.floats;
  }

  /** A text attribute, one of the given values. The first is the default. */
  choice<T extends string>(name: string, ...allowed: readonly [T, ...T[]]): T {
    const value = this.#text(name);
    if (value === undefined) return allowed[0];
    return (
      allowed.find((text) => text === value) ??
      this.fail(`has ${name} "${value}", which is not supported; supported: ${allowed.join(', ')}`)
    );
  }

  /** An attribute that lists texts. */
  texts(name: string): readonly string[] | undefined {
    const list = this.#attribute(name, AttributeType.STRINGS)?.strings;
    return list?.map((bytes) => new TextDecoder().decode(bytes));
  }

  /** A text attribute that must be given. */
  text(name: string): string {
    return this.#text(name) ?? this.fail(`lacks the attribute "${name}"`);
  }

  /** A tensor attribute. */
  tensorAttribute(name: string): TensorProto | undefined {
    return this.#attribute(name, AttributeType.TENSOR)?.t;
  }

  /** Attributes that change nothing here (hints for training, for instance) and may have any value. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#used.add(name);
  }

  /** Refuses an attribute that has another value than the only one supported. */
  requireInt(name: string, supported: number, meaning: string): void {
    if (this.int(name, supported) !== supported)
      this.fail(`has ${name} other than ${supported} (${meaning})`);
  }

  /** Refuses training: opset 6 has an attribute for it, whose default is training. */
  requireTestMode(): void {
    if (this.int('is_test', 0) === 0) this.fail('works as in training; export the model for inference');
  }

  /** Attributes for one of the engine's operators, with its declared types and defaults. */
  attributesFor(specs: AttributeSpecs): Record<string, AttributeValue> {
    const attributes: Record<string, AttributeValue> = {};
    for (const [name, spec] of Object.entries(specs)) {
      const value = this.#typed(name, spec.type) ?? spec.default;
      if (value === undefined) this.fail(`lacks the attribute "${name}"`);
      attributes[name] = value;
    }
    return attributes;
  }

  /**
   * Refuses attributes that no rule has read: an unknown attribute could change the meaning, unless it has the value
   * that it has by default.
   */
  refuseUnusedAttributes(): void {
    for (const [name, attribute] of this.#attributes) {
      if (!this.#used.has(name) && !hasDefaultValue(this.type, attribute))
        this.fail(`has attribute "${name}", which the engine does not have`);
    }
  }

  #typed(name: string, type: 'int' | 'ints' | 'float' | 'string'): AttributeValue | undefined {
    if (type === 'int') return this.optionalInt(name);
    if (type === 'ints') return this.ints(name);
    return type === 'float' ? this.optionalFloat(name) : this.#text(name);
  }

  #text(name: string): string | undefined {
    const bytes = this.#attribute(name, AttributeType.STRING)?.s;
    return bytes && new TextDecoder().decode(bytes);
  }

  #attribute(name: string, type: AttributeType): AttributeProto | undefined {
    this.#used.add(name);
    const found = this.#attributes.get(name);
    if (found !== undefined && found.type !== AttributeType.UNDEFINED && found.type !== type) {
      this.fail(`has attribute "${name}" of another type than ${AttributeType[type]}`);
    }
    return found;
  }
}

/** The name of a node in messages: its name and operator, or its operator and outputs if it has no name. */
export function nodeLabel({ name, opType, output }: Pick<NodeProto, 'name' | 'opType' | 'output'>): string {
  return name === ''
    ? `node "${opType} -> ${output.find((value) => value !== '') ?? ''}"`
    : `node "${name}" (${opType})`;
}
