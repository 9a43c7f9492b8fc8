// @ts-check
/*
 * Runs a model on some shards of a batch. Each worker thread has its own session with one thread. The first message has the model, and each
 * message without one starts a run.
 *
 * This is plain JavaScript because a thread starts from a file that Node runs directly.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** @type {Int32Array} */
const busy = workerData.busy;

const TYPES = { float32: Float32Array, int64: BigInt64Array, bool: Uint8Array };

/** Stays undefined where the thread gets no model, because the model could not be made. @type {(() => Promise<void>) | undefined} */
let run;

parentPort?.on('message', (/** @type {import('./parallel.ts').WorkerShards | undefined} */ shards) => {
  next(shards)
    .finally(finished)
    .then(
      () => parentPort?.postMessage(undefined),
      (error) => parentPort?.postMessage(String(error?.message ?? error)),
    );
});

/** @param {import('./parallel.ts').WorkerShards | undefined} shards */
async function next(shards) {
  await (shards === undefined ? run?.() : load(shards));
}

/** @param {import('./parallel.ts').WorkerShards} work */
async function load({ model, options, shared, shards }) {
  // The runtime does not take shared memory: threads copy the model and all values.
  const session = await InferenceSession.create(model.slice(), options);
  const sharedCopies = copies(shared);
  const shardCopies = shards.map(({ inputs, outputs }) => ({
    inputs: copies(inputs),
    outputs: copies(outputs),
  }));
  run = async () => {
    for (const { from, to } of sharedCopies) to.set(from);
    for (const { inputs, outputs } of shardCopies) {
      for (const { from, to } of inputs) to.set(from);
      await session.run(tensors([...sharedCopies, ...inputs]), tensors(outputs));
      for (const { from, to } of outputs) from.set(to);
    }
  };
}

// An exit of the process waits for this: see parallel.ts.
function finished() {
  Atomics.store(busy, 0, 0);
  Atomics.notify(busy, 0);
}

/** @param {readonly import('./parallel.ts').SharedArray[]} arrays */
function copies(arrays) {
  return arrays.map(({ name, dtype, shape, data }) => {
    // One type for all: `set` is called with arrays of the same type only.
    const from = /** @type {Float32Array} */ (data);
    const to = new TYPES[dtype](from.length);
    return { name, from, to: /** @type {Float32Array} */ (to), tensor: new Tensor(dtype, to, shape) };
  });
}

/** @param {readonly { name: string, tensor: Tensor }[]} parts */
function tensors(parts) {
  return Object.fromEntries(parts.map(({ name, tensor }) => [name, tensor]));
}
