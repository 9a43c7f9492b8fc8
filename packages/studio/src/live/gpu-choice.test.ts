import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const real = { info: { vendor: 'nvidia', architecture: 'ampere', isFallbackAdapter: false } };
const simulated = { info: { vendor: 'google', architecture: 'swiftshader' } };

/** A browser with an adapter, and what its user chose. */
function inBrowser(adapter: object | null | Error | undefined, chosen?: string): void {
  const requestAdapter = (): Promise<object | null> =>
    adapter instanceof Error ? Promise.reject(adapter) : Promise.resolve(adapter ?? null);
  vi.stubGlobal('navigator', adapter === undefined ? {} : { gpu: { requestAdapter } });
  vi.stubGlobal('localStorage', { getItem: () => chosen ?? null });
}

describe('the choice of the GPU', () => {
  beforeEach(() => {
    vi.resetModules();
    vi.stubGlobal('WebAssembly', { Suspending: Object });
  });
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ['a GPU', real, undefined, { large: true, small: false }],
    ['a GPU that is not wanted', real, 'processor', { large: false, small: false }],
    ['a GPU that is wanted for all', real, 'gpu', { large: true, small: true }],
    ['a simulated one', simulated, undefined, { large: false, small: false }],
    ['a simulated one that is wanted', simulated, 'gpu', { large: true, small: true }],
    ['a fallback', { isFallbackAdapter: true }, undefined, { large: false, small: false }],
    ['a fallback', { info: { isFallbackAdapter: true } }, undefined, { large: false, small: false }],
    ['another program', { info: { device: 'llvmpipe' } }, undefined, { large: false, small: false }],
    ['Basic Render', { info: { description: 'Microsoft Basic Render Driver' } }, undefined, { large: false }],
    ['no adapter', null, 'gpu', { large: false, small: false }],
    ['an adapter that fails', new Error('lost'), 'gpu', { large: false, small: false }],
    ['no WebGPU', undefined, 'gpu', { large: false, small: false }],
  ])('%s: %o, chosen: %s', async (_, adapter, chosen, expected) => {
    inBrowser(adapter, chosen);
    const { prefersGpu } = await import('./gpu-choice.ts');
    const found = { large: await prefersGpu('large'), small: await prefersGpu('small') };
    expect(found).toMatchObject(expected);
  });

  it('needs the promises of WebAssembly, and a GPU that has not failed', async () => {
    inBrowser(real);
    const { giveUpGpu, prefersGpu } = await import('./gpu-choice.ts');
    vi.stubGlobal('WebAssembly', {});
    expect(await prefersGpu('large')).toBe(false);
    vi.stubGlobal('WebAssembly', { Suspending: Object });
    expect(await prefersGpu('large')).toBe(true);
    giveUpGpu();
    expect(await prefersGpu('large')).toBe(false);
  });
});
