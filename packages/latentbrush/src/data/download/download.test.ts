import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '@latentbrush/engine';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sendAndBreak, sendFile, serve } from '../../testing/file-server.ts';
import { mountSmallDisk } from '../../testing/small-disk.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { download, DownloadError, NotDownloadedError, type DownloadProgress } from './download.ts';

const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 251));
const sha256 = createHash('sha256').update(bytes).digest('hex');
const md5 = createHash('md5').update(bytes).digest('hex');
const quick = { sha256, backoff: 1 };
const DEAD_PID = 4_194_305; // above the highest id that Linux gives

const smallDisk = mountSmallDisk(64);
afterAll(() => smallDisk?.unmount());

// Tests must not use the proxies of the person who runs them.
beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

async function target(): Promise<{ folder: string; path: string }> {
  const folder = await temporaryFolder();
  return { folder, path: join(folder, 'corpus.txt') };
}

describe('download', () => {
  it('writes the file, makes its folders, and reports progress', async () => {
    const server = await serve((request, response) => sendFile(request, response, bytes));
    const path = join(await temporaryFolder(), 'cache', 'text', 'corpus.txt');
    const progress: DownloadProgress[] = [];
    await download(server.url, path, {
      ...quick,
      md5,
      size: bytes.length,
      onProgress: (event) => progress.push(event),
    });
    expect(bytes.equals(await readFile(path))).toBe(true);
    expect(await readdir(join(path, '..'))).toEqual(['corpus.txt']);
    expect(progress[0]).toEqual({ received: 0, total: bytes.length });
    expect(progress.at(-1)).toEqual({ received: bytes.length, total: bytes.length });
  });

  it('does not ask the server for a file that is there and correct', async () => {
    const server = await serve((_, response) => response.writeHead(500).end());
    const { path } = await target();
    await writeFile(path, bytes);
    await download(server.url, path, quick);
    await download(server.url, path, { ...quick, offline: true });
    expect(server.ranges).toEqual([]);
  });

  it('fetches a file again that is there but not correct', async () => {
    const server = await serve((request, response) => sendFile(request, response, bytes));
    const { path } = await target();
    await writeFile(path, 'altered');
    await download(server.url, path, quick);
    expect(bytes.equals(await readFile(path))).toBe(true);
  });

  it('accepts a file without a length from the server', async () => {
    const server = await serve((_, response) => {
      response.write(bytes.subarray(0, 1000)); // chunked
      response.end(bytes.subarray(1000));
    });
    const { path } = await target();
    const progress: DownloadProgress[] = [];
    await download(server.url, path, { ...quick, onProgress: (event) => progress.push(event) });
    expect(bytes.equals(await readFile(path))).toBe(true);
    expect(progress.at(-1)).toEqual({ received: bytes.length, total: null });
  });

  it('follows a redirection', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/corpus.txt') response.writeHead(302, { location: '/moved.txt' }).end();
      else sendFile(request, response, bytes);
    });
    const { path } = await target();
    await download(server.url, path, quick);
    expect(bytes.equals(await readFile(path))).toBe(true);
  });

  it('says offline what to do when the file is missing', async () => {
    const { path } = await target();
    const work = download('http://127.0.0.1:9/corpus.txt', path, { ...quick, offline: true });
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(NotDownloadedError);
    await expect(download('http://127.0.0.1:9/corpus.txt', path, { offline: true })).rejects.toThrow(
      /not in the cache .* give a file by path/,
    );
  });
});

