import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import type { Runtime } from './runtime.ts';

export type { Runtime, RuntimeSession, RuntimeTensor, SessionOptions } from './runtime.ts';

/** Source and options of the WebAssembly runtime. */
export interface WebRuntimeOptions {
  /** Address of the folder with `ort-wasm-simd-threaded.mjs` and `.wasm`, with a slash at its end. */
  readonly files: string;
  /** Threads of all sessions; more than one needs a cross-origin isolated page (default: 1). */
  readonly threads?: number | undefined;
}

/**
 * Sets the place of the runtime's files, for all sessions. Call it before the first one is created.
 * @example
 * configureWebRuntime({ files: '/ort/', threads: 2 });
 */
export function configureWebRuntime({ files, threads = 1 }: WebRuntimeOptions): void {
  env.wasm.wasmPaths = files;
  env.wasm.numThreads = threads;
}

/** ONNX Runtime's WebAssembly kernels, which have no telemetry. Several threads need a cross-origin isolated page. */
export const runtime: Runtime = {
  Tensor,
  createSession: (model, { threads, memoryPattern = true }) => {
    if (threads !== undefined) env.wasm.numThreads = threads;
    return InferenceSession.create(model, {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
      enableMemPattern: memoryPattern,
      logSeverityLevel: 4,
    });
  },
};
