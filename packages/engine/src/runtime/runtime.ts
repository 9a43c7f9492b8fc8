import type { DType, Shape } from '../graph/dtype.ts';
import type { NDArray } from '../graph/ndarray.ts';

export interface SessionOptions {
  /** Threads for one operator (default: all processors). The same number gives the same bytes again. */
  readonly threads?: number | undefined;
  /**
   * Let worker threads spin while they wait for the next operator (default true). This is fastest with one session; false leaves the
   * processor to others, for example when several sessions alternate.
   */
  readonly spinning?: boolean | undefined;
  /**
   * Learn from the first run where each value is in memory, and then allocate all values as one block (default true).
   * This saves small allocations. But the memory of the first run also stays allocated, so a graph with large values needs nearly twice
   * as much: use false for those.
   */
  readonly memoryPattern?: boolean | undefined;
}

/** The part of ONNX Runtime's tensor type that the engine needs. The runtime's own types need those of browsers, also in Node. */
export interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  /** A typed array. */
  readonly data: unknown;
}

/** The part of ONNX Runtime's session type that the engine needs. */
export interface RuntimeSession {
  /**
   * Computes outputs.
   * @param fetches names of outputs; or, by name, tensors to write them to, null for new ones
   */
  run(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    fetches?: readonly string[] | Readonly<Record<string, RuntimeTensor | null>>,
  ): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
}

/** An input or output of a model. */
export interface Port {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** The inputs of a model that all shards share, the inputs of which each shard has its own, and the outputs of the model. */
export interface ModelPorts {
  readonly shared: readonly Port[];
  readonly own: readonly Port[];
  readonly outputs: readonly Port[];
}

/** A model that runs on shards of a batch. */
export interface ShardModel {
  readonly model: Uint8Array;
  readonly ports: ModelPorts;
}

/** One model that runs on several shards of a batch at the same time, with one thread each. */
export interface RuntimeSessions {
  /** The number of shards that are computed at the same time. */
  readonly atOnce: number;
  /**
   * Runs the model on all shards.
   * @param shared values of the inputs that all shards share
   * @param own for each shard, values of its own inputs
   * @returns the outputs of each shard; the next run overwrites them
   */
  run(
    shared: Readonly<Record<string, NDArray>>,
    own: readonly Readonly<Record<string, NDArray>>[],
  ): Promise<readonly Readonly<Record<string, NDArray>>[]>;
  release(): Promise<void>;
}

/** The platform's interface for running ONNX models: onnxruntime-node in Node, onnxruntime-web in browsers. */
export interface Runtime {
  readonly Tensor: new (
    type: 'float32' | 'int64' | 'bool',
    data: Float32Array | BigInt64Array | Uint8Array,
    dims: readonly number[],
  ) => RuntimeTensor;
  /** Whether the runtime may have kernels for pictures in blocks of channels. */
  readonly blocks: boolean;
  createSession(model: Uint8Array, options: SessionOptions): Promise<RuntimeSession>;
  /**
   * Creates sessions in several threads. Undefined where there are none: then one session runs all shards.
   * @param build makes the model, while the threads start
   * @param count number of shards
   */
  createSessions?(
    build: () => Promise<ShardModel>,
    options: SessionOptions & { readonly count: number },
  ): Promise<RuntimeSessions>;
}
