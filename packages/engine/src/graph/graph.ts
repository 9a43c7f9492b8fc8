import { InputError } from '../errors.ts';
import { formatShape } from './dtype.ts';
import type { Node } from './operator.ts';
import type { Tensor } from './tensor.ts';

/** The tensor that computes the value, inside any computation with its own gradient rule. */
export function resolve(tensor: Tensor): Tensor {
  let current = tensor;
  while (current.source.kind === 'custom') {
    const body = current.source.call.body[current.source.index];
    if (body === undefined)
      throw new Error(`${current.source.call.name}: output ${current.source.index} is missing`);
    current = body;
  }
  return current;
}

/**
 * Everything that its outputs depend on, in topological order, and nothing else.
 */
export class Graph {
  /** The tensors to feed, by name, in the order of first use. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** Operators in topological order. */
  readonly nodes: readonly Node[];
  readonly constants: readonly Tensor[];

  /**
   * @param outputs the results, by their names
   * @throws InputError when two different inputs have the same name, or an input and an output do
   */
  constructor(outputs: Readonly<Record<string, Tensor>>) {
    const inputs = new Map<string, Tensor>();
    const nodes = new Set<Node>();
    const constants = new Set<Tensor>();
    const pending = Object.values(outputs).map(resolve).reverse(); // taken from the end: first outputs first
    for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
      if (tensor.source.kind === 'input') addInput(inputs, tensor.source.name, tensor);
      if (tensor.source.kind === 'constant') constants.add(tensor);
      if (tensor.source.kind !== 'node' || nodes.has(tensor.source.node)) continue;
      nodes.add(tensor.source.node);
      for (const source of tensor.source.node.inputs.toReversed()) {
        if (source !== undefined) pending.push(resolve(source));
      }
    }
    for (const name of Object.keys(outputs)) {
      if (inputs.has(name))
        throw new InputError(`graph: output "${name}" has the name of an input; give it another`);
    }
    this.inputs = inputs;
    this.outputs = new Map(Object.entries(outputs));
    this.nodes = [...nodes].sort((a, b) => a.id - b.id);
    this.constants = [...constants];
  }
}

function addInput(inputs: Map<string, Tensor>, name: string, tensor: Tensor): void {
  const other = inputs.get(name);
  if (other !== undefined && other !== tensor) {
    throw new InputError(
      `graph: two inputs are named "${name}" (${formatShape(other.shape)} and ${formatShape(tensor.shape)}); names must differ`,
    );
  }
  inputs.set(name, tensor);
}
