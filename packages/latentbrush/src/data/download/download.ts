import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { InputError } from '@latentbrush/engine';
import type { Dispatcher, Response } from 'undici';
import { errorCode, fileError } from '../../files/file-error.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { mismatch, type ExpectedFile } from './expected-file.ts';
import { claimPartial } from './partial-file.ts';
import { proxyAgent, proxyOf, proxyRefusal } from './proxy.ts';

/** Progress of a download. */
export interface DownloadProgress {
  /** Bytes on the disk so far, including those of an interrupted try. */
  readonly received: number;
  /** Bytes of the whole file; null until the server declares them. */
  readonly total: number | null;
}

/** Known facts about the file, and how to fetch it. */
export interface DownloadOptions extends ExpectedFile {
  /** Maximum number of bytes to accept; default 1 GiB. */
  readonly maxBytes?: number | undefined;
  /** Use only existing files, without network access. Default false. */
  readonly offline?: boolean | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Time after which a silent connection is closed, in milliseconds; default 30,000. */
  readonly stallTimeout?: number | undefined;
  /** Number of new tries after a network error or a server error (5xx); default 4. */
  readonly retries?: number | undefined;
  /** Delay before the first new try in milliseconds, doubled each time; default 500. */
  readonly backoff?: number | undefined;
}

/** The file could not be downloaded; the message names the address and what to do. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
}

/** A temporary fault of the network or the server. */
class PassingFault extends Error {}

/** The file is not on this machine, and downloads are off. */
export class NotDownloadedError extends InputError {}

const GIBIBYTE = 2 ** 30;

/**
 * Makes sure that `path` contains the file from `url`. An existing file that matches is kept. Otherwise the file is downloaded to a `.part`
 * beside it, verified, and only then renamed. An interrupted download continues where it stopped, if the server allows. Proxies come from
 * the usual environment variables (`https_proxy`, `no_proxy` ...). Processes can download the same file at the same time.
 * @throws NotDownloadedError (an InputError) when `offline` is set and the file is missing
 * @throws InputError when the folder cannot be written, or the disk is full
 * @throws ProxyVariableError (an InputError) when a proxy variable contains no address
 * @throws DownloadError when the server does not send the file, or sends another one than expected
 * @throws the signal's reason when it aborts; the bytes so far stay for the next time
 */
export async function download(url: string, path: string, options: DownloadOptions = {}): Promise<void> {
  const { offline = false, signal } = options;
  signal?.throwIfAborted();
  if ((await mismatch(path, options)) === undefined) return;
  if (offline) {
    throw new NotDownloadedError(
      `${url}: not in the cache (${path}) and downloads are off; go online once, or give a file by path`,
    );
  }
  try {
    await makeFolder(dirname(path));
  } catch (error) {
    throw fileError(error, dirname(path), 'write');
  }
  const agent = await proxyAgent();
  const partial = await claimPartial(path);
  try {
    await fetchVerified(url, partial.path, agent, options);
    await rename(partial.path, path);
  } catch (error) {
    await partial.giveBack();
    signal?.throwIfAborted();
    throw fileError(error, path, 'write');
  } finally {
    await agent.destroy();
  }
}

async function fetchVerified(
  url: string,
  part: string,
  agent: Dispatcher,
  options: DownloadOptions,
): Promise<void> {
  const wasStarted = (await sizeOf(part)) > 0;
  // A process may have been killed after the last byte. Without a digest nobody can know.
  const isKnown = options.sha256 !== undefined || options.md5 !== undefined;
  if (wasStarted && isKnown && (await mismatch(part, options)) === undefined) return;
  await fetchWithRetries(url, part, agent, options);
  let problem = await mismatch(part, options);
  if (problem !== undefined && wasStarted) {
    // The interrupted download may have been of an older file: start again.
    await rm(part, { force: true });
    await fetchWithRetries(url, part, agent, options);
    problem = await mismatch(part, options);
  }
  if (problem === undefined) return;
  await rm(part, { force: true });
  throw new DownloadError(
    `${url}: not the expected file (${problem}); get it another way and give it by path`,
  );
}

