import { useQueryClient } from '@tanstack/react-query';
import type { NumberedEvent } from 'latentbrush/studio';
import { useEffect, useReducer, useSyncExternalStore } from 'react';
import { lookForStudio, useConnection } from './connection.ts';
import { jobsQuery } from './queries.ts';

type EventOf<T extends NumberedEvent['type']> = Extract<NumberedEvent, { type: T }>;

const TYPES = ['state', 'progress', 'metric', 'sample', 'preview', 'note', 'warning', 'artefact'] as const;

/** Maximum number of events of a kind that a page keeps. */
const MOST_KEPT = 2000;

/** The state of a job, from its events. */
export interface JobNews {
  readonly progress?: EventOf<'progress'> | undefined;
  readonly preview?: EventOf<'preview'> | undefined;
  readonly state?: EventOf<'state'> | undefined;
  readonly messages: readonly EventOf<'note' | 'warning'>[];
  readonly metrics: readonly EventOf<'metric'>[];
  readonly samples: readonly EventOf<'sample'>[];
}

const NOTHING: JobNews = { messages: [], metrics: [], samples: [] };

function withEvent(news: JobNews, event: NumberedEvent | 'again'): JobNews {
  if (event === 'again') return NOTHING;
  switch (event.type) {
    case 'progress':
      return { ...news, progress: event };
    case 'preview':
      return { ...news, preview: event };
    case 'state':
      return { ...news, state: event };
    case 'note':
    case 'warning':
      return { ...news, messages: withNewest(news.messages, event) };
    case 'metric':
      return { ...news, metrics: withNewest(news.metrics, event) };
    case 'sample':
      return { ...news, samples: withNewest(news.samples, event) };
    default:
      return news;
  }
}

function withNewest<T>(list: readonly T[], added: T): T[] {
  return [...list.slice(1 - MOST_KEPT), added];
}

/** Whether a job has ended. */
export function hasEnded(state: string): boolean {
  return state !== 'queued' && state !== 'running';
}

interface NewsOf {
  readonly of: string | undefined;
  readonly news: JobNews;
}

function withEventOf(
  { news }: NewsOf,
  { of, event }: { readonly of: string | undefined; readonly event: NumberedEvent | 'again' },
): NewsOf {
  return { of, news: withEvent(news, event) };
}

/** Listens to a job until it ends. The browser reconnects by itself, and continues from the last event; with a studio that was started again, it begins again. */
export function useJobNews(id: string | undefined): JobNews {
  const [{ of, news }, add] = useReducer(withEventOf, { of: undefined, news: NOTHING });
  const { number } = useConnection();
  useEffect(() => {
    add({ of: id, event: 'again' });
    if (id === undefined) return undefined;
    const source = new EventSource(`/api/jobs/${encodeURIComponent(id)}/events`);
    const listen = (message: MessageEvent<string>): void => {
      const event = JSON.parse(message.data) as NumberedEvent;
      add({ of: id, event });
      if (event.type === 'state' && hasEnded(event.state)) source.close();
    };
    for (const type of TYPES) source.addEventListener(type, listen);
    return () => source.close();
  }, [id, number]);
  return of === id ? news : NOTHING; // before the first event, the news are those of the job before
}

/** Progress of each job, by its id: outside of React, since it changes several times a second. */
const progressOf = new Map<string, EventOf<'progress'>>();
const watchers = new Set<() => void>();

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Progress of a running job. */
export function useProgress(id: string): EventOf<'progress'> | undefined {
  return useSyncExternalStore(watch, () => progressOf.get(id));
}

/** Keeps the list of jobs up to date while the page is open. For the shell, once. */
export function useLiveJobs(): void {
  const queries = useQueryClient();
  const { number } = useConnection();
  useEffect(() => {
    if (number > 0) void queries.invalidateQueries(); // all of it is from before
    const source = new EventSource('/api/events');
    const refresh = (): void => void queries.invalidateQueries(jobsQuery);
    source.addEventListener('open', refresh); // also after a lost connection
    source.addEventListener('error', () => {
      source.close(); // a browser gives up when a studio that was started again refuses it
      lookForStudio();
    });
    source.addEventListener('state', refresh);
    source.addEventListener('artefact', refresh);
    source.addEventListener('progress', (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as EventOf<'progress'> & { job: string };
      progressOf.set(event.job, event);
      for (const watcher of watchers) watcher();
    });
    return () => source.close();
  }, [queries, number]);
}
