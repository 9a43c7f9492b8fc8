import { InferenceSession } from 'onnxruntime-node';
import { blocking } from '../blocking.ts';
import type { RuntimeSession } from './runtime.ts';

/** A session of ONNX Runtime, which loads and runs its graph in this thread, and reports that it is busy. */
export async function createNativeSession(
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<RuntimeSession> {
  const session = await blocking(() => InferenceSession.create(model, options));
  let runs = 0;
  return {
    run: (feeds, fetches) => {
      const given = feeds as InferenceSession.FeedsType;
      const wanted = fetches as InferenceSession.FetchesType | undefined;
      const run = () => (wanted === undefined ? session.run(given) : session.run(given, wanted));
      runs += 1;
      return blocking(run, runs - 1);
    },
    release: () => session.release(),
  };
}
