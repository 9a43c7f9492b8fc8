import { InputError } from './errors.ts';
import { formatShape, sameShape, sizeOf, type Shape } from './graph/dtype.ts';
import { Graph } from './graph/graph.ts';
import { float32, zeros, type NDArray } from './graph/ndarray.ts';
import { peakMemory } from './graph/peak-memory.ts';
import type { Tensor } from './graph/tensor.ts';
import { checkedFeed, createSession, fetched, fromRuntime, runtimeTensor, type Feeds } from './session.ts';
import type { RuntimeTensor, SessionOptions } from './runtime/runtime.ts';

interface Variable {
  front: RuntimeTensor;
  back: RuntimeTensor | undefined;
}

/** A variable that lies in a vector together with others. */
interface Part {
  readonly vector: string;
  readonly offset: number;
  readonly shape: Shape;
}

/**
 * The numbers that training changes (parameters, moments of the optimiser), by name. Each has two buffers: a step reads
 * one and writes the other, then they swap, so training allocates nothing. Many small variables may lie in one vector, so that a step can
 * read and change them as one.
 */
export class TrainingState {
  readonly #names: readonly string[];
  /** Variables that have their own buffers, and vectors. */
  readonly #variables = new Map<string, Variable>();
  readonly #parts = new Map<string, Part>();

  /** @param values initial values; they are copied */
  constructor(values: Readonly<Record<string, NDArray>>) {
    this.#names = Object.keys(values);
    for (const [name, array] of Object.entries(values)) {
      this.#variables.set(name, { front: runtimeTensor(copyOf(array)), back: undefined });
    }
  }

  has(name: string): boolean {
    return this.#variables.has(name) || this.#parts.has(name);
  }

