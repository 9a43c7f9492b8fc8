import type { LiveAnswer, LiveArray, LiveArrays, LiveRequest } from './messages.ts';

/** A model that runs in the page. */
export interface LiveModel {
  /**
   * Computes outputs. @returns the outputs, and the time of the model in milliseconds
   */
  run(
    feeds: LiveArrays,
    fetches: readonly string[],
  ): Promise<{ readonly outputs: LiveArrays; readonly milliseconds: number }>;
  /** Frees its memory. */
  release(): void;
}

type Unnumbered = LiveRequest extends infer R ? (R extends LiveRequest ? Omit<R, 'number'> : never) : never;

/** The place of the files of ONNX Runtime Web: beside the folder of the page's scripts. */
const here = import.meta.url;
const FILES = import.meta.env.DEV ? '/ort/' : '../ort/';

/**
 * How much work a model does in one call. A small model takes a millisecond or two and uses one thread. If another program uses the
 * processor too, such as a training, more threads would only wait for each other.
 */
export type Work = 'small' | 'large';

/** The work of a network that makes or reads pictures of this size. */
export function workOf({ size }: { readonly size: number }): Work {
  return size > 64 ? 'large' : 'small';
}

/** Threads of large work: half of the processors, but two, since trainings need the others; more than four gain little. */
function threadsFor(work: Work): number {
  const { hardwareConcurrency: processors } = navigator;
  if (work === 'small' || !crossOriginIsolated) return 1; // threads share memory, which needs an isolated page
  return Math.min(4, processors, Math.max(2, processors >> 1));
}

/** ONNX Runtime in a worker of the page. */
class LiveRuntime {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  readonly #asked = new Map<number, { done: (answer: LiveAnswer) => void; fail: (error: Error) => void }>();
  #number = 0;

  constructor(threads: number) {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<LiveAnswer>) => {
      const asked = this.#asked.get(data.number);
      this.#asked.delete(data.number);
      if (data.type === 'failed') asked?.fail(new Error(data.message));
      else asked?.done(data);
    });
    this.#worker.addEventListener('error', ({ message }) => {
      for (const { fail } of this.#asked.values())
        fail(new Error(message || 'the worker of the page did not start'));
      this.#asked.clear();
    });
    void this.ask({ type: 'start', files: new URL(FILES, here).href, threads });
  }

  ask(request: Unnumbered): Promise<LiveAnswer> {
    this.#number += 1;
    const number = this.#number;
    return new Promise((done, fail) => {
      this.#asked.set(number, { done, fail });
      this.#worker.postMessage({ ...request, number });
    });
  }
}

/** All sessions of a runtime share its threads. */
const runtimes = new Map<number, LiveRuntime>();

/**
 * Loads a model, to be run in the page.
 * @param address of an ONNX file
 * @param work how much work a run is
 * @throws Error in a line, when the server refuses it or the runtime does not start
 */
export async function loadLiveModel(address: string, work: Work): Promise<LiveModel> {
  const answer = await fetch(address);
  if (!answer.ok) {
    const { error = [] } = (await answer.json().catch(() => ({}))) as {
      error?: (string | { option: string })[];
    };
    const refused = error.map((each) => (typeof each === 'string' ? each : each.option)).join('');
    throw new Error(refused || `${address}: the server answered ${answer.status}`);
  }
  const threads = threadsFor(work);
  const runtime = runtimes.get(threads) ?? new LiveRuntime(threads);
  runtimes.set(threads, runtime);
  const loaded = await runtime.ask({ type: 'load', bytes: new Uint8Array(await answer.arrayBuffer()) });
  if (loaded.type !== 'loaded') throw new Error('the model was not loaded');
  const { model } = loaded;
  return {
    async run(feeds, fetches) {
      const ran = await runtime.ask({ type: 'run', model, feeds, fetches });
      if (ran.type !== 'ran') throw new Error('the model did not run');
      return ran;
    },
    release: () => void runtime.ask({ type: 'release', model }),
  };
}

/** The numbers of an output. @throws Error when the model has no such output */
export function floatsOf(outputs: LiveArrays, name: string): Float32Array<ArrayBuffer> {
  const { data } = outputs[name] ?? {};
  if (!(data instanceof Float32Array)) throw new Error(`the model gave no "${name}"`);
  return data;
}

/** A float32 array. */
export function floats(data: Float32Array<ArrayBuffer>, shape: readonly number[]): LiveArray {
  return { dtype: 'float32', data, shape };
}
