import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { getRequestListener } from '@hono/node-server';
import { errorCode } from '../../files/file-error.ts';
import { readPage } from '../page-files.ts';
import { option, OptionError, words } from '../../words.ts';
import { Estimates } from '../queue/estimates.ts';
import { FolderQueue, type FolderQueueOptions } from '../queue/folder-queue.ts';
import { studioApp, type AppOptions } from './app.ts';
import { newToken } from './guard.ts';
import { Collections } from './collections.ts';
import { RunFolders } from './run-folders.ts';
import { Uploads } from './uploads.ts';

/** Options of the studio. */
export interface StudioOptions extends FolderQueueOptions {
  /** The folder for its results; created if missing. */
  readonly folder: string;
  /** The address to listen at (default: 127.0.0.1, this machine alone). Any other one needs a password. */
  readonly host?: string | undefined;
  /** Opens the studio from other machines; at least 12 characters. */
  readonly password?: string | undefined;
  /** Port on 127.0.0.1 (default: 4242); 0 chooses a free one. */
  readonly port?: number | undefined;
  /** The folder of the built page (default: that of the package). */
  readonly page?: string | undefined;
}

/** A running studio. */
export interface Studio {
  /** The address with the token, which is valid until the studio ends. The browser that opens it gets a cookie. */
  readonly url: string;
  readonly port: number;
  /** Saves the running jobs, and ends. */
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** Fewest characters of a password. */
const PASSWORD_LENGTH = 12;

/**
 * Starts the studio: a web application only for this machine.
 * @throws InputError when the port is used, another studio uses the folder, or the folder cannot be written
 */
export async function startStudio({
  folder,
  host = LOOPBACK,
  password,
  port = 4242,
  page,
  ...options
}: StudioOptions): Promise<Studio> {
  checkHost(host, password);
  const root = resolve(folder);
  const queue = await FolderQueue.open(root, options);
  try {
    for (const part of ['uploads', 'runs', 'examples', 'sites'])
      await mkdir(join(root, part), { recursive: true });
    const server = createServer({ requestTimeout: 120_000, headersTimeout: 20_000 });
    const bound = await listen(server, port, host);
    const token = newToken();
    const app = studioApp({
      ...placesIn(root, queue, options),
      guard: {
        hosts: namesOf(host).map((name) => `${name}:${bound}`),
        password: isLocal(host) ? undefined : password,
        token,
        cookie: `latentbrush-${bound}`,
      },
      page: await readPage(page),
    });
    const answer = getRequestListener(app.fetch);
    server.on('request', (request, response) => void answer(request, response));
    return {
      url: `http://${isAny(host) ? LOOPBACK : inUrl(host)}:${bound}/?token=${token}`,
      port: bound,
      close: () => close(server, queue),
    };
  } catch (error) {
    await queue.close();
    throw error;
  }
}

/** What the routes use, in the folder of the studio. */
function placesIn(
  root: string,
  queue: FolderQueue,
  { onProblem, ...options }: FolderQueueOptions,
): Omit<AppOptions, 'guard' | 'page'> {
  return {
    queue,
    estimates: new Estimates({
      isBusy: () => queue.list().some(({ state }) => state === 'running'),
      dataDir: options.dataDir,
      worker: options.worker,
    }),
    runs: new RunFolders(join(root, 'runs'), [root]),
    uploads: new Uploads(join(root, 'uploads')),
    collections: new Collections(join(root, 'collections')),
    trash: join(root, 'trash'),
    examplesFolder: join(root, 'examples'),
    sitesFolder: join(root, 'sites'),
    conceptsFolder: join(root, 'concepts'),
    datasets: options,
    onError: (error) => onProblem?.(error.stack ?? error.message),
  };
}

/** Saves the running jobs, then ends all connections. */
async function close(server: Server, queue: FolderQueue): Promise<void> {
  const closed = new Promise((done) => server.close(done));
  await queue.close();
  server.closeAllConnections();
  await closed;
}

/** @throws InputError when other machines could open the studio without a password */
function checkHost(host: string, password: string | undefined): void {
  if (isIP(host) === 0 && host !== 'localhost')
    throw new OptionError(
      words`${option('host')}: ${host} is no IP address; give one of this machine, or 0.0.0.0 for all`,
    );
  if (isLocal(host) || (password ?? '').length >= PASSWORD_LENGTH) return;
  throw new OptionError(
    words`${option('host')}: with ${host} other machines can open the studio, run jobs on this one, and see and delete what is in its folder, over a connection that is not encrypted; set a password of at least ${PASSWORD_LENGTH} characters in LATENTBRUSH_PASSWORD`,
  );
}

/** Whether only this machine can reach a server at this address. */
function isLocal(host: string): boolean {
  return [LOOPBACK, '::1', 'localhost'].includes(host);
}

/** Whether a server at this address answers at all addresses of the machine. */
function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** The names by which browsers may call the studio. */
function namesOf(host: string): string[] {
  const local = [LOOPBACK, 'localhost'];
  if (!isAny(host)) return [...new Set([...local, inUrl(host)])];
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return [...new Set([...local, hostname(), ...addresses.map(({ address }) => inUrl(address))])];
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', (error) => {
      const taken = errorCode(error) === 'EADDRINUSE';
      fail(
        taken
          ? new InputError(`port ${port}: another program uses it; choose another one, or 0 for any`)
          : error,
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
