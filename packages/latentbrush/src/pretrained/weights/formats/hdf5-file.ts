import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { InputError } from '@latentbrush/engine';
import { weightsError } from '../weights-error.ts';

/** A tensor of an HDF5 file, as float32 for any precision in the file. */
export interface Hdf5Tensor {
  /** Names of the groups and of the tensor, joined by "/". */
  readonly path: string;
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
  /** The name of its layer, where Keras 3 recorded it. */
  readonly layer?: string | undefined;
}

/** The contents of an HDF5 file of weights. */
export interface Hdf5Contents {
  readonly tensors: readonly Hdf5Tensor[];
  /** The backend of Keras that wrote it, if recorded: `tensorflow`, `theano` ... */
  readonly backend?: string | undefined;
}

/** Limits on an HDF5 file. */
export interface Hdf5Limits {
  /** Elements of all tensors in total; default 2^28, and less for small files. */
  readonly elements: number;
  /** Groups and tensors in total; default 20,000. */
  readonly objects: number;
  /** Depth of nested groups; default 16. */
  readonly depth: number;
  /** Bytes of memory of the library; default 128 MiB and 16 times the size of the file. */
  readonly memory: number;
}

/** A request to the thread. */
export interface Hdf5Request {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly limits: Hdf5Limits;
  readonly skip: readonly string[];
}

/** An answer of the thread: contents, or the fault of the file and whether it broke the library. */
export type Hdf5Answer =
  | Hdf5Contents
  | { readonly problem: string; readonly cause?: string; readonly trapped: boolean };

/** How to read a file. */
export interface Hdf5ReadOptions {
  readonly limits?: Partial<Hdf5Limits>;
  /** Groups at the root to skip. */
  readonly skip?: readonly string[];
  /** Milliseconds after which a file counts as damaged; default 30 s plus 1 s for every 10 MB. */
  readonly timeout?: number;
}

// VGG19 with its classifier, the largest of these networks, has 144 million weights in 70 objects.
function defaultLimits(fileBytes: number): Hdf5Limits {
  // Compression hardly makes weights smaller; a small file that declares gigabytes is an attack.
  const elements = Math.min(2 ** 28, Math.max(2 ** 20, 16 * fileBytes));
  return { elements, objects: 20_000, depth: 16, memory: 2 ** 27 + 16 * fileBytes };
}

/**
 * Reads HDF5 files with h5wasm in a separate thread, which can be ended when a damaged file hangs or breaks the library. One file at a
 * time. The thread starts with the first file and runs until `close`.
 */
export class Hdf5Reader {
  #worker: Promise<Worker> | undefined;

  /**
   * All tensors of a file.
   * @param bytes the whole file, untrusted; its buffer is moved to the thread and is empty afterwards
   * @param name of the file in messages
   * @throws InputError when it is damaged, has other types than floats of 16 to 64 bits, exceeds a limit, or takes too long
   */
  async read(
    bytes: Uint8Array<ArrayBuffer>,
    name: string,
    { limits, skip = [], timeout = 30_000 + bytes.length / 10_000 }: Hdf5ReadOptions = {},
  ): Promise<Hdf5Contents> {
    const worker = await (this.#worker ??= startWorker());
    const request: Hdf5Request = { bytes, limits: { ...defaultLimits(bytes.length), ...limits }, skip };
    let answer: Hdf5Answer | undefined;
    try {
      answer = await ask(worker, request, timeout);
    } finally {
      if (answer === undefined || ('trapped' in answer && answer.trapped)) await this.close();
    }
    if (answer === undefined) {
      throw new InputError(
        `${name}: reading it took longer than ${Math.round(timeout)} ms; it is probably damaged`,
      );
    }
    if ('problem' in answer) {
      throw weightsError(new InputError(answer.problem, { cause: answer.cause }), name);
    }
    return answer;
  }

  /** Ends the thread; the next `read` starts a new one. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await (await worker)?.terminate();
  }
}

/** MiB of JavaScript's heap in the thread. Tensors are not in it. */
const MAX_HEAP = 256;

async function startWorker(): Promise<Worker> {
  // The package contains its sources, and the compiled files at the same depth.
  const worker = new Worker(
    new URL('../../../../src/pretrained/weights/formats/hdf5-worker.mjs', import.meta.url),
    {
      execArgv: [], // flags such as --input-type are not for files
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP },
      stdout: true,
      stderr: true, // libhdf5 prints pages about every damaged file
    },
  );
  // Always listened to: an error event without a listener ends the process.
  worker.on('error', () => undefined);
  worker.stdout.resume();
  worker.stderr.resume();
  await once(worker, 'message'); // it is ready
  return worker;
}

/** The thread's answer, or undefined after the timeout. */
async function ask(worker: Worker, request: Hdf5Request, timeout: number): Promise<Hdf5Answer | undefined> {
  const listening = new AbortController();
  const { signal } = listening;
  const ended = once(worker, 'exit', { signal }).then(([code]) => {
    throw new Error(`the thread that reads HDF5 files ended with code ${String(code)}`);
  });
  const answered = once(worker, 'message', { signal }).then(([answer]) => answer as Hdf5Answer);
  worker.postMessage(request, [request.bytes.buffer]);
  try {
    return await Promise.race([answered, ended, wait(timeout, undefined, { signal })]);
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    return { problem: 'it needs too much memory; it is probably damaged', trapped: true };
  } finally {
    ended.catch(() => undefined);
    listening.abort();
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
