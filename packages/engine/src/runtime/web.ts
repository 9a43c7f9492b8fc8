import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import type { Runtime } from './runtime.ts';

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
