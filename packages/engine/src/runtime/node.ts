import { availableParallelism } from 'node:os';
import { switchOffTelemetry } from './telemetry.ts'; // before the runtime is loaded
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { blocking } from '../blocking.ts';
import { ParallelSessions } from './parallel.ts';
import type { Runtime, RuntimeSession, SessionOptions } from './runtime.ts';

/** ONNX Runtime's native CPU kernels. */
export const runtime: Runtime = {
  Tensor,
  blocks: true,
  createSession: async (model, options) => {
    await switchOffTelemetry();
    // The runtime loads and runs graphs in this thread.
    const session = await blocking(() => InferenceSession.create(model, nativeOptions(options)));
    let runs = 0;
    const run: RuntimeSession['run'] = (feeds, fetches) => {
      const given = feeds as InferenceSession.FeedsType;
      const wanted = fetches as InferenceSession.FetchesType | undefined;
      runs += 1;
      return blocking(
        () => (wanted === undefined ? session.run(given) : session.run(given, wanted)),
        runs - 1,
      );
    };
    return { run, release: () => session.release() };
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
