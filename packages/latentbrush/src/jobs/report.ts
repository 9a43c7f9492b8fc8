import type { Picture } from '../image/index.ts';
import { words, type Words } from '../words.ts';
import type { EventData, JobEvent } from './job.ts';

/** How a job ended. */
export interface JobEnd {
  /** For an aborted job: the progress reached, for people. */
  readonly reached?: string | undefined;
  /** Additional figures. */
  readonly figures?: Readonly<Record<string, unknown>>;
  /** The output, as the last event names it. */
  readonly path?: string;
}

/**
 * Turns the reports of a job's work into events. Each method resolves when its event was read, so the work never runs ahead of the display.
 * Callbacks that cannot await it can ignore it.
 */
export class JobReport {
  readonly #waiting: { readonly event: JobEvent; readonly taken: () => void }[] = [];
  #wake: (() => void) | undefined;
  #closed = false;
  #leftOut = 0;

  /** Number of inputs left out so far. */
  get leftOutCount(): number {
    return this.#leftOut;
  }

  progress(done: number, total: number, label: string, data?: EventData): Promise<void> {
    return this.#add({ type: 'progress', done, total, label, data });
  }

  metric(data: EventData, text?: string): Promise<void> {
    return this.#add({ type: 'metric', data, text });
  }

  sample(data: EventData, text?: string, pictures?: Readonly<Record<string, Picture>>): Promise<void> {
    return this.#add({ type: 'sample', data, text, pictures });
  }

  preview(picture: Picture): Promise<void> {
    return this.#add({ type: 'preview', picture });
  }

  readonly note = (text: Words | string): Promise<void> => this.#add({ type: 'note', words: asWords(text) });

  warning(text: Words | string, data?: EventData): Promise<void> {
    return this.#add({ type: 'warning', words: asWords(text), data });
  }

  /** Names an input that is left out, and counts it. */
  readonly leftOut = (path: string, reason: Words | string): Promise<void> => {
    this.#leftOut += 1;
    return this.warning(words`left out: ${reason}`, { type: 'skipped', path, reason });
  };

  artefact(path: string): Promise<void> {
    return this.#add({ type: 'artefact', path });
  }

  /** The end of a job that wrote its result, or the part that was ready when it was aborted. */
  async done({ reached, figures, path }: JobEnd = {}): Promise<void> {
    const leftOut = this.#leftOut;
    const reason = reached === undefined ? 'finished' : 'aborted';
    if (path !== undefined) await this.artefact(path);
    const data = {
      type: 'done',
      reason,
      ...figures,
      ...(leftOut > 0 && { leftOut }),
      ...(path !== undefined && { path }),
    };
    await this.#add({ type: 'done', reason, reached, leftOut, data });
  }

  /**
   * The end of a job that writes all or nothing.
   * @param figures figures for machines, for the last event
   * @param text text for people, instead of the path
   */
  async made(path: string, figures: Readonly<Record<string, unknown>> = {}, text?: string): Promise<void> {
    await this.artefact(path);
    await this.end({ type: 'done', path, ...figures }, text);
  }

  /**
   * The end of a job whose result is a measurement or a finding.
   * @param text for people
   */
  end(data: EventData, text?: string): Promise<void> {
    return this.#add({ type: 'done', reason: 'finished', leftOut: this.#leftOut, data, text });
  }

  /** The events, until the work ends. Throws the error of the work. */
  async *events(work: Promise<void>): AsyncGenerator<JobEvent, void, undefined> {
    const state = { ended: false };
    const end = work.finally(() => {
      state.ended = true;
      this.#wake?.();
    });
    end.catch(() => undefined); // thrown below
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        try {
          yield next.event;
        } finally {
          next.taken(); // also when the caller reads no more events
        }
      } else if (state.ended) break;
      else await new Promise<void>((wake) => (this.#wake = wake));
    }
    await end;
  }

  /** Stops reading events: work that waits for a reader continues. */
  close(): void {
    this.#closed = true;
    for (const { taken } of this.#waiting.splice(0)) taken();
  }

  #add(event: JobEvent): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((taken) => {
      this.#waiting.push({ event, taken });
      this.#wake?.();
    });
  }
}

function asWords(text: Words | string): Words {
  return typeof text === 'string' ? words`${text}` : text;
}
