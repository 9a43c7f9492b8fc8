import { giveUpGpu, prefersGpu } from './gpu-choice.ts';
import type { LiveAnswer, LiveArray, LiveArrays, LiveRequest } from './messages.ts';
import { WithFallback } from './with-fallback.ts';

/** Where a model computes. */
export type Device = 'gpu' | 'processor';

/** What a model computed. */
export interface Ran {
  readonly outputs: LiveArrays;
  /** Time of the model. */
  readonly milliseconds: number;
  readonly device: Device;
}

/** A model that runs in the page. */
export interface LiveModel {
  /** Computes outputs. */
  run(feeds: LiveArrays, fetches: readonly string[]): Promise<Ran>;
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
  readonly device: Device;
  readonly #worker: Worker;
  readonly #asked = new Map<number, { done: (answer: LiveAnswer) => void; fail: (error: Error) => void }>();
  #number = 0;
  #broken: Error | undefined;

  constructor(device: Device, threads: number) {
    this.device = device;
    this.#worker =
      device === 'gpu'
        ? new Worker(new URL('./gpu-worker.ts', import.meta.url), { type: 'module' })
        : new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<LiveAnswer>) => {
      const asked = this.#asked.get(data.number);
      this.#asked.delete(data.number);
      if (data.type === 'failed') asked?.fail(new Error(data.message));
      else asked?.done(data);
    });
    this.#worker.addEventListener('error', ({ message }) => {
      this.#broken = new Error(message || 'the worker of the page did not start');
      for (const { fail } of this.#asked.values()) fail(this.#broken);
      this.#asked.clear();
    });
    this.ask({ type: 'start', files: new URL(FILES, here).href, threads }).catch(() => undefined); // loading fails, too
  }

  ask(request: Unnumbered): Promise<LiveAnswer> {
    this.#number += 1;
    const number = this.#number;
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    return new Promise((done, fail) => {
      this.#asked.set(number, { done, fail });
      this.#worker.postMessage({ ...request, number });
    });
  }
}

/** All sessions of a runtime share its threads. */
const runtimes = new Map<string, LiveRuntime>();

/** The runtime of a device, started when it is first wanted. */
function runtimeOn(device: Device, work: Work): LiveRuntime {
  const threads = device === 'gpu' ? 1 : threadsFor(work);
  const key = `${device} ${threads}`;
  const runtime = runtimes.get(key) ?? new LiveRuntime(device, threads);
  runtimes.set(key, runtime);
  return runtime;
}

/** How a model is loaded. */
export interface Loading {
  /** How much work a run is. */
  readonly work: Work;
  /** Whether it may run on a GPU, where there is one (default: false). */
  readonly mayUseGpu?: boolean;
}

/**
 * Loads a model, to be run in the page. If the GPU fails, the model runs on the processor.
 * @param address of an ONNX file
 * @throws Error in a line, when the server refuses it or the runtime does not start
 */
export async function loadLiveModel(
  address: string,
  { work, mayUseGpu = false }: Loading,
): Promise<LiveModel> {
  const bytes = await modelFile(address);
  const onProcessor = async (): Promise<LiveModel> =>
    loadInto(runtimeOn('processor', work), await modelFile(address));
  if (mayUseGpu && (await prefersGpu(work))) {
    const onGpu = await loadInto(runtimeOn('gpu', work), bytes).catch(() => undefined);
    if (onGpu !== undefined) return new WithFallback(onGpu, onProcessor);
    giveUpGpu();
  }
  return loadInto(runtimeOn('processor', work), bytes);
}

/** The bytes of a model. @throws Error in a line */
async function modelFile(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(address);
  if (!answer.ok) {
    const { error = [] } = (await answer.json().catch(() => ({}))) as {
      error?: (string | { option: string })[];
    };
    const refused = error.map((each) => (typeof each === 'string' ? each : each.option)).join('');
    throw new Error(refused || `${address}: the server answered ${answer.status}`);
  }
  return new Uint8Array(await answer.arrayBuffer());
}

/** Loads a model into a runtime. */
async function loadInto(runtime: LiveRuntime, bytes: Uint8Array<ArrayBuffer>): Promise<LiveModel> {
  const loaded = await runtime.ask({ type: 'load', bytes });
  if (loaded.type !== 'loaded') throw new Error('the model was not loaded');
  const { model } = loaded;
  return {
    async run(feeds, fetches) {
      const ran = await runtime.ask({ type: 'run', model, feeds, fetches });
      if (ran.type !== 'ran') throw new Error('the model did not run');
      return { ...ran, device: runtime.device };
    },
    release: () => void runtime.ask({ type: 'release', model }).catch(() => undefined),
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