describe('a download continues after', () => {
  it('a broken connection, from where it broke', async () => {
    const server = await serve((request, response, number) => {
      if (number === 0) sendAndBreak(response, bytes, 50_000);
      else sendFile(request, response, bytes);
    });
    const { path } = await target();
    await download(server.url, path, quick);
    expect(server.ranges).toEqual([undefined, 'bytes=50000-']);
    expect(bytes.equals(await readFile(path))).toBe(true);
  });

  it('a broken connection, from the start if the server supports no ranges', async () => {
    const server = await serve((_, response, number) => {
      if (number === 0) sendAndBreak(response, bytes, 50_000);
      else response.end(bytes);
    });
    const { path } = await target();
    await download(server.url, path, quick);
    expect(bytes.equals(await readFile(path))).toBe(true);
  });

  it('a server that stops sending', async () => {
    const server = await serve((request, response, number) => {
      if (number > 0) {
        sendFile(request, response, bytes);
        return;
      }
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 70_000));
    });
    const { path } = await target();
    await download(server.url, path, { ...quick, stallTimeout: 200 });
    expect(server.ranges).toEqual([undefined, 'bytes=70000-']);
    expect(bytes.equals(await readFile(path))).toBe(true);
  });

  it('a server that does not answer at all', async () => {
    const server = await serve((request, response, number) => {
      if (number > 0) sendFile(request, response, bytes);
    });
    const { path } = await target();
    await download(server.url, path, { ...quick, stallTimeout: 200 });
    expect(bytes.equals(await readFile(path))).toBe(true);
  });

  it('a server that is busy twice', async () => {
    const server = await serve((request, response, number) => {
      if (number < 2) response.writeHead(503).end();
      else sendFile(request, response, bytes);
    });
    const { path } = await target();
    await download(server.url, path, quick);
    expect(server.ranges).toHaveLength(3);
    expect(bytes.equals(await readFile(path))).toBe(true);
  });

  it('an answer with another range than requested', async () => {
    const server = await serve((request, response, number) => {
      if (number === 0) sendAndBreak(response, bytes, 50_000);
      else if (number === 1) response.writeHead(206, { 'content-range': 'bytes 7-9/10' }).end('abc');
      else sendFile(request, response, bytes);
    });
    const { path } = await target();
    await download(server.url, path, quick);
    expect(bytes.equals(await readFile(path))).toBe(true);
  });

  it('an interruption by the user, at the next call', async () => {
    const server = await serve((request, response, number) => {
      if (number > 0) {
        sendFile(request, response, bytes);
        return;
      }
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 30_000));
    });
    const { folder, path } = await target();
    const controller = new AbortController();
    const onProgress = ({ received }: DownloadProgress): void => {
      if (received === 30_000) controller.abort(new Error('Ctrl-C'));
    };
    await expect(
      download(server.url, path, { ...quick, signal: controller.signal, onProgress }),
    ).rejects.toThrow('Ctrl-C');
    expect(await readdir(folder)).toEqual(['corpus.txt.part']);
    await download(server.url, path, quick);
    expect(server.ranges).toEqual([undefined, 'bytes=30000-']);
    expect(await readdir(folder)).toEqual(['corpus.txt']);
  });

  it('a process that was killed', async () => {
    const server = await serve((request, response) => sendFile(request, response, bytes));
    const { folder, path } = await target();
    await writeFile(`${path}.part.${DEAD_PID}-0123456789ab`, bytes.subarray(0, 1234));
    await download(server.url, path, quick);
    expect(server.ranges).toEqual(['bytes=1234-']);
    expect(await readdir(folder)).toEqual(['corpus.txt']);
  });

  it('a process that was killed after the last byte, without asking the server', async () => {
    const server = await serve((_, response) => response.writeHead(500).end());
    const { path } = await target();
    await writeFile(`${path}.part`, bytes);
    await download(server.url, path, quick);
    expect(server.ranges).toEqual([]);
  });

  it.each([
    ['of the same length', Buffer.alloc(1000, 'x')],
    ['that is longer than the file', Buffer.alloc(300_000, 'x')],
  ])('a part of another file %s, from the start', async (_, part) => {
    const server = await serve((request, response) => sendFile(request, response, bytes));
    const { path } = await target();
    await writeFile(`${path}.part`, part);
    await download(server.url, path, quick);
    expect(bytes.equals(await readFile(path))).toBe(true);
  });
});

