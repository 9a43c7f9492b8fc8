import { useSyncExternalStore } from 'react';

/**
 * Whether the studio answers. `lost`: it does not. `restarted`: it answers, but was started again, and this page has no cookie of that start.
 */
export type ConnectionState = 'open' | 'lost' | 'restarted';

interface Connection {
  readonly state: ConnectionState;
  /** Counts the connections: streams of events begin again with each. */
  readonly number: number;
}

/** Milliseconds between two attempts to reach the studio. */
const LOOK_AGAIN_MS = 2000;

let connection: Connection = { state: 'open', number: 0 };
let isLooking = false;
const watchers = new Set<() => void>();

function change(next: Connection): void {
  if (next.state === connection.state && next.number === connection.number) return;
  connection = next;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** The connection to the studio. */
export function useConnection(): Connection {
  return useSyncExternalStore(watch, () => connection);
}

/** After a stream of events has ended, asks the studio again and again until it answers. */
export function lookForStudio(): void {
  if (isLooking) return;
  isLooking = true;
  void look();
}

async function look(): Promise<void> {
  const state = await answered();
  change({ state, number: connection.number + (state === 'open' ? 1 : 0) });
  if (state === 'open') isLooking = false;
  else setTimeout(() => void look(), LOOK_AGAIN_MS);
}

/** The state of the connection, by the studio's answer. */
export async function answered(): Promise<ConnectionState> {
  try {
    const { status, ok } = await fetch('/api/jobs');
    if (status === 401 || status === 403) return 'restarted';
    return ok ? 'open' : 'lost'; // a proxy before the studio answers 502 while the studio is away
  } catch {
    return 'lost';
  }
}
