import { availableParallelism } from 'node:os';
import { switchOffTelemetry } from './telemetry.ts'; // before the runtime is loaded
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { createNativeSession } from './native-session.ts';
import { ParallelSessions } from './parallel.ts';
import type { Runtime, SessionOptions } from './runtime.ts';

/** ONNX Runtime's native CPU kernels. */
export const runtime: Runtime = {
  Tensor,
  blocks: true,
  createSession: async (model, options) => {
    await switchOffTelemetry();
    return createNativeSession(model, nativeOptions(options));
  },
  createSessions: async (build, { count, threads = availableParallelism(), ...options }) => {
    await switchOffTelemetry();
    return ParallelSessions.create(build, {
      count,
      threads,
      options: nativeOptions({ ...options, threads: 1 }),
    });
  },
};

function nativeOptions({
  threads = availableParallelism(),
  spinning = true,
  memoryPattern = true,
}: SessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: memoryPattern,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: spinning ? '1' : '0' } } },
  };
}
