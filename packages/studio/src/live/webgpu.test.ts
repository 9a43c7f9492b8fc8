import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Web from '@latentbrush/engine/web';
import * as gan from 'latentbrush/gan';
import * as vae from 'latentbrush/vae';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROWSER, startBrowser, SWIFTSHADER } from '../testing/browser.ts';
import { staticHost } from '../testing/static-host.ts';

const engine = fileURLToPath(new URL('../../../engine/dist/runtime/web.js', import.meta.url));
const ort = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));

const PAGE = `<!doctype html><title>WebGPU</title>
<script type="importmap">{ "imports": { "onnxruntime-web": "./ort/ort.jspi.min.mjs" } }</script>
<script type="module">
  import * as web from './engine.js';
  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (work) {
    globalThis.submitted = (globalThis.submitted ?? 0) + 1;
    return submit.call(this, work);
  };
  globalThis.web = web;
</script>`;

/** A folder for a web host: the page, the engine's runtime, and the files of ONNX Runtime Web. */
async function pageFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'webgpu-'));
  await writeFile(join(folder, 'index.html'), PAGE);
  await symlink(engine, join(folder, 'engine.js'));
  await symlink(ort, join(folder, 'ort'));
  return folder;
}

/** What the engine's runtime is called in the page, and how often work was given to the GPU. */
interface PageGlobals {
  readonly web: typeof Web;
  readonly submitted?: number;
}

/** How often the page has given work to the GPU. */
function submitted(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as PageGlobals).submitted ?? 0);
}

/** Runs a model in the page. @returns the values of its output `pictures` */
async function runInPage(
  page: Page,
  model: Uint8Array,
  z: readonly number[],
  shape: number[],
): Promise<number[]> {
  return page.evaluate(
    async ({ text, z, shape }) => {
      const { configureWebRuntime, runtime } = (globalThis as unknown as PageGlobals).web;
      configureWebRuntime({ files: new URL('ort/', location.href).href, provider: 'webgpu' });
      const session = await runtime.createSession(
        Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
        {},
      );
      const { pictures } = await session.run({
        z: new runtime.Tensor('float32', Float32Array.from(z), shape),
      });
      await session.release();
      return Array.from(pictures!.data as Float32Array);
    },
    { text: Buffer.from(model).toString('base64'), z, shape },
  );
}

/** Networks of the package: their bytes, and the value of white. */
const models: [string, () => Promise<{ bytes: Uint8Array; latent: number; white: number }>][] = [
  [
    'the decoder of a VAE',
    async () => {
      const { model } = await vae.load('pretrained:faces-vae');
      return { bytes: vae.exportOnnx(model).decoder.bytes, latent: model.architecture.latent, white: 1 };
    },
  ],
  [
    'the generator of a GAN',
    async () => {
      const { model } = await gan.load('pretrained:faces-gan');
      return { bytes: gan.exportOnnx(model).bytes, latent: model.architecture.latent, white: 255 };
    },
  ],
];

const missing = [BROWSER, engine].filter((path) => !existsSync(path));

describe.skipIf(missing.length > 0)(
  `WebGPU, computed by SwiftShader${missing.map((path) => ` (${path} is not there)`).join('')}`,
  { timeout: 60_000 },
  () => {
    let browser: Browser;
    let page: Page;
    let folder: string;
    let host: Awaited<ReturnType<typeof staticHost>>;
    let hasAdapter = false;
    beforeAll(async () => {
      browser = await startBrowser(SWIFTSHADER);
      folder = await pageFolder();
      host = await staticHost(folder);
      page = await browser.newPage();
      await page.goto(host.url);
      hasAdapter = await page.evaluate(async () => {
        const { gpu } = navigator as { gpu?: { requestAdapter: () => Promise<unknown> } };
        return gpu !== undefined && (await gpu.requestAdapter()) !== null;
      });
    }, 60_000);
    afterAll(async () => {
      await browser.close();
      await host.close();
      await rm(folder, { recursive: true });
    });

    it.for(models)('computes the same pictures as the native kernels: %s', async ([, network], { skip }) => {
      skip(!hasAdapter, 'this Chromium offers no WebGPU adapter');
      const { bytes, latent, white } = await network();
      const z = Float32Array.from({ length: 2 * latent }, (_, i) => 1.5 * Math.sin(7 * i + 1));
      const native = await InferenceSession.create(bytes);
      const expected = (await native.run({ z: new Tensor(z, [2, latent]) })).pictures!.data as Float32Array;
      await native.release();
      const before = await submitted(page);
      const found = await runInPage(page, bytes, [...z], [2, latent]);
      expect(found).toHaveLength(2 * 3 * 32 * 32);
      const difference = found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
      expect(difference / white).toBeLessThan(1e-4);
      expect(await submitted(page)).toBeGreaterThan(before);
    });
  },
);
