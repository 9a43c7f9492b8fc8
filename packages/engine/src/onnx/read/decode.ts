import { InputError } from '../../errors.ts';
import type { Shape } from '../../graph/dtype.ts';
import { input, type Tensor } from '../../graph/tensor.ts';
import type { ExternalFiles } from './file/external-data.ts';
import { toHostArray } from './node/host-array.ts';
import { translateAny, usedNames, type ImportContext } from './translate/branches.ts';
import { functionsOf, type ModelFunctions } from './translate/functions.ts';
import { nodeLabel, type ImportedValue } from './node/imported-node.ts';
import { storedValue } from './node/stored-value.ts';
import { decodeInputType, fixedShape } from './file/input-types.ts';
import { modelError } from './file/model-error.ts';
import type { GraphProto, ModelProto, NodeProto, TensorProto } from '../schema/onnx_pb.ts';
import { READABLE_OPSETS } from '../schema/versions.ts';
import { parseModel } from './file/parse.ts';

/** Maximum number of numbers to compute while a file is decoded. */
const HOST_BUDGET = 2 ** 23;
/** Maximum number of nodes to translate, counting those of functions at each call. */
const NODE_BUDGET = 400_000;

export interface DecodeOptions {
  /**
   * Shapes of inputs by name, if the file leaves dimensions open or if you need another size than the exported one. The shapes of all other
   * values follow.
   */
  readonly inputShapes?: Readonly<Record<string, Shape>>;
  /** Tensors that replace inputs, by name: the model becomes a part of their graph. */
  readonly inputTensors?: Readonly<Record<string, Tensor>>;
  /**
   * The requested values: names of values (outputs of nodes) or of nodes, which mean their first output. Only what these need is decoded.
   * So a classifier at the end for another size, or an unsupported node, causes no error. Default: the outputs of the model, and every
   * other value that can be decoded.
   */
  readonly until?: readonly string[];
  /** The files with the model's weights, if they are in other files: see `listExternalFiles`. */
  readonly externalFiles?: ExternalFiles;
}

/** An ONNX model as tensors: feed `inputs`, fetch `outputs`, or reach any value between by its name. */
export interface DecodedModel {
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** The requested values, by the names in the request. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Every named value that was decoded. */
  readonly values: ReadonlyMap<string, Tensor>;
  /**
   * A value by its name, or the first output of a node by the node's name. It is decoded now if it was not needed before.
   * @throws InputError when there is none of that name, or it cannot be decoded; the message says why
   */
  value(name: string): Tensor;
  readonly metadata: Readonly<Record<string, string>>;
  readonly description: string;
}

/**
 * Reads an ONNX model into a differentiable graph: opsets 6 to 28, from any tool. Unsupported operators become compositions of supported
 * ones. Computations of shapes are done while decoding. Floats of any width become float32 and whole numbers int64 (8-bit pixel inputs
 * float32).
 * @param bytes the whole file; treated as untrusted
 * @throws InputError in one line when it is not an ONNX model, is damaged, or a requested value needs an unsupported operator
 */
export function decodeOnnx(bytes: Uint8Array, options: DecodeOptions = {}): DecodedModel {
  const { model, graph } = parseModel(bytes, options.externalFiles);
  const decoder = new GraphDecoder(graph, opsetOf(model), functionsOf(model), options);
  const outputs: Record<string, Tensor> = Object.create(null) as Record<string, Tensor>;
  if (options.until === undefined) decoder.decodeAll();
  for (const name of options.until ?? graph.output.map((output) => output.name)) {
    outputs[name] = decoder.value(name);
  }
  return {
    inputs: decoder.inputs,
    outputs,
    values: decoder.values,
    value: (name) => decoder.value(name),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    description: model.docString,
  };
}

function opsetOf(model: ModelProto): number {
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  const version = Number(opset?.version ?? 0);
  if (version < READABLE_OPSETS.oldest || version > READABLE_OPSETS.newest) {
    throw modelError(
      `opset ${opset === undefined ? 'missing' : version} is not supported; convert the model to one of ${READABLE_OPSETS.oldest} to ${READABLE_OPSETS.newest}`,
    );
  }
  return version;
}

/** Decodes values on request, and remembers for each why it could not be decoded. */
class GraphDecoder {
  readonly inputs = new Map<string, Tensor>();
  readonly values = new Map<string, Tensor>();
  readonly #graph: GraphProto;
  readonly #context: ImportContext;
  readonly #decoded = new Map<string, ImportedValue>();
  readonly #errors = new Map<string, InputError>();
  readonly #initializers: ReadonlyMap<string, TensorProto>;
  readonly #producers = new Map<string, number>();

