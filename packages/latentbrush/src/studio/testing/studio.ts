import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { readPage } from '../page-files.ts';
import { Estimates } from '../queue/estimates.ts';
import { FolderQueue, type FolderQueueOptions } from '../queue/folder-queue.ts';
import type { QueuedJob } from '../queue/job-queue.ts';
import { studioApp } from '../server/app.ts';
import { Collections } from '../server/collections.ts';
import { RunFolders } from '../server/run-folders.ts';
import { Uploads } from '../server/uploads.ts';

/** The compiled program of the workers: processes cannot run the sources. */
export const worker = new URL('../../../dist/studio/queue/worker.js', import.meta.url);

/** Whether it is built. */
export const built = existsSync(worker);

/** A queue in a folder, closed after the test. */
export async function openQueue(folder: string, options: FolderQueueOptions = {}): Promise<FolderQueue> {
  const queue = await FolderQueue.open(folder, { worker, offline: true, ...options });
  onTestFinished(() => queue.close());
  return queue;
}

/** Waits until a job is in a state. */
export async function reached(
  queue: FolderQueue,
  id: string,
  isReached: (job: QueuedJob) => boolean,
): Promise<QueuedJob> {
  return new Promise((resolve) => {
    const look = (): void => {
      const job = queue.get(id);
      if (!isReached(job)) return;
      stop();
      resolve(job);
    };
    const stop = queue.listen(look);
    look();
  });
}

/** Whether a job has ended. */
export const hasEnded = ({ state }: QueuedJob): boolean => state !== 'queued' && state !== 'running';

/** The routes of a studio, without a port. */
export interface TestStudio {
  readonly folder: string;
  readonly queue: FolderQueue;
  /** Sends a request like the studio's own page; given headers take precedence. */
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** Sends a request with only these headers. */
  readonly bare: (path: string, init?: RequestInit) => Promise<Response>;
  readonly routes: readonly { readonly method: string; readonly path: string }[];
}

export const HOST = '127.0.0.1:4242';
export const TOKEN = 'the-token-of-this-start';

const EMPTY_PAGE = new Map([
  ['/index.html', { bytes: new TextEncoder().encode('<!doctype html>'), type: 'text/html' }],
]);

/**
 * @param built a folder with a page; an empty page unless given
 * @param folder of the studio; a new one unless given
 */
export async function testStudio(
  options: FolderQueueOptions = {},
  built?: string,
  folder?: string,
): Promise<TestStudio> {
  folder ??= await temporaryFolder();
  const queue = await openQueue(folder, options);
  const app = studioApp({
    guard: { hosts: [HOST, 'localhost:4242'], token: TOKEN, cookie: 'latentbrush-4242' },
    queue,
    estimates: new Estimates({ worker, isBusy: () => queue.list().some(({ state }) => state === 'running') }),
    runs: new RunFolders(join(folder, 'runs'), [folder]),
    uploads: new Uploads(join(folder, 'uploads')),
    collections: new Collections(join(folder, 'collections')),
    trash: join(folder, 'trash'),
    examplesFolder: folder,
    sitesFolder: join(folder, 'sites'),
    conceptsFolder: join(folder, 'concepts'),
    page: built === undefined ? EMPTY_PAGE : await readPage(built),
  });
  const bare = async (path: string, init: RequestInit = {}): Promise<Response> =>
    app.request(`http://${HOST}${path}`, {
      ...init,
      headers: { host: HOST, ...(init.headers as Record<string, string>) },
    });
  const entry = await bare(`/?token=${TOKEN}`);
  const cookie = entry.headers.get('set-cookie')!.split(';')[0]!;
  return {
    folder,
    queue,
    bare,
    routes: app.routes,
    fetch: (path, init = {}) =>
      bare(path, { ...init, headers: { cookie, ...(init.headers as Record<string, string>) } }),
  };
}
