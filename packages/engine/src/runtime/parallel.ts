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
  /** One element: 1 while the thread computes, else 0. */
  readonly busy: Int32Array;
}

interface ShardArrays {
  readonly inputs: readonly SharedArray[];
  readonly outputs: readonly SharedArray[];
}

/** A thread that is ended inside ONNX Runtime aborts the whole process, so an exit of the process waits for it, at most so many milliseconds. */
const EXIT_MS = 10_000;

/** Threads that compute. */
const computing = new Set<Int32Array>();

function waitForThreads(): void {
  for (const busy of computing) Atomics.wait(busy, 0, 1, EXIT_MS);
}

/** A worker thread with a session. It sends one message when the session is ready, and one after each run. */
class Thread {
  readonly #worker: Worker;
  readonly #busy = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  /** Why the thread has ended. */
  #ended: Error | undefined;
  #settle: ((problem: Error | undefined) => void) | undefined;

  constructor(work: Omit<WorkerShards, 'busy'>) {
    if (!process.listeners('exit').includes(waitForThreads)) process.on('exit', waitForThreads);
    this.#begin();
    const workerData: WorkerShards = { ...work, busy: this.#busy };
    // The package contains its sources, and the compiled files at the same depth.
    this.#worker = new Worker(new URL('../../src/runtime/parallel-worker.mjs', import.meta.url), {
      workerData,
      execArgv: [], // flags such as --input-type are not for files
    });
    this.#worker.on('message', (problem: string | undefined) =>
      this.#finish(problem === undefined ? undefined : new Error(problem)),
    );
    // Always listened to: an error event without a listener ends the process.
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', (code) =>
      this.#end(new Error(`a worker thread of ONNX Runtime ended with code ${code}`)),
    );
  }

  /** Starts a run. */
  start(): void {
    this.#begin();
    this.#worker.postMessage(undefined);
  }

  /** Waits for the next message. @returns what went wrong */
  async answer(): Promise<Error | undefined> {
    if (this.#ended !== undefined) return this.#ended;
    this.#worker.ref(); // only now does it keep the process alive
    try {
      return await new Promise((resolve) => {
        this.#settle = resolve;
      });
    } finally {
      this.#worker.unref();
    }
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #begin(): void {
    Atomics.store(this.#busy, 0, 1);
    computing.add(this.#busy);
  }

  #finish(problem: Error | undefined): void {
    computing.delete(this.#busy);
    this.#settle?.(problem);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#finish(this.#ended);
  }
}

/**
 * One model in several worker threads, each with a session of one thread. Values go through shared memory; messages only say when.
 */
export class ParallelSessions implements RuntimeSessions {
  readonly #threads: readonly Thread[];
  readonly #shared: readonly SharedArray[];
  readonly #shards: readonly ShardArrays[];
  readonly #results: readonly Readonly<Record<string, NDArray>>[];
  readonly atOnce: number;
  #running: Promise<readonly (Error | undefined)[]> | undefined;

  private constructor(
    threads: readonly Thread[],
    shared: readonly SharedArray[],
    shards: readonly ShardArrays[],
  ) {
    this.#threads = threads;
    this.atOnce = threads.length;
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
    const started = Array.from(
      { length: Math.min(threads, count) },
      (_, index) =>
        new Thread({
          model: bytes,
          options,
          shared: sharedArrays,
          shards: shards.filter((__, shard) => shard % threads === index),
        }),
    );
    const sessions = new ParallelSessions(started, sharedArrays, shards);
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
    for (const thread of this.#threads) thread.start();
    await this.#answers();
    return this.#results;
  }

  async release(): Promise<void> {
    await this.#running; // a thread that is ended inside ONNX Runtime aborts the process
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  // Waits for all, also if one fails: a late answer would count as that of the next run.
  async #answers(): Promise<void> {
    this.#running = Promise.all(this.#threads.map((thread) => thread.answer()));
    const problems = await this.#running;
    const [problem] = problems.filter((each) => each !== undefined);
    if (problem !== undefined) throw problem;
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