async function fetchWithRetries(
  url: string,
  part: string,
  agent: Dispatcher,
  options: DownloadOptions,
): Promise<void> {
  const { retries = 4, backoff = 500, signal } = options;
  for (let attempt = 0; ; attempt++) {
    try {
      await fetchRest(url, part, agent, options);
      return;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof PassingFault)) throw error;
      if (attempt >= retries) {
        throw new DownloadError(
          `${url}: ${error.message} (tried ${attempt + 1} times); check the network, or give a file by path`,
          { cause: error },
        );
      }
    }
    await delay(backoff * 2 ** attempt, undefined, signal === undefined ? {} : { signal }).catch(
      () => undefined,
    );
    signal?.throwIfAborted();
  }
}

/** One request for the missing bytes. */
async function fetchRest(
  url: string,
  part: string,
  agent: Dispatcher,
  options: DownloadOptions,
): Promise<void> {
  const { stallTimeout = 30_000, signal } = options;
  const watch = new StallWatch(stallTimeout);
  try {
    const start = await sizeOf(part);
    const { fetch } = await import('undici'); // not at the start: loading it takes 0.1 s, and few programs download
    const response = await fetch(url, {
      dispatcher: agent,
      signal: signal === undefined ? watch.signal : AbortSignal.any([signal, watch.signal]),
      headers: { 'accept-encoding': 'identity', ...(start > 0 && { range: `bytes=${start}-` }) },
    }).catch((error: unknown) => {
      const status = proxyRefusal(error);
      if (status === undefined) return passing(error);
      return refuse(url, status, `${proxyOf(url)} answers ${status}`);
    });
    if (response.status === 416) {
      await rm(part, { force: true });
      throw new PassingFault('the server has no further bytes');
    }
    refuseStatus(url, response);
    watch.restart();
    if (response.status === 206 && !response.headers.get('content-range')?.startsWith(`bytes ${start}-`)) {
      await rm(part, { force: true });
      throw new PassingFault('the server sent a different range than requested');
    }
    await receive(url, response, response.status === 206 ? start : 0, part, watch, options);
  } finally {
    watch.stop();
  }
}

function refuseStatus(url: string, response: Response): void {
  const { status, statusText } = response;
  if (status === 200 || status === 206) return;
  refuse(url, status, `the server answers ${status} ${statusText}`.trim());
}

/** Some refusals are temporary: a busy server is asked again. */
function refuse(url: string, status: number, what: string): never {
  if (status >= 500 || status === 408 || status === 429) throw new PassingFault(what);
  throw new DownloadError(`${url}: ${what}; get the file another way and give it by path`);
}

async function receive(
  url: string,
  response: Response,
  start: number,
  part: string,
  watch: StallWatch,
  { maxBytes = GIBIBYTE, size, onProgress }: DownloadOptions,
): Promise<void> {
  const length = response.headers.get('content-length');
  const total = length === null ? (size ?? null) : start + Number(length);
  const limit = size ?? maxBytes;
  if (total !== null && total > limit) throw tooLarge(url, total, limit);
  let received = start;
  const file = await open(part, start > 0 ? 'r+' : 'w');
  try {
    onProgress?.({ received, total });
    for await (const chunk of chunksOf(response)) {
      watch.restart();
      received += chunk.length;
      if (received > limit) throw tooLarge(url, received, limit);
      await writeAll(file, chunk, received - chunk.length);
      onProgress?.({ received, total });
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (total !== null && received < total)
    throw new PassingFault(`the connection ended after ${received} of ${total} bytes`);
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader: ReadableStreamDefaultReader<unknown> | undefined = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(passing);
      if (done) return;
      if (value instanceof Uint8Array) yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // it may have failed already
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    done += (await file.write(chunk, done, chunk.length - done, position + done)).bytesWritten;
  }
}

function tooLarge(url: string, bytes: number, limit: number): DownloadError {
  return new DownloadError(
    `${url}: has ${bytes} bytes or more, above the limit of ${limit}; give another file by path`,
  );
}

function passing(error: unknown): never {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  throw new PassingFault(cause instanceof Error ? cause.message || cause.name : String(cause), {
    cause: error,
  });
}

/** Aborts when it is not restarted in time. */
class StallWatch {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(milliseconds: number) {
    this.#timer = setTimeout(() => {
      this.#controller.abort(new Error(`nothing arrived for ${milliseconds / 1000} s`));
    }, milliseconds);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
