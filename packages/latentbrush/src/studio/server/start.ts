import { mkdir, readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '@latentbrush/engine';
import { getRequestListener } from '@hono/node-server';
import { errorCode } from '../../files/file-error.ts';
import { FolderQueue, type FolderQueueOptions } from '../queue/folder-queue.ts';
import { studioApp, type PageFile } from './app.ts';
import { newToken } from './guard.ts';
import { RunFolders } from './run-folders.ts';
import { Uploads } from './uploads.ts';

/** Options of the studio. */
export interface StudioOptions extends FolderQueueOptions {
  /** The folder for its results; created if missing. */
  readonly folder: string;
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

const HOST = '127.0.0.1';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
};

/**
 * Starts the studio: a web application for this machine alone.
 * @throws InputError when the port is used, another studio uses the folder, or the folder cannot be written
 */
export async function startStudio({
  folder,
  port = 4242,
  page = PAGE,
  ...options
}: StudioOptions): Promise<Studio> {
  const root = resolve(folder);
  const queue = await FolderQueue.open(root, options);
  try {
    for (const part of ['uploads', 'runs', 'examples']) await mkdir(join(root, part), { recursive: true });
    const server = createServer({ requestTimeout: 120_000, headersTimeout: 20_000 });
    const bound = await listen(server, port);
    const token = newToken();
    const app = studioApp({
      guard: {
        hosts: [`${HOST}:${bound}`, `localhost:${bound}`],
        token,
        cookie: `latentbrush-${bound}`,
      },
      queue,
      runs: new RunFolders(join(root, 'runs')),
      uploads: new Uploads(join(root, 'uploads')),
      examplesFolder: join(root, 'examples'),
      datasets: options,
      page: await readPage(page),
      onError: (error) => options.onProblem?.(error.stack ?? error.message),
    });
    const answer = getRequestListener(app.fetch);
    server.on('request', (request, response) => void answer(request, response));
    return {
      url: `http://${HOST}:${bound}/?token=${token}`,
      port: bound,
      close: async () => {
        const closed = new Promise((done) => server.close(done));
        await queue.close();
        server.closeAllConnections();
        await closed;
      },
    };
  } catch (error) {
    await queue.close();
    throw error;
  }
}

const PAGE = fileURLToPath(new URL('../../../studio-page', import.meta.url));

function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', (error) => {
      const taken = errorCode(error) === 'EADDRINUSE';
      fail(
        taken
          ? new InputError(`port ${port}: another program uses it; choose another one, or 0 for any`)
          : error,
      );
    });
    server.listen(port, HOST, () => {
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Every file of the page, read once: no path of a request reaches the disk. */
async function readPage(folder: string): Promise<Map<string, PageFile>> {
  const files = new Map<string, PageFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const type = TYPES[extname(entry.name)];
    if (type !== undefined)
      files.set(path.slice(folder.length).replaceAll('\\', '/'), {
        bytes: new Uint8Array(await readFile(path)),
        type,
      });
  }
  return files;
}
