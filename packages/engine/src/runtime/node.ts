import { availableParallelism } from 'node:os';
import { switchOffTelemetry } from './telemetry.ts'; // before the runtime is loaded
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Runtime } from './runtime.ts';

/** ONNX Runtime's native CPU kernels. */
export const runtime: Runtime = {
  Tensor,
  blocks: true,
  createSession: async (
    model,
    { threads = availableParallelism(), spinning = true, memoryPattern = true },
  ) => {
    await switchOffTelemetry();
    return InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      enableMemPattern: memoryPattern,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 4,
      extra: { session: { intra_op: { allow_spinning: spinning ? '1' : '0' } } },
    });
  },
};
