import { Worker } from 'node:worker_threads';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { sizeOf, type DType, type Shape } from '../graph/dtype.ts';
import type { NDArray } from '../graph/ndarray.ts';
import { inTurn } from './in-turn.ts';
import { createNativeSession } from './native-session.ts';
import type { Port, RuntimeSessions, ShardModel } from './runtime.ts';

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

/** A thread that is ended inside ONNX Runtime aborts the whole process, so an exit of the process waits for it, at most so many milliseconds. */
const EXIT_MS = 10_000;

/** Threads that compute. */
const computing = new Set<Int32Array>();

function waitForThreads(): void {
  for (const busy of computing) Atomics.wait(busy, 0, 1, EXIT_MS);
}

/** A worker thread with a session. It answers each message: the model, and then the start of each run. */
class Thread {
  readonly #worker: Worker;
  /** One element: 1 while the thread computes, else 0. */
  readonly #busy = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  /** Why the thread has ended. */
  #ended: Error | undefined;
  #settle: ((problem: Error | undefined) => void) | undefined;

  constructor() {
    if (!process.listeners('exit').includes(waitForThreads)) process.on('exit', waitForThreads);
    this.#begin();
    // The package contains its sources, and the compiled files at the same depth.
    this.#worker = new Worker(new URL('../../src/runtime/parallel-worker.mjs', import.meta.url), {
      workerData: { busy: this.#busy },
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

  /** Starts a run; with a model, only loads it. */
  start(work?: WorkerShards): void {
    this.#begin();
    this.#worker.postMessage(work);
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
 * One model in several threads, each with a session of one thread. The thread that asks is one of them, the others are worker threads, with
 * which values go through shared memory; messages only say when.
 */
export class ParallelSessions implements RuntimeSessions {
  readonly #threads: readonly Thread[];
  #work: Work | undefined;
  #running: Promise<unknown> | undefined;
  #released = false;

  private constructor(threads: readonly Thread[]) {
    this.#threads = threads;
  }

  /**
   * Starts the threads, which takes some time, and makes the model meanwhile.
   * @param count number of shards
   * @param threads number of threads, this one included; a thread runs its shards one after the other
   */
  static async create(
    build: () => Promise<ShardModel>,
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
    const workers = Math.min(threads, count) - 1;
    const sessions = new ParallelSessions(Array.from({ length: workers }, () => new Thread()));
    try {
      await sessions.#load(await build(), count, options);
    } catch (error) {
      await sessions.release();
      throw error;
    }
    return sessions;
  }

  get atOnce(): number {
    return this.#threads.length + 1;
  }

  async run(
    shared: Readonly<Record<string, NDArray>>,
    own: readonly Readonly<Record<string, NDArray>>[],
  ): Promise<readonly Readonly<Record<string, NDArray>>[]> {
    const { here, shared: arrays, shards } = this.#work!;
    fill(arrays, shared);
    for (const [index, array] of shards) fill(array.inputs, own[index]!);
    for (const thread of this.#threads) thread.start();
    const first = await this.#withAnswers(() =>
      here.run(
        shared,
        own.filter((_, index) => !shards.has(index)),
      ),
    );
    return own.map((_, index) => {
      const outputs = shards.get(index)?.outputs;
      if (outputs === undefined) return first[index / this.atOnce]!;
      return Object.fromEntries(outputs.map((array) => [array.name, array]));
    });
  }

  async release(): Promise<void> {
    if (this.#work === undefined) {
      for (const thread of this.#threads) thread.start(); // a thread that still loads the runtime must not be ended either
      await Promise.all(this.#threads.map((thread) => thread.answer()));
    }
    await this.#running; // a thread that is ended inside ONNX Runtime aborts the process
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
    const { here } = this.#work ?? {};
    if (!this.#released) await here?.release();
    this.#released = true;
  }

  async #load(
    { model, ports }: ShardModel,
    count: number,
    options: InferenceSession.SessionOptions,
  ): Promise<void> {
    const threads = this.atOnce;
    const shared = ports.shared.map(sharedArray);
    const shards = new Map<number, ShardArrays>();
    for (let index = 0; index < count; index++)
      if (index % threads > 0)
        shards.set(index, { inputs: ports.own.map(sharedArray), outputs: ports.outputs.map(sharedArray) });
    const bytes = new Uint8Array(new SharedArrayBuffer(model.length)); // not copied for each thread
    bytes.set(model);
    for (const [i, thread] of this.#threads.entries()) {
      const own = [...shards].filter(([index]) => index % threads === i + 1).map(([, arrays]) => arrays);
      thread.start({ model: bytes, options, shared, shards: own });
    }
    await this.#withAnswers(async () => {
      const session = await createNativeSession(model, options);
      const here = inTurn(session, ports, { count: count - shards.size, Tensor });
      this.#work = { here, shared, shards };
    });
  }

  // Waits for all, also if one fails: a late answer would count as that of the next run.
  async #withAnswers<T>(work: () => Promise<T>): Promise<T> {
    const answers = Promise.all(this.#threads.map((thread) => thread.answer()));
    const result = work();
    this.#running = Promise.allSettled([answers, result]);
    await this.#running;
    const problem = (await answers).find((each) => each !== undefined);
    if (problem !== undefined) throw problem;
    return result;
  }
}

/** What the threads compute. */
interface Work {
  /** The shards of this thread: the first, and each after as many as there are threads. */
  readonly here: RuntimeSessions;
  readonly shared: readonly SharedArray[];
  /** The shards of the other threads, by their index. */
  readonly shards: ReadonlyMap<number, ShardArrays>;
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
