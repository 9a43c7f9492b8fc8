import { runtime } from '#runtime';
import { InputError } from './errors.ts';
import { formatShape, sameShape } from './graph/dtype.ts';
import { Graph } from './graph/graph.ts';
import type { NDArray } from './graph/ndarray.ts';
import type { Tensor } from './graph/tensor.ts';
import { inRuntimesLayout } from './layout/runtimes-layout.ts';
import { encodeOnnx } from './onnx/write/encode.ts';
import type { RuntimeSession, RuntimeTensor, SessionOptions } from './runtime/runtime.ts';

export type { SessionOptions } from './runtime/runtime.ts';

/** Host arrays by input name. */
export type Feeds = Readonly<Record<string, NDArray>>;

/** A compiled graph: feeds in, outputs out. */
export interface Session<Name extends string> {
  /** The tensors to feed, by name. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  /**
   * Computes the outputs.
   * @param fetches the requested outputs (default: all)
   * @throws InputError when an input is missing or has another shape or dtype
   */
  run(feeds: Feeds, fetches?: readonly Name[]): Promise<Record<Name, NDArray>>;
  /** Frees the native memory. */
  release(): Promise<void>;
}

/**
 * Compiles outputs, and everything they depend on, to a session of ONNX Runtime. @param outputs the tensors to compute, by their names in
 * the result
 */
export async function compile<Name extends string>(
  outputs: Readonly<Record<Name, Tensor>>,
  options: SessionOptions = {},
): Promise<Session<Name>> {
  const graph = new Graph(outputs);
  const session = await createSession(graph, options);
  const names = Object.keys(outputs) as Name[];
  return {
    inputs: graph.inputs,
    run: async (feeds, fetches = names) => {
      const results = await session.run(toRuntime(graph.inputs, feeds), fetches);
      const arrays = {} as Record<Name, NDArray>;
      for (const name of fetches) arrays[name] = fromRuntime(fetched(results, name));
      return arrays;
    },
    release: () => session.release(),
  };
}

/** Encodes a graph and loads it into ONNX Runtime. */
export async function createSession(graph: Graph, options: SessionOptions): Promise<RuntimeSession> {
  return runtime.createSession(encodeOnnx(await inRuntimesLayout(graph)), options);
}

function toRuntime(inputs: ReadonlyMap<string, Tensor>, feeds: Feeds): Record<string, RuntimeTensor> {
  const fed: Record<string, RuntimeTensor> = {};
  for (const [name, tensor] of inputs) fed[name] = runtimeTensor(checkedFeed(name, tensor, feeds[name]));
  return fed;
}

/** @throws InputError when the array is missing or wrong for the input */
export function checkedFeed(name: string, { dtype, shape }: Tensor, array: NDArray | undefined): NDArray {
  if (array === undefined)
    throw new InputError(`run: input "${name}" is missing; feed ${dtype} ${formatShape(shape)}`);
  if (array.dtype !== dtype || !sameShape(array.shape, shape)) {
    throw new InputError(
      `run: input "${name}" is ${array.dtype} ${formatShape(array.shape)}, expected ${dtype} ${formatShape(shape)}`,
    );
  }
  return array;
}

/** Wraps a host array for ONNX Runtime; the elements are shared, not copied. */
export function runtimeTensor({ dtype, data, shape }: NDArray): RuntimeTensor {
  return new runtime.Tensor(dtype, data, shape);
}

/** A host array over the elements of a CPU tensor of ONNX Runtime; they are shared, not copied. */
export function fromRuntime(tensor: RuntimeTensor): NDArray {
  const { dims: shape, data } = tensor;
  if (data instanceof Float32Array) return { dtype: 'float32', shape, data };
  if (data instanceof BigInt64Array) return { dtype: 'int64', shape, data };
  if (data instanceof Uint8Array) return { dtype: 'bool', shape, data };
  throw new Error(`ONNX Runtime gave a tensor of type ${tensor.type}, which the engine does not use`);
}

/** The result of a given name. */
export function fetched(results: Readonly<Record<string, RuntimeTensor>>, name: string): RuntimeTensor {
  const tensor = results[name];
  if (tensor === undefined) throw new Error(`ONNX Runtime gave no output "${name}"`);
  return tensor;
}
