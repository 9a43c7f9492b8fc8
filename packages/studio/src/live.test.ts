import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { backbones, data, image, style } from 'latentbrush';
import { load } from 'latentbrush/vae';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { staticHost } from './testing/static-host.ts';
import { StudioProcess } from './testing/studio-process.ts';
import { describeInBrowser, expectAccessible } from './testing/studio-in-browser.ts';

describeInBrowser('networks that run in the page', 180_000, ({ folder, at, opened, complaints }) => {
  /** The link to the page of a run, beside its losses after the training. */
  const ended = (window: Page, name: string): Locator =>
    window.locator('section.panel').getByRole('link', { name, exact: true });

  /** Sets a number option. */
  async function set(window: Page, option: string, value: string): Promise<void> {
    await window.getByRole('spinbutton', { name: option, exact: true }).fill(value);
  }

  /** Trains a small VAE on the page of trainings. */
  async function startFaces(window: Page, name: string, epochs: string): Promise<void> {
    await set(window, 'Size', '16');
    await set(window, 'Latent dim', '6');
    await set(window, 'Epochs', epochs);
    await window.getByLabel('Name').fill(name);
    await window.getByRole('button', { name: 'Train', exact: true }).click();
  }

  /** Lays the losses of another run over those of the shown one, by keyboard. */
  async function compareLosses(window: Page): Promise<void> {
    await window.getByRole('checkbox', { name: 'Lay the losses of faces over the chart' }).press(' ');
    const losses = window.getByRole('table');
    // It had few steps: its file has only losses of epochs.
    await losses.getByRole('row', { name: /^faces Validation \d/ }).waitFor();
    await window.getByRole('slider', { name: /^Smoothing/ }).press('End');
    const chart = window.getByRole('application', { name: /^Loss by step/ });
    await chart.press('ArrowLeft');
    await losses.getByRole('columnheader', { name: /^Step \d+$/ }).waitFor();
    await losses.getByRole('row', { name: /^map Validation/ }).waitFor();
    await window.getByText('Time of training').click();
    await losses.getByRole('columnheader', { name: 'Last' }).waitFor();
    await chart.press('ArrowLeft');
    await losses.getByRole('columnheader', { name: /^\d+:\d\d$/ }).waitFor();
    await window.reload(); // the comparison is in the address
    await losses.getByRole('row', { name: /^faces Validation/ }).waitFor();
    await expectNoFault(window);
    await window.setViewportSize({ width: 1200, height: 900 });
  }

  /** axe finds no fault, and nothing is wider than the page, also on a narrow one. */
  async function expectNoFault(window: Page): Promise<void> {
    for (const width of [1200, 360]) {
      await window.setViewportSize({ width, height: 900 });
      await expectAccessible(window, `${window.url()} at ${width}`);
    }
  }

  it('a training begins, shows its losses and samples, stops, saves, and continues', async () => {
    const window = await opened({ place: '/go/train', measures: true });
    await window.getByText(/^About \d[\d.]* (?:second|minute|hour)s?, \d+ MB of memory$/).waitFor();
    await startFaces(window, 'faces', '500');
    await window.getByText('Drawn from the latent space').waitFor();
    await window.getByRole('application', { name: /^Loss by step/ }).waitFor();
    await window.getByRole('checkbox', { name: 'Logarithmic scale' }).check();
    await window.getByRole('button', { name: 'Stop and save' }).click();
    const row = window
      .getByRole('listitem')
      .filter({ has: window.getByRole('heading', { name: 'faces', exact: true }) });
    await row.getByRole('button', { name: 'Continue' }).click();
    await row.getByRole('spinbutton').fill('1');
    await row.getByRole('button', { name: 'Continue' }).last().click();
    await ended(window, 'Explore').waitFor();
    await expectNoFault(window);
    expect(complaints).toEqual([]);
    await window.context().close();
  });

  it('the explorer shows the picture under the pointer, as the native runtime computes it, without a request', async () => {
    const window = await opened({ place: '/go/train' });
    await startFaces(window, 'map', '1');
    await ended(window, 'Explore').waitFor();
    await compareLosses(window);
    await window.goto(at('/go/explore?run=map'));
    const map = window.getByRole('application');
    const screen = window.getByRole('img', { name: 'The picture at this point' });
    await window.getByText(/ms a picture/).waitFor();
    const { x, y, width, height } = (await map.boundingBox())!;
    const requests: string[] = [];
    window.on('request', (request) => requests.push(new URL(request.url()).pathname));
    await window.mouse.move(x + width / 2, y + height / 2);
    await window.mouse.down();
    for (let step = 0; step <= 30; step++)
      await window.mouse.move(x + width * (0.5 + step / 100), y + height * (0.5 - step / 100));
    await window.mouse.up();
    await window.waitForTimeout(500); // the last picture
    // The frame of the page can request the jobs at any time.
    expect(requests.filter((path) => path !== '/api/jobs')).toEqual([]);

    const shown = await screen.evaluate((canvas: HTMLCanvasElement) => ({
      point: canvas.dataset.point!.split(' ').map(Number),
      pixels: [...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data],
    }));
    const model = await load(join(folder(), 'runs', 'map'), { threads: 1 });
    const [native] = await model.decode([Float32Array.from(shown.point)]);
    await model.release();
    const area = native!.width * native!.height;
    expect(shown.pixels).toHaveLength(4 * area);
    for (let i = 0; i < area; i++)
      for (let channel = 0; channel < 3; channel++)
        expect(Math.abs(shown.pixels[4 * i + channel]! - native!.data[channel * area + i]!)).toBeLessThan(
          0.52,
        );

    for (const part of [0.3, 0.5, 0.7]) {
      await window.mouse.click(x + width * part, y + height * part);
      await window.getByRole('button', { name: 'Pin this picture' }).click();
      await window
        .getByRole('button', { name: /^Pin \d$/ })
        .nth(Math.round(part * 5 - 1.5))
        .waitFor();
    }
    const point = (): Promise<number[]> =>
      screen.evaluate((canvas: HTMLCanvasElement) => canvas.dataset.point!.split(' ').map(Number));
    await window.getByRole('button', { name: 'Pin 1', exact: true }).click();
    const a = await point();
    await window.getByRole('button', { name: 'Pin 2', exact: true }).click();
    const b = await point();
    await window.getByRole('button', { name: 'Pin 3', exact: true }).click();
    const c = await point();
    await window.getByRole('button', { name: 'Show the result' }).click();
    (await point()).forEach((value, i) => expect(value).toBeCloseTo(a[i]! - b[i]! + c[i]!, 5));
    await window.getByRole('button', { name: 'New children' }).click();
    await window.getByRole('button', { name: 'Child 6' }).click();
    await window.getByRole('button', { name: /^Nearest picture 1/ }).click();
    const inSpace = (await point()).join();
    await window.getByLabel('Choose a picture').setInputFiles({
      name: 'face.png',
      mimeType: 'image/png',
      buffer: Buffer.from(await image.encodePicture(native!, 'png')),
    });
    await expect.poll(async () => (await point()).join()).not.toBe(inSpace);
    const vae = await load(join(folder(), 'runs', 'map'), { threads: 1 });
    const [encoded] = await vae.encode([native!]);
    await vae.release();
    (await point()).forEach((value, i) => expect(value).toBeCloseTo(encoded!.mean[i]!, 1)); // it was rounded to bytes

    const around = async (tool: string, left: number, right: number): Promise<void> => {
      await window.getByText(tool, { exact: true }).click();
      const box = (await map.boundingBox())!;
      const at = (across: number, down: number): [number, number] => [
        box.x + across * box.width,
        box.y + down * box.height,
      ];
      await window.mouse.move(...at(left, 0.02));
      await window.mouse.down();
      for (const corner of [at(right, 0.02), at(right, 0.98), at(left, 0.98)])
        await window.mouse.move(...corner);
      await window.mouse.up();
    };
    await around('Select with', 0.02, 0.5);
    await around('Select without', 0.5, 0.98);
    await window.getByLabel('Name').fill('left');
    await window.getByRole('button', { name: 'Learn the concept' }).click();
    await window.getByText(/^"left" is learned/).waitFor();
    await window.getByLabel('left', { exact: true }).waitFor();
    await window.getByRole('button', { name: 'Make the animation' }).click();
    await window.getByText('It is made now').waitFor();
    await window.getByText('Neighbours (UMAP)').click();
    await window.getByText('Computing the map').waitFor({ state: 'detached' });
    await window.getByRole('button', { name: 'Play' }).click();
    await window.getByRole('button', { name: 'Pause' }).click();
    await expectNoFault(window);
    expect(complaints).toEqual([]);
    await window.context().close();
  });

  it('a page is published, and explores the latent space without the studio', async () => {
    const window = await opened({ place: '/go/explore?run=map' });
    await window.getByRole('button', { name: 'Publish' }).click();
    const dialog = window.getByRole('dialog');
    await dialog.getByLabel('Title').fill('Small faces');
    await dialog.getByRole('button', { name: 'Write the page' }).click();
    await dialog.getByText('The page is written').waitFor();
    await expectAccessible(window, 'the dialog that publishes');
    const popup = window.context().waitForEvent('page');
    await dialog.getByRole('link', { name: 'Open the page' }).click();
    const look = await popup;
    const faults: string[] = [];
    look.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text()); // Chromium warns of frames with such a sandbox; it is none
    });
    await look.getByRole('heading', { name: 'Small faces' }).waitFor();
    await look.getByText(/ms a picture/).waitFor();
    expect(new URL(look.url()).pathname).toMatch(/^\/sites\/[\w-]{22}\/$/);
    expect(faults).toEqual([]);
    // It is of the studio's origin, and still cannot reach the studio.
    const reached = await look.evaluate(async () => {
      const asked = await fetch('/api/runs').then(
        () => 'answered',
        () => 'refused',
      );
      const script = document.createElement('script');
      script.src = '/opened-as-file.js';
      const loaded = await new Promise((done) => {
        script.addEventListener('load', () => done('loaded'));
        script.addEventListener('error', () => done('refused'));
        document.head.append(script);
      });
      return [asked, loaded, globalThis.open('/') === null, globalThis.opener === null];
    });
    expect(reached).toEqual(['refused', 'refused', true, true]);
    await window.context().close();

    const host = await staticHost(join(folder(), 'sites', 'map'));
    try {
      const visitor = await opened({ place: host.url });
      await visitor.getByRole('heading', { name: 'Small faces' }).waitFor();
      await visitor.getByText(/ms a picture/).waitFor();
      const screen = visitor.getByRole('img', { name: 'The picture at this point' });
      const colours = await screen.evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return new Set(data.filter((_, i) => i % 4 === 0)).size;
      });
      expect(colours).toBeGreaterThan(3);
      await expectNoFault(visitor);
      expect(complaints).toEqual([]);
      await visitor.context().close();
    } finally {
      await host.close();
    }
  });

  it('a style paints the camera, saves a picture and a video', async () => {
    const side = { height: 64, width: 64 };
    const photograph = image.resize(await data.loadPhotograph('cat'), side);
    const painting = image.resize(await data.loadPainting('starry-night'), side);
    const options = { size: 64, styleSize: 64, filters: 4, residualBlocks: 1, batchSize: 1, iterations: 1 };
    const pictures = {
      style: { name: 'starry-night', picture: painting },
      contentDir: 'photos',
      contents: [photograph],
    };
    const backbone = await backbones.loadBackbone('embedded');
    const layers = { styleLayers: ['conv2d_1'], contentLayer: 'conv2d_2' };
    const run = join(folder(), 'runs', 'starry');
    for await (const event of style.train(backbone, pictures, { ...options, ...layers, threads: 1, run }))
      void event;

    const window = await opened({ place: '/go/live?run=starry' });
    await window.getByText(/ms a picture/).waitFor();
    await window.getByText('128', { exact: true }).click();
    await window.getByRole('button', { name: 'Camera' }).click();
    await window.getByRole('button', { name: 'Pause' }).waitFor();
    const screen = window.getByRole('img', { name: 'The painted picture' });
    const pixels = (): Promise<string> => screen.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const before = await pixels();
    await expect.poll(pixels, { timeout: 20_000 }).not.toBe(before);
    const saved = window.waitForEvent('download');
    await window.getByRole('button', { name: 'Save the picture' }).click();
    const file = await (await saved).path();
    expect(await image.readPicture(file)).toMatchObject({ width: 128, height: 128 });
    await window.getByRole('button', { name: 'Record' }).click();
    await window.waitForTimeout(1000);
    const video = window.waitForEvent('download');
    await window.getByRole('button', { name: 'Stop recording' }).click();
    expect((await stat(await (await video).path())).size).toBeGreaterThan(1000);
    await expectNoFault(window);
    expect(complaints).toEqual([]);
    await window.context().close();
  });

  it('the writer proposes text, accepts it with Tab, and remembers who wrote what', async () => {
    const window = await opened({ place: '/go/train?system=text' });
    await set(window, 'Units', '32');
    await window.getByText('All options').click();
    await set(window, 'Max steps', '12');
    await window.getByLabel('Name').fill('book');
    await window.getByRole('button', { name: 'Train', exact: true }).click();
    await ended(window, 'Write').click();
    await window.waitForURL(/write/);
    const text = window.getByRole('textbox', { name: 'Your text' });
    await text.pressSequentially('the whale ');
    const first = window.getByRole('list').getByRole('button', { name: /^Tab/ });
    await first.waitFor();
    await window.waitForTimeout(500);
    await text.press('Tab');
    const written = await text.inputValue();
    expect(written.length).toBeGreaterThan('the whale '.length);
    await window.getByText(/^(?!0 )\d+ % by the network/).waitFor();
    await text.press('Control+z');
    expect(await text.inputValue()).toBe('the whale ');
    await window.getByText('0 % by the network', { exact: true }).waitFor();
    await window.getByRole('meter').waitFor();
    expect(JSON.parse(await readFile(join(folder(), 'runs', 'book', 'run.json'), 'utf8'))).toMatchObject({
      system: 'text',
    });
    await expectNoFault(window);
    expect(complaints).toEqual([]);
    await window.context().close();
  });

  it('a studio that is killed is missed by the page; started again, it has the same queue, and the training continues', async () => {
    const own = join(folder(), 'killed');
    let studio = await StudioProcess.start(own);
    const window = await opened({ place: studio.url });
    const here = (place: string): string => new URL(place, studio.url).href;
    const asked = async (place: string, data: object): Promise<{ id: string }> =>
      (await (await window.request.post(here(place), { data })).json()) as { id: string };
    try {
      const { id } = await asked('/api/collections', { name: 'star', kind: 'text' });
      const text = 'twinkle twinkle little star, how I wonder what you are. '.repeat(40);
      await window.request.post(here(`/api/collections/${id}/text`), { data: Buffer.from(text) });
      const options = { units: 8, window: 16, batchSize: 16, sampleLength: 9, threads: 1 };
      const job = { job: 'text.train', inputs: { corpus: { collection: id } } };
      const temperatures = [0.2, 1.2];
      await asked('/api/jobs', { ...job, run: 'star', options: { ...options, epochs: 5000, temperatures } });
      await asked('/api/jobs', { ...job, run: 'waits', options: { ...options, epochs: 5000 } });

      await window.goto(here('/go/train'));
      await window.getByRole('heading', { name: 'star', exact: true }).first().waitFor();
      const texts = window.getByRole('table').last();
      await texts.getByRole('columnheader', { name: 'Temperature 0.2' }).waitFor();
      await texts.getByRole('columnheader', { name: 'Temperature 1.2' }).waitFor();
      expect(await texts.getByRole('row').count()).toBe(2);
      await window.getByRole('checkbox', { name: 'All steps' }).check();
      await texts.getByRole('row').nth(2).waitFor();

      await studio.kill();
      await window.getByRole('alert').getByText('The studio does not answer').waitFor();
      await expectNoFault(window);
      studio = await StudioProcess.start(own, studio.port);
      await window.getByRole('alert').getByText('The studio was started again').waitFor();
      const tab = await window.context().newPage();
      await tab.goto(studio.url); // as the terminal says
      await window.getByText('The studio ended during this training').waitFor();
      await window.getByText('The studio was started again').waitFor({ state: 'hidden' });
      await window.getByRole('button', { name: /^Queue/ }).click();
      const queue = window.getByRole('dialog');
      await queue.getByText('Interrupted').waitFor();
      await queue.getByRole('button', { name: /^Cancel/ }).click(); // the one that waited runs now
      await queue.getByText('Cancelled').waitFor();
      await window.keyboard.press('Escape');

      const [, epochs] = /^Texts \d+ of (\d+)/.exec(await window.getByText(/^Texts /).innerText())!;
      await window
        .getByRole('spinbutton', { name: 'Total epochs' })
        .first()
        .fill(String(Number(epochs) + 5));
      await window.getByRole('button', { name: 'Continue' }).first().press('Enter');
      await expect
        .poll(async () => (await (await window.request.get(here('/api/jobs'))).json()) as object[], {
          timeout: 60_000,
        })
        .toMatchObject([
          { job: 'text.resume', state: 'done' },
          { job: 'text.train', state: 'cancelled' },
          { job: 'text.train', state: 'interrupted' },
        ]);
      await window.getByText(/^Texts [1-9] of [1-9], step \d+/).waitFor(); // those of the continued training
    } finally {
      await window.context().close();
      await studio.kill();
    }
  });
});
