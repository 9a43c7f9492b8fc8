import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import type { JobQueue, NumberedEvent } from '../queue/job-queue.ts';

/** Maximum number of events that wait for a slow page: then its stream ends, and the page connects again from its last event. */
const MAX_WAITING = 10_000;
/** Interval of keep-alive comments, so that both ends notice a lost connection. */
const HEARTBEAT_MS = 15_000;

/** All events of a job, from after the number in `Last-Event-ID`, as server-sent events. Ends when the job has ended. */
export function jobEvents(context: Context, queue: JobQueue, id: string): Response {
  const after = Number(context.req.header('last-event-id') ?? context.req.query('after') ?? 0);
  queue.get(id); // refuses an unknown job before the answer begins
  return streamSSE(context, async (stream) => {
    const waiting = new Waiting(stream);
    // Listens before it reads the stored events, so that none is lost in between.
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

/** New events of all jobs: states, progress, artefacts. */
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

/** A buffer of events between the queue, which does not wait, and a connection, which can be slow. */
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
   * Sends the stored events, then new ones, until the connection ends or after the last event. @param state the state of the job
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
        if (event.number <= (sent.get(id) ?? 0)) continue; // both stored and received
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

  /** Waits for an event; sends a comment after a while without events. */
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
