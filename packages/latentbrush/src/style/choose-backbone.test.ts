import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serve } from '../testing/file-server.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { WeightsUnavailable } from '../pretrained/weights/locate.ts';
import { chooseBackbone } from './choose-backbone.ts';

// Tests must not use the folders or the network of the person who runs them.
beforeEach(async () => {
  vi.stubEnv('LATENTBRUSH_DATA_DIR', undefined);
  vi.stubEnv('LATENTBRUSH_CACHE_DIR', await temporaryFolder());
});
afterEach(() => vi.unstubAllEnvs());

/** A network that refuses all connections, and counts them. */
async function refusingProxy(): Promise<() => number> {
  let asked = 0;
  const proxy = await serve(() => undefined);
  proxy.server.on('connect', (_, socket) => {
    asked += 1;
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  vi.stubEnv('no_proxy', '');
  vi.stubEnv('HTTPS_PROXY', undefined);
  vi.stubEnv('https_proxy', `http://127.0.0.1:${proxy.port}`);
  return () => asked;
}

describe('without a requested network', () => {
  it('it is the embedded trunk when downloads are off, which one line says', async () => {
    const { backbone, fallback } = await chooseBackbone(undefined, { offline: true });
    expect(backbone).toMatchObject({ name: 'inception_v3' });
    expect(backbone.origin).toMatch(/embedded trunk/);
    expect(fallback).toBe(
      'vgg19 has no local copy and downloads are off: using the embedded trunk of inception_v3 (to get vgg19: latentbrush models fetch vgg19)',
    );
  });

  it('it is the embedded trunk when vgg19 cannot be fetched', async () => {
    const asked = await refusingProxy();
    const { backbone, fallback } = await chooseBackbone(undefined, { backoff: 1 });
    expect(backbone.origin).toMatch(/embedded trunk/);
    expect(fallback).toMatch(/^vgg19 has no local copy and could not be fetched: using the embedded trunk/);
    expect(asked()).toBeGreaterThan(0);
    expect(asked()).toBeLessThanOrEqual(2); // no long wait without a network
  });

  it('it is the embedded trunk when a variable of the environment names no proxy, which the line says', async () => {
    vi.stubEnv('https_proxy', undefined);
    vi.stubEnv('HTTPS_PROXY', 'garbage');
    const { backbone, fallback } = await chooseBackbone(undefined);
    expect(backbone.origin).toMatch(/embedded trunk/);
    expect(fallback).toMatch(
      /^vgg19 has no local copy and could not be fetched \(HTTPS_PROXY: "garbage" is not the address of a proxy; .*\): using the/,
    );
  });

  it('damaged weights are reported, not skipped', async () => {
    const dataDir = await temporaryFolder();
    await writeFile(join(dataDir, 'vgg19.safetensors'), 'not weights');
    await expect(chooseBackbone(undefined, { dataDir, offline: true })).rejects.toThrow(/vgg19\.safetensors/);
  });

  it('a download of weights stops when the signal aborts, and nothing replaces them', async () => {
    const controller = new AbortController();
    const proxy = await serve(() => undefined);
    proxy.server.on('connect', () => controller.abort(new Error('Ctrl-C'))); // and never answers
    vi.stubEnv('no_proxy', '');
    vi.stubEnv('HTTPS_PROXY', undefined);
    vi.stubEnv('https_proxy', `http://127.0.0.1:${proxy.port}`);
    await expect(chooseBackbone(undefined, { signal: controller.signal })).rejects.toThrow('Ctrl-C');
  });
});

describe('a requested network is never replaced', () => {
  it('a name', async () => {
    await expect(chooseBackbone('vgg19', { offline: true })).rejects.toThrow(WeightsUnavailable);
    await expect(chooseBackbone('vgg16', { offline: true })).rejects.toThrow(WeightsUnavailable);
    const { backbone, fallback } = await chooseBackbone('embedded', { offline: true });
    expect(backbone.origin).toMatch(/embedded trunk/);
    expect(fallback).toBeUndefined();
    await expect(chooseBackbone('vgg20')).rejects.toThrow(/backbone "vgg20" does not exist/);
  });

  it('layers, which imply vgg19', async () => {
    const layers = ['block5_conv2'];
    await expect(chooseBackbone(undefined, { layers, offline: true })).rejects.toThrow(WeightsUnavailable);
    await expect(chooseBackbone(undefined, { layers: ['mixed2'], offline: true })).rejects.toThrow(
      /layer "mixed2" does not exist in vgg19/,
    );
  });

  it('a file of weights', async () => {
    const weights = join(await temporaryFolder(), 'mine.h5');
    await expect(chooseBackbone(undefined, { weights, offline: true })).rejects.toThrow(/mine\.h5/);
  });
});
