import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { sizeOf, type DType, type Shape } from '../graph/dtype.ts';
import type { NDArray } from '../graph/ndarray.ts';
import type { ModelPorts, Port, RuntimeSessions } from './runtime.ts';

/** An array in memory that all threads see. */
export interface SharedArray {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: NDArray['data'];
}

/** What a worker thread runs: a model, the inputs that all shards share, and the shards of this thread. */
export interface WorkerShards {
  readonly model: Uint8Array;
  readonly options: InferenceSession.SessionOptions;
  readonly shared: readonly SharedArray[];
  readonly shards: readonly ShardArrays[];
}

interface ShardArrays {
  readonly inputs: readonly SharedArray[];
  readonly outputs: readonly SharedArray[];
}

/**
 * One model in several worker threads, each with a session of one thread. Values go through shared memory; messages only say when.
 */
export class ParallelSessions implements RuntimeSessions {
  readonly #workers: readonly Worker[];
  readonly #shared: readonly SharedArray[];
  readonly #shards: readonly ShardArrays[];
  readonly #results: readonly Readonly<Record<string, NDArray>>[];

  private constructor(
    workers: readonly Worker[],
    shared: readonly SharedArray[],
    shards: readonly ShardArrays[],
  ) {
    this.#workers = workers;
    this.#shared = shared;
    this.#shards = shards;
    this.#results = shards.map(({ outputs }) =>
      Object.fromEntries(outputs.map((array) => [array.name, array])),
    );
  }

  /**
   * Starts the threads.
   * @param count number of shards
   * @param threads number of threads; a thread runs its shards one after the other
   */
  static async create(
    model: Uint8Array,
    { shared, own, outputs }: ModelPorts,
    {
      count,
      threads,
      options,
    }: {
      readonly count: number;
      readonly threads: number;
      readonly options: InferenceSession.SessionOptions;
    },
  ): Promise<ParallelSessions> {
    const sharedArrays = shared.map(sharedArray);
    const shards = Array.from({ length: count }, () => ({
      inputs: own.map(sharedArray),
      outputs: outputs.map(sharedArray),
    }));
    const bytes = new Uint8Array(new SharedArrayBuffer(model.length)); // not copied for each thread
    bytes.set(model);
    const workers = Array.from({ length: Math.min(threads, count) }, (_, index) => {
      const workerData: WorkerShards = {
        model: bytes,
        options,
        shared: sharedArrays,
        shards: shards.filter((__, shard) => shard % threads === index),
      };
      // The package contains its sources, and the compiled files at the same depth.
      return new Worker(new URL('../../src/runtime/parallel-worker.mjs', import.meta.url), {
        workerData,
        execArgv: [], // flags such as --input-type are not for files
      });
    });
    const sessions = new ParallelSessions(workers, sharedArrays, shards);
    try {
      await sessions.#answers();
    } catch (error) {
      await sessions.release();
      throw error;
    }
    return sessions;
  }

  async run(
    shared: Readonly<Record<string, NDArray>>,
    own: readonly Readonly<Record<string, NDArray>>[],
  ): Promise<readonly Readonly<Record<string, NDArray>>[]> {
    fill(this.#shared, shared);
    for (const [index, { inputs }] of this.#shards.entries()) fill(inputs, own[index]!);
    for (const worker of this.#workers) worker.postMessage(undefined);
    await this.#answers();
    return this.#results;
  }

  async release(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  // Threads keep the process alive only while it waits for them.
  async #answers(): Promise<void> {
    const listening = new AbortController();
    const { signal } = listening;
    const answer = async (worker: Worker): Promise<void> => {
      worker.ref();
      const ended = once(worker, 'exit', { signal }).then(([code]) => {
        throw new Error(`a worker thread of ONNX Runtime ended with code ${String(code)}`);
      });
      ended.catch(() => undefined);
      const [problem] = (await Promise.race([once(worker, 'message', { signal }), ended])) as [
        string | undefined,
      ];
      worker.unref();
      if (problem !== undefined) throw new Error(problem);
    };
    try {
      await Promise.all(this.#workers.map(answer));
    } finally {
      listening.abort();
    }
  }
}

const TYPES = { float32: Float32Array, int64: BigInt64Array, bool: Uint8Array };

function sharedArray({ name, dtype, shape }: Port): SharedArray {
  const Elements: new (memory: SharedArrayBuffer) => NDArray['data'] = TYPES[dtype];
  const data = new Elements(new SharedArrayBuffer(sizeOf(shape) * TYPES[dtype].BYTES_PER_ELEMENT));
  return { name, dtype, shape, data };
}

function fill(arrays: readonly SharedArray[], values: Readonly<Record<string, NDArray>>): void {
  for (const { name, data } of arrays) (data as Float32Array).set(values[name]!.data as Float32Array);
}
