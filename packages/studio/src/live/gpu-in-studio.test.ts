import { join } from 'node:path';
import { backbones, data, image, style } from 'latentbrush';
import { load } from 'latentbrush/vae';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { SWIFTSHADER } from '../testing/browser.ts';
import { describeInBrowser } from '../testing/studio-in-browser.ts';

const STYLE = '/go/live?run=starry&size=128';
const SPACE = '/go/explore?run=pretrained:faces-vae';

/** Where `opened` leaves a window; its storage is set there. */
const START = '/';

describeInBrowser(
  "the studio's page on a GPU, simulated by SwiftShader",
  180_000,
  ({ folder, at, opened, complaints }) => {
    /** A window of a new visitor who chose a device, and the files of ONNX Runtime that it asked for. */
    async function windowOn(device: 'gpu' | undefined): Promise<{ window: Page; asked: string[] }> {
      const window = await opened({ place: START });
      if (device !== undefined)
        await window.evaluate((chosen) => localStorage.setItem('latentbrush-computes-on', chosen), device);
      const asked: string[] = [];
      window.on('request', (request) => {
        const { pathname } = new URL(request.url());
        if (pathname.startsWith('/ort/')) asked.push(pathname.slice('/ort/'.length));
      });
      return { window, asked };
    }

    /** Trains a small style for one step: SwiftShader takes minutes for a picture of a large one. */
    async function trainStyle(): Promise<void> {
      const side = { height: 64, width: 64 };
      const photograph = image.resize(await data.loadPhotograph('cat'), side);
      const painting = image.resize(await data.loadPainting('starry-night'), side);
      const backbone = await backbones.loadBackbone('embedded');
      const pictures = {
        style: { name: 'starry-night', picture: painting },
        contentDir: 'photos',
        contents: [photograph],
      };
      const layers = { styleLayers: ['conv2d_1'], contentLayer: 'conv2d_2' };
      const network = { filters: 4, residualBlocks: 1 };
      const steps = { size: 64, styleSize: 64, batchSize: 1, iterations: 1, threads: 1 };
      const run = join(folder(), 'runs', 'starry');
      for await (const event of style.train(backbone, pictures, { ...network, ...steps, ...layers, run }))
        void event;
    }

    /** Whether this Chromium has an adapter of WebGPU and the promises of WebAssembly. */
    const hasGpu = (window: Page): Promise<boolean> =>
      window.evaluate(async () => {
        const { gpu } = navigator as { gpu?: { requestAdapter: () => Promise<unknown> } };
        return 'Suspending' in WebAssembly && ((await gpu?.requestAdapter()) ?? null) !== null;
      });

    /** The pixels of the painted picture. */
    async function painted(window: Page, device: string): Promise<number[]> {
      await window.getByText(`ms a picture, on the ${device}`).waitFor();
      return window
        .getByRole('img', { name: 'The painted picture' })
        .evaluate((canvas: HTMLCanvasElement) => [
          ...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data,
        ]);
    }

    it('a style paints there as it does on the processor', async ({ skip }) => {
      const { window, asked } = await windowOn('gpu');
      skip(!(await hasGpu(window)), 'this Chromium offers no WebGPU adapter');
      await trainStyle();
      await window.goto(at(STYLE));
      const found = await painted(window, 'GPU');
      expect(asked.every((name) => name.includes('jspi'))).toBe(true);
      expect(complaints).toEqual([]);
      await window.context().close();

      // Without a choice, a simulated GPU is not used.
      const other = await windowOn(undefined);
      await other.window.goto(at(STYLE));
      const expected = await painted(other.window, 'processor');
      expect(other.asked.some((name) => name.includes('jspi'))).toBe(false);
      expect(complaints).toEqual([]);
      await other.window.context().close();

      // 1e-3 of white, rounded to bytes
      expect(found).toHaveLength(4 * 128 * 128);
      expect(found.every((value, i) => Math.abs(value - expected[i]!) <= 1)).toBe(true);
      expect(new Set(found).size).toBeGreaterThan(100);
    });

    it('the explorer decodes there as the native kernels do', async ({ skip }) => {
      const { window } = await windowOn('gpu');
      skip(!(await hasGpu(window)), 'this Chromium offers no WebGPU adapter');
      await window.goto(at(SPACE));
      await window.getByText('ms a picture, on the GPU').waitFor();
      const [worker] = window.workers().filter((each) => each.url().includes('gpu-worker'));
      await worker!.evaluate(() => {
        const { prototype } = (globalThis as unknown as { GPUQueue: { prototype: { submit: () => void } } })
          .GPUQueue;
        const { submit } = prototype;
        Object.assign(globalThis, { submitted: 0 });
        prototype.submit = function (...work) {
          (globalThis as unknown as { submitted: number }).submitted += 1;
          submit.apply(this, work);
        };
      });
      const submitted = (): Promise<number> =>
        worker!.evaluate(() => (globalThis as unknown as { submitted: number }).submitted);
      await window.getByRole('application').press('ArrowRight');
      await expect.poll(submitted).toBeGreaterThan(0);
      expect(complaints).toEqual([]); // to read pixels often, as below, is a complaint of Chromium
      const screen = window.getByRole('img', { name: 'The picture at this point' });
      const point = await screen.evaluate((canvas: HTMLCanvasElement) => canvas.dataset.point!);
      const model = await load('pretrained:faces-vae', { threads: 1 });
      const [native] = await model.decode([Float32Array.from(point.split(' '), Number)]);
      await model.release();
      const { data: planes, width, height } = native!;
      const difference = async (): Promise<number> => {
        const pixels = await screen.evaluate((canvas: HTMLCanvasElement) => [
          ...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data,
        ]);
        const area = width * height;
        return planes.reduce(
          (most, value, i) =>
            Math.max(most, Math.abs((pixels[4 * (i % area) + Math.floor(i / area)] ?? NaN) - value)),
          0,
        );
      };
      // Rounded to bytes, and 1e-3 of white. The picture of this point comes a while after it.
      await expect.poll(difference, { timeout: 20_000 }).toBeLessThan(0.5 + 0.255);
      await window.context().close();
    });

    it.for([
      ['has no device', "GPUAdapter.prototype.requestDevice = () => Promise.reject(new Error('lost'));"],
      [
        'fails at the first run',
        "addEventListener('message', ({ data }) => { if (data.type === 'run') GPUQueue.prototype.submit = () => { throw new Error('lost'); }; });",
      ],
      ['computes nothing', 'GPUQueue.prototype.submit = () => undefined;'],
    ])('computes on the processor if the GPU %s', async ([, fault], { skip }) => {
      const { window, asked } = await windowOn('gpu');
      skip(!(await hasGpu(window)), 'this Chromium offers no WebGPU adapter');
      await window.route(/gpu-worker/, async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: `${fault}\n${await answer.text()}` });
      });
      await window.goto(at(SPACE));
      await window.getByText('ms a picture, on the processor').waitFor();
      expect(asked).toContain('ort-wasm-simd-threaded.jspi.wasm');
      await window.context().close();
    });
  },
  SWIFTSHADER,
);