  names(): string[] {
    return [...this.#names];
  }

  /**
   * The current value. It shares memory with the state: copy it before the second step after this.
   * @throws InputError when there is no such variable
   */
  get(name: string): NDArray {
    const part = this.#parts.get(name);
    if (part === undefined) return fromRuntime(this.buffers(name).front);
    const { data } = this.get(part.vector);
    const end = part.offset + sizeOf(part.shape);
    return float32((data as Float32Array).subarray(part.offset, end), part.shape);
  }

  /** Copies of all current values. */
  snapshot(): Record<string, NDArray> {
    return Object.fromEntries(this.names().map((name) => [name, copyOf(this.get(name))]));
  }

  /**
   * Replaces values, for example by those of a checkpoint.
   * @throws InputError when a name is unknown or a shape differs
   */
  load(values: Readonly<Record<string, NDArray>>): void {
    for (const [name, array] of Object.entries(values)) {
      const current = this.get(name);
      if (current.dtype !== array.dtype || !sameShape(current.shape, array.shape)) {
        throw new InputError(
          `training state: "${name}" is ${formatShape(current.shape)}, but the given value is ${formatShape(array.shape)}`,
        );
      }
      if (this.#parts.has(name)) (current.data as Float32Array).set(array.data as Float32Array);
      else this.buffers(name).front = runtimeTensor(copyOf(array));
    }
  }

  /**
   * Puts variables into one vector, one after the other. They keep their names, shapes and values.
   * @returns the name of the vector, which a step may read and update; the same for the same variables. `undefined` if one of them is
   *   already in another vector, or is not float32.
   */
  join(names: readonly string[]): string | undefined {
    const vector = `vector:${names.join('|')}`;
    if (this.#variables.has(vector)) return vector;
    if (names.some((name) => this.#parts.has(name) || this.get(name).dtype !== 'float32')) return undefined;
    const values = names.map((name) => this.get(name));
    const joined = new Float32Array(values.reduce((sum, { data }) => sum + data.length, 0));
    let offset = 0;
    for (const [i, { data, shape }] of values.entries()) {
      joined.set(data as Float32Array, offset);
      this.#variables.delete(names[i]!);
      this.#parts.set(names[i]!, { vector, offset, shape });
      offset += data.length;
    }
    this.#variables.set(vector, { front: runtimeTensor(float32(joined)), back: undefined });
    return vector;
  }

  /** Whether a variable lies in a vector. */
  isPart(name: string): boolean {
    return this.#parts.has(name);
  }

  /** Both buffers of a variable with its own buffers, or of a vector, for the step that runs on them. */
  buffers(name: string): Variable {
    const variable = this.#variables.get(name);
    if (variable === undefined) {
      throw new InputError(`training state: there is no "${name}"; there are ${this.names().join(', ')}`);
    }
    return variable;
  }
}

function copyOf(array: NDArray): NDArray {
  const copy = zeros(array.shape, array.dtype);
  (copy.data as Float32Array).set(array.data as Float32Array);
  return copy;
}

/** A compiled step that reads and changes a {@link TrainingState}. */
export interface TrainingStep<Name extends string> {
  /** The tensors to feed at each step: the inputs of the graph that are not in the state. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** Peak memory of a step in bytes, by {@link peakMemory}; parameters are counted once. */
  readonly memory: number;
  /** Runs one step: computes the outputs and replaces the state by its updates. */
  run(feeds: Feeds): Promise<Record<Name, NDArray>>;
  release(): Promise<void>;
}

/**
 * Compiles one training step, forward, backward and update in one graph: a single call of ONNX Runtime.
 * @param outputs the reported values of a step, for example the loss
 * @param updates the new value of each variable of the state that the step changes. Inputs of the graph with the name
 *   of a variable are read from the state.
 */
export async function compileTrainingStep<Name extends string>(
  outputs: Readonly<Record<Name, Tensor>>,
  updates: Readonly<Record<string, Tensor>>,
  state: TrainingState,
  options: SessionOptions = {},
): Promise<TrainingStep<Name>> {
  const updated = Object.entries(updates).map(([name, tensor]) => ({
    name,
    tensor,
    output: `${name}:updated`,
  }));
  const graph = new Graph({
    ...outputs,
    ...Object.fromEntries(updated.map(({ output, tensor }) => [output, tensor])),
  });
  const reads = [...graph.inputs.keys()].filter((name) => state.has(name));
  for (const { name, tensor } of updated) {
    const { shape } = state.get(name);
    if (!sameShape(shape, tensor.shape)) {
      throw new InputError(
        `training step: "${name}" is ${formatShape(shape)}, its update ${formatShape(tensor.shape)}`,
      );
    }
  }
  const session = await createSession(graph, options);
  const inputs = new Map([...graph.inputs].filter(([name]) => !state.has(name)));
  const names = Object.keys(outputs) as Name[];

  return {
    inputs,
    memory: peakMemory(graph),
    run: async (feeds) => {
      const fed: Record<string, RuntimeTensor> = {};
      for (const [name, tensor] of inputs) fed[name] = runtimeTensor(checkedFeed(name, tensor, feeds[name]));
      for (const name of reads)
        fed[name] = state.isPart(name) ? runtimeTensor(state.get(name)) : state.buffers(name).front;
      const fetches: Record<string, RuntimeTensor | null> = {};
      for (const name of names) fetches[name] = null;
      for (const { name, output } of updated) {
        if (state.isPart(name)) {
          fetches[output] = null; // written into its vector afterwards: the rest of the vector stays
          continue;
        }
        const buffers = state.buffers(name);
        buffers.back ??= runtimeTensor(zeros(buffers.front.dims, state.get(name).dtype));
        fetches[output] = buffers.back;
      }
      const results = await session.run(fed, fetches);
      for (const { name, output } of updated) {
        if (state.isPart(name)) {
          state.load({ [name]: fromRuntime(fetched(results, output)) });
          continue;
        }
        const buffers = state.buffers(name);
        const { front, back } = buffers;
        buffers.front = back ?? front;
        buffers.back = front;
      }
      const arrays = {} as Record<Name, NDArray>;
      for (const name of names) arrays[name] = fromRuntime(fetched(results, name));
      return arrays;
    },
    release: () => session.release(),
  };
}
