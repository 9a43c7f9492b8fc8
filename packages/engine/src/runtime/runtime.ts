import type { InferenceSession, TensorConstructor } from 'onnxruntime-common';

export interface SessionOptions {
  /** Threads for one operator (default: all processors). The same number gives the same bytes again. */
  readonly threads?: number | undefined;
  /**
   * Let worker threads wait busily for the next operator (default true). Fastest while one session works; false leaves
   * the processor to others, for example while several sessions take turns.
   */
  readonly spinning?: boolean | undefined;
  /**
   * Learn from the first run where each value lies in memory, and take all of it as one block from then on (default true).
   * Saves small allocations; but the memory of the first run stays held as well, so a graph with large values needs nearly twice
   * as much: false for those.
   */
  readonly memoryPattern?: boolean | undefined;
}

/** What a platform offers to run ONNX models: onnxruntime-node in Node, onnxruntime-web in browsers. */
export interface Runtime {
  readonly Tensor: TensorConstructor;
  createSession(model: Uint8Array, options: SessionOptions): Promise<InferenceSession>;
}
