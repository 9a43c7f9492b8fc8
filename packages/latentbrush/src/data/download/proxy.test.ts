import { join } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serve } from '../../testing/file-server.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { download, DownloadError } from './download.ts';

beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'])
    vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

const target = async (): Promise<string> => join(await temporaryFolder(), 'corpus.txt');

/** A proxy that answers each request for a connection with these statuses, and repeats the last one. */
async function proxyThatAnswers(...statuses: string[]): Promise<{ port: number; asked: () => number }> {
  let asked = 0;
  const { server, port } = await serve(() => undefined);
  server.on('connect', (_, socket) => {
    socket.end(`HTTP/1.1 ${statuses[Math.min(asked, statuses.length - 1)]}\r\n\r\n`);
    asked += 1;
  });
  return { port, asked: () => asked };
}

describe('a proxy variable that names no proxy is bad input that names the variable', () => {
  it.each([
    ['HTTPS_PROXY', 'garbage', 'HTTPS_PROXY: "garbage" is not the address of a proxy; write one as http://'],
    ['https_proxy', 'proxy.example:8080', 'https_proxy: "proxy.example:8080" is not the address of a proxy'],
    ['HTTP_PROXY', 'http://', 'HTTP_PROXY: "http://" is not the address of a proxy'],
    ['http_proxy', 'ftp://me:secret@proxy', 'http_proxy: "ftp://proxy" is not the address of a proxy'],
  ])('%s=%s', async (variable, value, message) => {
    vi.stubEnv(variable, value);
    const work = download('https://somewhere.example/corpus.txt', await target());
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(message);
  });
});

describe('a proxy that does not connect', () => {
  it('with 403 or 407 is named with its status but not its password, and asked once', async () => {
    for (const status of ['403 Forbidden', '407 Proxy Authentication Required']) {
      const proxy = await proxyThatAnswers(status);
      vi.stubEnv('HTTPS_PROXY', `http://me:secret@127.0.0.1:${proxy.port}`);
      const work = download('https://somewhere.example/corpus.txt', await target(), { backoff: 1 });
      await expect(work).rejects.toThrow(DownloadError);
      await expect(work).rejects.toThrow(
        `https://somewhere.example/corpus.txt: the proxy http://127.0.0.1:${proxy.port} (HTTPS_PROXY) answers ${status.slice(0, 3)}; get the file another way and give it by path`,
      );
      expect(proxy.asked()).toBe(1);
    }
  });

  it('because it is busy is asked again', async () => {
    const proxy = await proxyThatAnswers('503 Service Unavailable', '403 Forbidden');
    vi.stubEnv('http_proxy', `http://127.0.0.1:${proxy.port}`); // it applies to https, too, if https_proxy is not set
    const work = download('https://somewhere.example/corpus.txt', await target(), { backoff: 1 });
    await expect(work).rejects.toThrow(`the proxy http://127.0.0.1:${proxy.port} (http_proxy) answers 403`);
    expect(proxy.asked()).toBe(2);
  });
});