describe('a download fails', () => {
  it('when the bytes are not the expected ones, and leaves no file behind', async () => {
    const server = await serve((request, response) =>
      sendFile(request, response, Buffer.from(bytes).fill(1, 500, 501)),
    );
    const { folder, path } = await target();
    const work = download(server.url, path, quick);
    await expect(work).rejects.toThrow(DownloadError);
    await expect(work).rejects.toThrow(
      new RegExp(`not the expected file .* expected ${sha256}.* give it by path`),
    );
    await expect(download(server.url, path, { md5, backoff: 1 })).rejects.toThrow(/md5 .*, expected/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('when the file has another size than expected', async () => {
    const server = await serve((request, response) => sendFile(request, response, bytes.subarray(1)));
    const { path } = await target();
    const size = bytes.length;
    await expect(download(server.url, path, { size })).rejects.toThrow(`${size - 1} bytes, expected ${size}`);
  });

  it('when the server declares a shorter length than it sends', async () => {
    const server = await serve((request, response) => {
      request.socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n${'x'.repeat(2000)}`);
      response.destroy();
    });
    const { folder, path } = await target();
    await expect(download(server.url, path, { ...quick, retries: 1 })).rejects.toThrow(DownloadError);
    expect(await readdir(folder)).not.toContain('corpus.txt');
  });

  it('when the server always declares a longer length than it sends', async () => {
    const server = await serve((_, response) => sendAndBreak(response, bytes.subarray(0, 900), 500));
    const { folder, path } = await target();
    await expect(download(server.url, path, { ...quick, retries: 2 })).rejects.toThrow(
      /tried 3 times.*check the network/,
    );
    expect(server.ranges).toHaveLength(3);
    expect(await readdir(folder)).toEqual(['corpus.txt.part']);
  });

  it('when the file is larger than allowed, with or without a declared length', async () => {
    const server = await serve((request, response, number) => {
      if (number === 0) sendFile(request, response, bytes);
      else response.write(bytes);
    });
    const { path } = await target();
    await expect(download(server.url, path, { maxBytes: 1000 })).rejects.toThrow(
      /200000 bytes or more, above the limit of 1000/,
    );
    await expect(download(server.url, path, { maxBytes: 1000 })).rejects.toThrow(/above the limit of 1000/);
  });

  it('at once when the server has no such file', async () => {
    const server = await serve((_, response) => response.writeHead(404).end());
    const { path } = await target();
    await expect(download(server.url, path, quick)).rejects.toThrow(
      /answers 404 Not Found; get the file another way/,
    );
    expect(server.ranges).toHaveLength(1);
  });

  it('when nobody answers at the address', async () => {
    const server = await serve(() => undefined);
    server.server.close();
    const { path } = await target();
    await expect(download(server.url, path, { ...quick, retries: 1 })).rejects.toThrow(
      /ECONNREFUSED.*tried 2 times/,
    );
  });

  it('at once when the signal has aborted before', async () => {
    const { path } = await target();
    const signal = AbortSignal.abort(new Error('Ctrl-C'));
    await expect(download('http://127.0.0.1:9/', path, { signal })).rejects.toThrow('Ctrl-C');
  });

  it('when there is a file in place of the folder', async () => {
    const { path } = await target();
    await writeFile(path, '');
    const work = download('http://127.0.0.1:9/', join(path, 'text', 'corpus.txt'), quick);
    await expect(work).rejects.toThrow(InputError);
  });

  it.skipIf(smallDisk === undefined)('when the disk is full (needs root to mount a small disk)', async () => {
    const server = await serve((request, response) => sendFile(request, response, bytes));
    const path = join(smallDisk?.folder ?? '', 'corpus.txt');
    const work = download(server.url, path, quick);
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(`${path}: the disk is full`);
    expect(server.ranges).toHaveLength(1); // another try would not help
  });
});

describe('many downloads of one file at the same time', () => {
  it('all end with the right file', async () => {
    const server = await serve((request, response, number) => {
      if (number % 3 === 0) sendAndBreak(response, bytes, 40_000 + number);
      else sendFile(request, response, bytes);
    });
    const { folder, path } = await target();
    await writeFile(`${path}.part`, bytes.subarray(0, 777));
    await Promise.all(Array.from({ length: 8 }, () => download(server.url, path, quick)));
    expect(bytes.equals(await readFile(path))).toBe(true);
    expect(await readdir(folder)).toEqual(['corpus.txt']);
  });

  const compiled = new URL('../../../dist/data/download/download.js', import.meta.url);
  it.skipIf(!existsSync(fileURLToPath(compiled)))(
    'also from several processes (needs the build: npm run build)',
    async () => {
      const server = await serve((request, response) => sendFile(request, response, bytes));
      const { folder, path } = await target();
      const code = `const { download } = await import(process.argv[1]);
        await download(process.argv[2], process.argv[3], { sha256: '${sha256}' });`;
      const run = async (): Promise<unknown> => {
        const child = spawn(process.execPath, [
          '--input-type=module',
          '-e',
          code,
          compiled.href,
          server.url,
          path,
        ]);
        return (await once(child, 'exit'))[0] as unknown;
      };
      expect(await Promise.all([run(), run(), run()])).toEqual([0, 0, 0]);
      expect(bytes.equals(await readFile(path))).toBe(true);
      expect(await readdir(folder)).toEqual(['corpus.txt']);
    },
  );
});

describe('a proxy from the environment', () => {
  it('is used for names that only the proxy can reach, but not for names in no_proxy', async () => {
    const origin = await serve((request, response) => sendFile(request, response, bytes));
    const asked: string[] = [];
    const proxy = await serve(() => undefined);
    proxy.server.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      const there = connect(origin.port, '127.0.0.1', () =>
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n'),
      );
      there.on('error', () => socket.destroy());
      socket.on('error', () => there.destroy());
      socket.pipe(there).pipe(socket);
    });
    vi.stubEnv('http_proxy', `http://127.0.0.1:${proxy.port}`);
    const { path } = await target();
    await download('http://corpora.invalid/corpus.txt', path, quick);
    expect(bytes.equals(await readFile(path))).toBe(true);
    expect(asked).toEqual(['corpora.invalid:80']);

    vi.stubEnv('no_proxy', '127.0.0.1');
    await download(origin.url, `${path}.direct`, quick);
    expect(asked).toHaveLength(1);
  });
});
