import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join, resolve } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { getRequestListener } from '@hono/node-server';
import { errorCode } from '../../files/file-error.ts';
import { readPage } from '../page-files.ts';
import { FolderQueue, type FolderQueueOptions } from '../queue/folder-queue.ts';
import { studioApp } from './app.ts';
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

/**
 * Starts the studio: a web application for this machine alone.
 * @throws InputError when the port is used, another studio uses the folder, or the folder cannot be written
 */
export async function startStudio({ folder, port = 4242, page, ...options }: StudioOptions): Promise<Studio> {
  const root = resolve(folder);
  const queue = await FolderQueue.open(root, options);
  try {
    for (const part of ['uploads', 'runs', 'examples', 'sites'])
      await mkdir(join(root, part), { recursive: true });
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
      runs: new RunFolders(join(root, 'runs'), [root]),
      uploads: new Uploads(join(root, 'uploads')),
      examplesFolder: join(root, 'examples'),
      sitesFolder: join(root, 'sites'),
      conceptsFolder: join(root, 'concepts'),
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
