import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '@latentbrush/engine';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DownloadProgress } from '../../data/index.ts';
import { sendAndBreak, sendFile, serve } from '../../testing/file-server.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { findWeights, locateWeights, WeightsUnavailable, type LocatedWeights } from './locate.ts';
import { pretrainedWeights, type PretrainedWeights } from './registry.ts';

const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 251));
const fileName = 'tiny_weights_tf_dim_ordering_tf_kernels_notop.h5';
const quick = { backoff: 1, retries: 1, stallTimeout: 200 };

// Tests must not use the folders and proxies of the person who runs them.
beforeEach(() => {
  for (const name of [
    'http_proxy',
    'https_proxy',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'LATENTBRUSH_DATA_DIR',
    'XDG_CACHE_HOME',
    'TORCH_HOME',
    'KERAS_HOME',
  ])
    vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

/** A network whose weights come from a server on this machine. */
function entryAt(url: string): PretrainedWeights {
  const md5 = createHash('md5').update(bytes).digest('hex');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const torchvision = `tiny-${sha256.slice(0, 8)}.pth`;
  const withClassifier = createHash('md5').update('all').digest('hex');
  return {
    ...pretrainedWeights.vgg19,
    name: 'tiny',
    url,
    fileName,
    md5,
    size: bytes.length,
    withClassifier,
    torchvision,
  };
}

const nowhere = entryAt('http://127.0.0.1:9/weights.h5');

async function cacheWith(contents?: string | Uint8Array): Promise<{ cacheDir: string; path: string }> {
  const cacheDir = await temporaryFolder();
  const path = join(cacheDir, 'weights', fileName);
  if (contents !== undefined) {
    await mkdir(join(cacheDir, 'weights'));
    await writeFile(path, contents);
  }
  return { cacheDir, path };
}

describe('locateWeights returns', () => {
  it('the file that the user names, whatever else exists', async () => {
    const { cacheDir } = await cacheWith(bytes);
    const path = join(await temporaryFolder(), 'mine.safetensors');
    await writeFile(path, 'mine');
    expect(await locateWeights(nowhere, { path, cacheDir, dataDir: cacheDir })).toEqual({
      path,
      from: 'path',
    });
  });

  it.each(['.', 'weights'])('else a copy in the data folder (%s)', async (inside) => {
    const dataDir = await temporaryFolder();
    await mkdir(join(dataDir, inside), { recursive: true });
    const path = join(dataDir, inside, fileName);
    await writeFile(path, bytes);
    const { cacheDir } = await cacheWith(bytes);
    const located = { path, from: 'data folder' };
    expect(await locateWeights(nowhere, { dataDir, cacheDir })).toEqual(located);
    vi.stubEnv('LATENTBRUSH_DATA_DIR', dataDir);
    expect(await locateWeights(nowhere, { cacheDir })).toEqual(located);
  });

  it('a copy in the data folder in another format, by the name of the network', async () => {
    const dataDir = await temporaryFolder();
    await writeFile(join(dataDir, 'tiny.safetensors'), 'anything');
    expect(await locateWeights(nowhere, { dataDir })).toEqual({
      path: join(dataDir, 'tiny.safetensors'),
      from: 'data folder',
    });
  });

  const checkpoints = join('hub', 'checkpoints');
  it.each<[string, string, string, string, string, string | Buffer]>([
    ['Keras', 'HOME', join('.keras', 'models'), fileName, 'Keras', bytes],
    ['Keras, moved', 'KERAS_HOME', 'models', fileName, 'Keras', bytes],
    ['Keras, with the classifier', 'KERAS_HOME', 'models', fileName.replace('_notop', ''), 'Keras', 'all'],
    ['PyTorch', 'HOME', join('.cache', 'torch', checkpoints), nowhere.torchvision!, 'PyTorch', bytes],
    [
      'PyTorch, by the cache',
      'XDG_CACHE_HOME',
      join('torch', checkpoints),
      nowhere.torchvision!,
      'PyTorch',
      bytes,
    ],
    ['PyTorch, moved', 'TORCH_HOME', checkpoints, nowhere.torchvision!, 'PyTorch', bytes],
  ])('else what %s keeps, if its checksum is right', async (_, variable, inside, name, from, contents) => {
    const home = await temporaryFolder();
    vi.stubEnv('HOME', await temporaryFolder());
    vi.stubEnv(variable, home);
    const { cacheDir } = await cacheWith();
    const path = join(home, inside, name);
    await mkdir(join(home, inside), { recursive: true });
    await writeFile(path, 'half a download');
    await expect(locateWeights(nowhere, { cacheDir, offline: true })).rejects.toThrow(WeightsUnavailable);
    await writeFile(path, contents);
    const seen: LocatedWeights[] = [];
    const located = await locateWeights(nowhere, {
      cacheDir,
      offline: true,
      onKept: (kept) => seen.push(kept),
    });
    expect(located).toEqual({ path, from });
    expect(seen).toEqual([located]);
    // PyTorch's weights are others than Keras': only where a download is the alternative.
    expect(await findWeights(nowhere, { cacheDir })).toEqual(from === 'Keras' ? located : undefined);
  });

  it('else the cache, also offline', async () => {
    const { cacheDir, path } = await cacheWith(bytes);
    expect(await locateWeights(nowhere, { cacheDir })).toEqual({ path, from: 'cache' });
    expect(await locateWeights(nowhere, { cacheDir, offline: true })).toEqual({ path, from: 'cache' });
  });

  it('else the download, which is in the cache from then on', async () => {
    const server = await serve((request, response) => sendFile(request, response, bytes));
    const { cacheDir, path } = await cacheWith();
    const progress: DownloadProgress[] = [];
    const options = { cacheDir, onProgress: (event: DownloadProgress) => progress.push(event) };
    expect(await locateWeights(entryAt(server.url), options)).toEqual({ path, from: 'download' });
    expect(progress.at(-1)).toEqual({ received: bytes.length, total: bytes.length });
    expect(bytes.equals(await readFile(path))).toBe(true);
    expect(await locateWeights(entryAt(server.url), options)).toEqual({ path, from: 'cache' });
    expect(server.ranges).toHaveLength(1);
  });

  it('a damaged file in the cache is fetched again', async () => {
    const server = await serve((request, response) => sendFile(request, response, bytes));
    const { cacheDir, path } = await cacheWith(Buffer.from(bytes).fill(1, 500, 501));
    expect(await locateWeights(entryAt(server.url), { cacheDir })).toEqual({ path, from: 'download' });
    expect(bytes.equals(await readFile(path))).toBe(true);
  });
});

describe('locateWeights handles a server that', () => {
  it('breaks off: it continues from there', async () => {
    const server = await serve((request, response, number) => {
      if (number === 0) sendAndBreak(response, bytes, 40_000);
      else sendFile(request, response, bytes);
    });
    const { cacheDir, path } = await cacheWith();
    await locateWeights(entryAt(server.url), { cacheDir, ...quick });
    expect(server.ranges).toEqual([undefined, 'bytes=40000-']);
    expect(bytes.equals(await readFile(path))).toBe(true);
  });

  it('stalls: it requests the rest again', async () => {
    const server = await serve((request, response, number) => {
      if (number > 0) {
        sendFile(request, response, bytes);
        return;
      }
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 30_000));
    });
    const { cacheDir, path } = await cacheWith();
    await locateWeights(entryAt(server.url), { cacheDir, ...quick });
    expect(bytes.equals(await readFile(path))).toBe(true);
  });
});