  constructor(graph: GraphProto, opset: number, functions: ModelFunctions, options: DecodeOptions) {
    this.#graph = graph;
    this.#context = { opset, functions, depth: 0, budget: { elements: HOST_BUDGET, nodes: NODE_BUDGET } };
    this.#initializers = new Map(graph.initializer.map((proto) => [proto.name, proto]));
    graph.node.forEach(({ output }, index) => {
      for (const name of output) {
        if (name === '') continue;
        if (this.#producers.has(name)) throw modelError(`two nodes compute "${name}"`);
        this.#producers.set(name, index);
      }
    });
    this.#addInputs(options);
  }

  /** Decodes every value that can be decoded. The others are an error only when they are requested. */
  decodeAll(): void {
    for (const name of this.#initializers.keys()) this.#attempt(name);
    for (const index of this.#graph.node.keys()) this.#decodeNode(index);
  }

  value(name: string): Tensor {
    const resolved = this.#resolve(name);
    for (const index of this.#nodesFor(resolved)) this.#decodeNode(index);
    return this.#require(resolved).tensor;
  }

  #addInputs({ inputShapes = {}, inputTensors = {} }: DecodeOptions): void {
    for (const info of this.#graph.input) {
      const { name } = info;
      if (this.#initializers.has(name)) continue; // before IR version 4 every weight was an input as well
      const type = decodeInputType(info);
      const given = Object.hasOwn(inputShapes, name) ? inputShapes[name] : undefined;
      const replaced = Object.hasOwn(inputTensors, name) ? inputTensors[name] : undefined;
      const shape = fixedShape(name, type, replaced?.shape ?? given);
      const tensor = replaced ?? input(name, shape, type.dtype);
      this.inputs.set(name, tensor);
      const host = tensor.source.kind === 'constant' ? toHostArray(tensor.source.value) : undefined;
      this.#store(name, { tensor, host, elementType: type.elementType });
    }
    for (const name of Object.keys(inputShapes)) {
      if (!this.inputs.has(name)) {
        const names = [...this.inputs.keys()].map((known) => `"${known}"`).join(', ');
        throw modelError(`it has no input "${name}" to give a shape to; its inputs are ${names}`);
      }
    }
  }

  #store(name: string, value: ImportedValue): void {
    this.#decoded.set(name, value);
    this.values.set(name, value.tensor);
  }

  // The name of a value unchanged, or the first output's name for the name of a node.
  #resolve(name: string): string {
    if (this.#decoded.has(name) || this.#producers.has(name) || this.#initializers.has(name)) return name;
    const node = this.#graph.node.find((candidate) => candidate.name === name && name !== '');
    const output = node?.output.find((value) => value !== '');
    if (output === undefined) throw modelError(`no node or value is named "${name}"`);
    return output;
  }

  // The nodes that a value needs and that were not decoded yet, in the order of the file.
  #nodesFor(name: string): number[] {
    const needed = new Set<number>();
    const pending = [name];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const index = this.#producers.get(next);
      if (index === undefined || needed.has(index) || this.#decoded.has(next) || this.#errors.has(next))
        continue;
      needed.add(index);
      const node = this.#graph.node[index];
      for (const used of node === undefined ? [] : usedNames(node)) pending.push(used);
    }
    return [...needed].sort((a, b) => a - b);
  }

  #decodeNode(index: number): void {
    const proto = this.#graph.node[index];
    if (proto === undefined) return;
    try {
      const values = translateAny(proto, this.#context, (name, user) => this.#require(name, user));
      values.forEach((value, i) => {
        const name = proto.output[i] ?? '';
        if (name !== '') this.#store(name, value);
      });
    } catch (error) {
      this.#remember(proto.output, error);
    }
  }

  #require(name: string, user?: NodeProto): ImportedValue {
    this.#attempt(name);
    const value = this.#decoded.get(name);
    if (value !== undefined) return value;
    const by = user === undefined ? 'the list of outputs' : nodeLabel(user);
    throw this.#errors.get(name) ?? modelError(`${by} uses "${name}", which nothing before it computes`);
  }

  // Weights are decoded when they are first used.
  #attempt(name: string): void {
    const proto = this.#initializers.get(name);
    if (proto === undefined || this.#decoded.has(name) || this.#errors.has(name)) return;
    try {
      this.#store(name, storedValue(proto));
    } catch (error) {
      this.#remember([name], error);
    }
  }

  #remember(names: readonly string[], error: unknown): void {
    if (!(error instanceof InputError)) throw error;
    for (const name of names) this.#errors.set(name, error);
  }
}
