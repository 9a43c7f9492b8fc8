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
}
