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
   * Let ONNX Runtime plan all buffers of a run as one block, from the second run on (default true). The buffers of the first run are
   * kept beside it, so false nearly halves the memory of graphs with large activations.
   */
  readonly memoryPattern?: boolean | undefined;
}

/** What a platform offers to run ONNX models: onnxruntime-node in Node, onnxruntime-web in browsers. */
export interface Runtime {
  readonly Tensor: TensorConstructor;
  createSession(model: Uint8Array, options: SessionOptions): Promise<InferenceSession>;
}
