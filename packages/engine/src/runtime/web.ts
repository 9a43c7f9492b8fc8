import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import type { Runtime } from './runtime.ts';

export type { Runtime, RuntimeSession, RuntimeTensor, SessionOptions } from './runtime.ts';

/** Source and options of the runtime. */
export interface WebRuntimeOptions {
  /** Address of the folder with the runtime's files, such as `ort-wasm-simd-threaded.mjs` and `.wasm`, with a slash at its end. */
  readonly files: string;
  /** Threads of all sessions; more than one needs a cross-origin isolated page (default: 1). */
  readonly threads?: number | undefined;
  /**
   * `webgpu` computes on the GPU what it can, and the rest by WebAssembly (default: `wasm`, all by WebAssembly). Let your bundler put another
   * build in the place of `onnxruntime-web`: `onnxruntime-web/webgpu`, or the smaller `onnxruntime-web/jspi` for browsers with JSPI. Where there is
   * no GPU, or the build has no kernels for it, creating a session throws.
   */
  readonly provider?: 'wasm' | 'webgpu' | undefined;
}

/** Where sessions compute. */
let provider: 'wasm' | 'webgpu' = 'wasm';

/**
 * Sets the place of the runtime's files, for all sessions. Call it before the first one is created.
 * @example
 * configureWebRuntime({ files: '/ort/', threads: 2 });
 * configureWebRuntime({ files: '/ort/', provider: 'webgpu' }); // with onnxruntime-web/webgpu in place of onnxruntime-web
 */
export function configureWebRuntime({
  files,
  threads = 1,
  provider: chosen = 'wasm',
}: WebRuntimeOptions): void {
  provider = chosen;
  env.wasm.wasmPaths = files;
  env.wasm.numThreads = threads;
}

/** ONNX Runtime Web, which has no telemetry. Several threads need a cross-origin isolated page. */
export const runtime: Runtime = {
  Tensor,
  blocks: false,
  createSession: (model, { threads, memoryPattern = true }) => {
    if (threads !== undefined) env.wasm.numThreads = threads;
    return InferenceSession.create(model, {
      // With 'wasm' beside it, 'webgpu' would be dropped in silence where there is no GPU.
      executionProviders: [provider],
      graphOptimizationLevel: 'all',
      enableMemPattern: memoryPattern,
      logSeverityLevel: 4,
    });
  },
};
