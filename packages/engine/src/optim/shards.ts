import { runtime } from '#runtime';
import { InputError } from '../errors.ts';
import { sizeOf } from '../graph/dtype.ts';
import { Graph } from '../graph/graph.ts';
import type { NDArray } from '../graph/ndarray.ts';
import { bytesOf, peakMemory } from '../graph/peak-memory.ts';
import type { Tensor } from '../graph/tensor.ts';
import { inRuntimesLayout } from '../layout/runtimes-layout.ts';
import { encodeOnnx } from '../onnx/write/encode.ts';
import { inTurn } from '../runtime/in-turn.ts';
import type { Port, RuntimeSessions, SessionOptions, ShardModel } from '../runtime/runtime.ts';
import { checkedFeed, type Feeds } from '../session.ts';
import type { NamedTensors } from './optimizer.ts';

/**
 * Splits an array into equal parts of its first axis, the batch. The parts share memory with it.
 * @throws InputError when the number of parts does not divide the axis
 * @example
 * const parts = optim.shardsOf(float32([1, 2, 3, 4], [4, 1]), 2);
 * console.log(parts.map(({ data }) => [...data])); // [ [ 1, 2 ], [ 3, 4 ] ]
 */
export function shardsOf<T extends NDArray>(array: T, count: number): T[] {
  const [rows = 0, ...rest] = array.shape;
  if (!Number.isInteger(count) || count < 1 || rows === 0 || rows % count !== 0)
    throw new InputError(
      `shards: ${count} parts do not divide a batch of ${rows}; choose a whole number that divides it`,
    );
  const shape = [rows / count, ...rest];
  const size = sizeOf(shape);
  return Array.from({ length: count }, (_, index) => ({
    ...array,
    shape,
    data: array.data.subarray(index * size, (index + 1) * size),
  }));
}

/** A graph that is run on all shards of a batch. */
export interface ShardedGraph {
  /** Tensors to feed for each shard. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** Estimate of the peak memory of all shards together, in bytes. */
  readonly memory: number;
  /**
   * Runs the graph on each shard.
   * @param shared values of the inputs that all shards share
   * @param feeds for each shard, values of all other inputs
   * @returns the outputs of each shard, by name; the next run overwrites them
   */
  run(shared: Feeds, feeds: readonly Feeds[]): Promise<readonly Readonly<Record<string, NDArray>>[]>;
  release(): Promise<void>;
}

/**
 * Compiles a graph for the shards of a batch. Each shard is computed with one thread, so that its result does not depend on their number.
 * @param outputs by name
 * @param isShared whether an input has the same value for all shards
 */
export async function compileShards(
  outputs: NamedTensors,
  isShared: (input: string) => boolean,
  { count, ...options }: SessionOptions & { readonly count: number },
): Promise<ShardedGraph> {
  const graph = new Graph(outputs);
  const inputs = new Map([...graph.inputs].filter(([name]) => !isShared(name)));
  const shared = new Map([...graph.inputs].filter(([name]) => isShared(name)));
  const build = async (): Promise<ShardModel> => ({
    model: encodeOnnx(await inRuntimesLayout(graph)),
    ports: { shared: portsOf(shared), own: portsOf(inputs), outputs: portsOf(graph.outputs) },
  });
  const sessions =
    options.threads === 1 || runtime.createSessions === undefined
      ? await onOneThread(await build(), { ...options, count })
      : await runtime.createSessions(build, { ...options, count });
  const bytesOfShard = [...inputs.values(), ...graph.outputs.values()].reduce(
    (sum, tensor) => sum + bytesOf(tensor),
    0,
  );
  return {
    inputs,
    // Inputs and outputs of all shards stay in memory, and each run has copies of those of its shard.
    memory: sessions.atOnce * peakMemory(graph) + count * bytesOfShard,
    run: (values, feeds) =>
      sessions.run(
        checked(shared, values),
        feeds.map((each) => checked(inputs, each)),
      ),
    release: () => sessions.release(),
  };
}

function portsOf(tensors: ReadonlyMap<string, Tensor>): Port[] {
  return [...tensors].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
}

function checked(inputs: ReadonlyMap<string, Tensor>, feeds: Feeds): Record<string, NDArray> {
  return Object.fromEntries(
    [...inputs].map(([name, tensor]) => [name, checkedFeed(name, tensor, feeds[name])]),
  );
}

async function onOneThread(
  { model, ports }: ShardModel,
  { count, ...options }: SessionOptions & { readonly count: number },
): Promise<RuntimeSessions> {
  const session = await runtime.createSession(model, { ...options, threads: 1 });
  return inTurn(session, ports, { count, Tensor: runtime.Tensor });
}
