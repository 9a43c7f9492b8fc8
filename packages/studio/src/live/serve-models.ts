import { configureWebRuntime, runtime, type RuntimeSession } from '@latentbrush/engine/web';
import type { LiveAnswer, LiveArray, LiveRequest } from './messages.ts';

const sessions = new Map<number, RuntimeSession>();
let threads = 1;
let waiting: Promise<void> = Promise.resolve();

/** Runs models in a worker, so that drawing never waits for a network. Handles requests one at a time, in order. */
export function serveModels(provider: 'wasm' | 'webgpu'): void {
  addEventListener('message', ({ data }: MessageEvent<LiveRequest>) => {
    waiting = waiting.then(() => answer(data, provider));
  });
}

async function answer(request: LiveRequest, provider: 'wasm' | 'webgpu'): Promise<void> {
  try {
    const done = await work(request, provider);
    postMessage(done, {
      transfer: done.type === 'ran' ? Object.values(done.outputs).map(({ data }) => data.buffer) : [],
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    postMessage({ type: 'failed', number: request.number, message } satisfies LiveAnswer);
  }
}

async function work(request: LiveRequest, provider: 'wasm' | 'webgpu'): Promise<LiveAnswer> {
  const { number } = request;
  switch (request.type) {
    case 'start':
      threads = request.threads;
      configureWebRuntime({ files: request.files, threads, provider });
      return { type: 'done', number };
    case 'load': {
      sessions.set(number, await runtime.createSession(request.bytes, { threads }));
      return { type: 'loaded', number, model: number };
    }
    case 'release':
      await sessions.get(request.model)?.release();
      sessions.delete(request.model);
      return { type: 'done', number };
    case 'run': {
      const session = sessions.get(request.model);
      if (session === undefined) throw new Error('the model is no longer loaded');
      const started = performance.now();
      const feeds = Object.entries(request.feeds).map(
        ([name, { dtype, data, shape }]) => [name, new runtime.Tensor(dtype, data, shape)] as const,
      );
      const results = await session.run(Object.fromEntries(feeds), request.fetches);
      const outputs = Object.entries(results).map(([name, { dims, data, type }]): [string, LiveArray] => [
        name,
        { dtype: type as LiveArray['dtype'], shape: [...dims], data: data as LiveArray['data'] },
      ]);
      return {
        type: 'ran',
        number,
        outputs: Object.fromEntries(outputs),
        milliseconds: performance.now() - started,
      };
    }
  }
}