describe('the weights are unavailable, and no partial file is left in the cache, when', () => {
  const cases: [string, Parameters<typeof serve>[0], RegExp][] = [
    [
      'the server sends wrong bytes',
      (request, response) => sendFile(request, response, Buffer.from(bytes).fill(1, 500, 501)),
      /not the expected file \(md5 [0-9a-f]{32}, expected [0-9a-f]{32}\)/,
    ],
    [
      'the server always breaks off',
      (_, response) => sendAndBreak(response, bytes, 0),
      /tried 2 times.*check the network/,
    ],
    [
      'the server declares a length that is too long',
      (_, response) => response.writeHead(200, { 'content-length': bytes.length + 1 }).end(bytes),
      /100001 bytes or more, above the limit of 100000/,
    ],
    [
      'the server declares a length that is too short',
      (_, response) => response.writeHead(200, { 'content-length': 7 }).end('weights'),
      /not the expected file \(7 bytes, expected 100000\)/,
    ],
    ['the server never ends', (_, response) => endless(response), /above the limit of 100000/],
    [
      'the server has no such file',
      (_, response) => response.writeHead(404).end(),
      /answers 404 .* give it by path \(option weights of dream and style\)$/,
    ],
  ];
  it.each(cases)('%s', async (_, answer, message) => {
    const server = await serve(answer);
    const { cacheDir, path } = await cacheWith();
    const work = locateWeights(entryAt(server.url), { cacheDir, ...quick });
    await expect(work).rejects.toThrow(WeightsUnavailable);
    await expect(work).rejects.toThrow(message);
    await expect(work).rejects.toMatchObject({ network: 'tiny', name: 'InputError' });
    expect(existsSync(path)).toBe(false);
  });

  it('they have no local copy and downloads are off', async () => {
    const { cacheDir } = await cacheWith();
    const work = locateWeights(nowhere, { cacheDir, offline: true });
    await expect(work).rejects.toThrow(WeightsUnavailable);
    await expect(work).rejects.toThrow(
      /^tiny: its weights are not on this machine and downloads are off; fetch them once with "latentbrush models fetch tiny", or get http.* another way and give the file to dream or style with option weights$/,
    );
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it('the file in the cache is damaged and downloads are off', async () => {
    const { cacheDir, path } = await cacheWith('half a file');
    await expect(locateWeights(nowhere, { cacheDir, offline: true })).rejects.toThrow(
      `${path}, is damaged (11 bytes, expected 100000)`,
    );
  });
});

describe('the error', () => {
  it('says that the named file does not exist, or is a folder', async () => {
    const folder = await temporaryFolder();
    const missing = locateWeights(nowhere, { path: join(folder, 'none.h5') });
    await expect(missing).rejects.toThrow(InputError);
    await expect(missing).rejects.toThrow(/none\.h5: no such file/);
    await expect(locateWeights(nowhere, { path: folder })).rejects.toThrow('is not a file');
  });

  it("says that the copy of Keras' file in the data folder is damaged", async () => {
    const dataDir = await temporaryFolder();
    await writeFile(join(dataDir, fileName), bytes.subarray(1));
    const work = locateWeights(nowhere, { dataDir });
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(/99999 bytes, expected 100000/);
  });

  it('of an abort is its own reason', async () => {
    const { cacheDir } = await cacheWith();
    const signal = AbortSignal.abort(new Error('Ctrl-C'));
    await expect(locateWeights(nowhere, { cacheDir, signal })).rejects.toThrow('Ctrl-C');
  });
});

describe('findWeights', () => {
  it('finds files in the cache, and never uses the network', async () => {
    const server = await serve((request, response) => sendFile(request, response, bytes));
    const { cacheDir, path } = await cacheWith(bytes);
    const empty = (await cacheWith()).cacheDir;
    expect(await findWeights(entryAt(server.url), { cacheDir })).toEqual({ path, from: 'cache' });
    expect(await findWeights(entryAt(server.url), { cacheDir: empty })).toBeUndefined();
    expect(server.ranges).toEqual([]);
  });

  it('says that the file in the cache is damaged, and how to repair it', async () => {
    const { cacheDir, path } = await cacheWith(Buffer.from(bytes).fill(1, 500, 501));
    const work = findWeights(nowhere, { cacheDir });
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(
      new RegExp(`${path}: not the weights of tiny .*latentbrush models fetch tiny`),
    );
  });
});

describe('several at the same time', () => {
  it('in one process all get the whole file', async () => {
    const server = await serve((request, response, number) => {
      if (number % 2 === 0) sendAndBreak(response, bytes, 20_000 + number);
      else sendFile(request, response, bytes);
    });
    const { cacheDir, path } = await cacheWith();
    const options = { cacheDir, backoff: 1 };
    await Promise.all(Array.from({ length: 4 }, () => locateWeights(entryAt(server.url), options)));
    expect(bytes.equals(await readFile(path))).toBe(true);
    expect(await readdir(join(cacheDir, 'weights'))).toEqual([fileName]);
  });

  const compiled = new URL('../../../dist/pretrained/weights/locate.js', import.meta.url);
  it.skipIf(!existsSync(fileURLToPath(compiled)))(
    'two processes do too (needs the build: npm run build)',
    async () => {
      const server = await serve((request, response) => sendFile(request, response, bytes));
      const { cacheDir, path } = await cacheWith();
      const code = `const { locateWeights } = await import(process.argv[1]);
        await locateWeights(JSON.parse(process.argv[2]), { cacheDir: process.argv[3] });`;
      const entry = JSON.stringify(entryAt(server.url));
      const run = async (): Promise<unknown> => {
        const args = ['--input-type=module', '-e', code, compiled.href, entry, cacheDir];
        return (await once(spawn(process.execPath, args), 'exit'))[0] as unknown;
      };
      expect(await Promise.all([run(), run()])).toEqual([0, 0]);
      expect(bytes.equals(await readFile(path))).toBe(true);
      expect(await readdir(join(cacheDir, 'weights'))).toEqual([fileName]);
    },
  );
});

function endless(response: ServerResponse): void {
  const more = (): void => {
    if (!response.destroyed) response.write(bytes.subarray(0, 64_000), () => setImmediate(more));
  };
  response.on('error', () => undefined);
  more();
}
