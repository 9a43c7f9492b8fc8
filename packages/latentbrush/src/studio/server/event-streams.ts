import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import type { JobQueue, NumberedEvent } from '../queue/job-queue.ts';

/** Events that may wait for a page that does not read: then its stream ends, and the page asks again from where it was. */
const MAX_WAITING = 10_000;
/** How often something is sent where nothing happens, so that both ends notice a connection that is gone. */
const HEARTBEAT_MS = 15_000;

/** All events of a job, from after the number in `Last-Event-ID`, as server-sent events. Ends when the job has ended. */
export function jobEvents(context: Context, queue: JobQueue, id: string): Response {
  const after = Number(context.req.header('last-event-id') ?? context.req.query('after') ?? 0);
  queue.get(id); // refuses what is no job before the answer begins
  return streamSSE(context, async (stream) => {
    const waiting = new Waiting(stream);
    // Listens before it reads what was kept, so that nothing falls between the two.
    const stop = queue.listen((job, event) => {
      if (job === id) waiting.add(id, event);
    });
    try {
      const kept = await queue.events(id, Number.isFinite(after) ? after : 0);
      await waiting.send(
        kept.map((event) => [id, event] as const),
        ({ state }) => hasEnded(state),
        queue.get(id).state,
      );
    } finally {
      stop();
    }
  });
}

/** What happens to all jobs, from now on: states, progress, artefacts. */
export function allEvents(context: Context, queue: JobQueue): Response {
  return streamSSE(context, async (stream) => {
    const waiting = new Waiting(stream);
    const stop = queue.listen((id, event) => {
      if (event.type === 'state' || event.type === 'progress' || event.type === 'artefact')
        waiting.add(id, event);
    });
    try {
      await waiting.send([], () => false);
    } finally {
      stop();
    }
  });
}

function hasEnded(state: string): boolean {
  return state !== 'queued' && state !== 'running';
}

type Waited = readonly [id: string, event: NumberedEvent];

/** Events between the queue, which does not wait, and a connection, which may be slow. */
class Waiting {
  readonly #stream: SSEStreamingApi;
  #events: Waited[] = [];
  #wake: () => void = () => undefined;
  #overflowed = false;

  constructor(stream: SSEStreamingApi) {
    this.#stream = stream;
    stream.onAbort(() => {
      this.#wake();
    });
  }

  add(id: string, event: NumberedEvent): void {
    if (this.#events.length >= MAX_WAITING) this.#overflowed = true;
    else this.#events.push([id, event]);
    this.#wake();
  }

  /**
   * Sends what was kept, then what comes, until the connection ends or an event is the last.
   * @param state where the job stands that the stream is of
   */
  async send(
    kept: readonly Waited[],
    isLast: (event: { state: string }) => boolean,
    state?: string,
  ): Promise<void> {
    const sent = new Map<string, number>();
    this.#events = [...kept, ...this.#events];
    let ended = state !== undefined && isLast({ state });
    while (!this.#stream.aborted && !this.#stream.closed && !this.#overflowed) {
      for (const [id, event] of this.#events.splice(0)) {
        if (event.number <= (sent.get(id) ?? 0)) continue; // both kept and heard
        sent.set(id, event.number);
        await this.#stream.writeSSE({
          id: String(event.number),
          event: event.type,
          data: JSON.stringify({ job: id, ...event }),
        });
        if (event.type === 'state' && isLast(event)) ended = true;
      }
      if (ended && this.#events.length === 0) return;
      if (this.#events.length === 0) await this.#next();
    }
  }

  /** Waits for an event; sends a comment where none comes for a while. */
  async #next(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const woken = await Promise.race([
      new Promise<true>((resolve) => (this.#wake = () => resolve(true))),
      new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), HEARTBEAT_MS))),
    ]);
    clearTimeout(timer);
    if (!woken && !this.#stream.aborted) await this.#stream.write(': still here\n\n');
  }
}
