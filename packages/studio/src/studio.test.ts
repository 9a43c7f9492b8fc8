import { zipSync } from 'fflate';
import { image } from 'latentbrush';
import { expect, it } from 'vitest';
import { pages } from './pages/index.ts';
import { describeInBrowser, expectAccessible, setOptions } from './testing/studio-in-browser.ts';

describeInBrowser('the studio in a browser', 180_000, ({ at, opened, complaints }) => {
  it('dreams on the cat, shows the dream in the gallery, deletes it and undoes that', async () => {
    const window = await opened();
    await window.getByRole('navigation').getByRole('link', { name: 'Dream' }).click();
    await window.getByRole('button', { name: 'Chelsea the cat' }).click();
    await setOptions(window, { Size: 384, Iterations: 6 }); // large enough for a preview
    expect(new URL(window.url()).searchParams.get('input')).toBe('example:cat');
    await window.keyboard.press('Control+Enter');
    await window.getByAltText('Preview of the picture as it forms').waitFor();
    await window.getByLabel(/^Compare before and after/).waitFor();
    const picture = window.getByAltText('After');
    expect(
      await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)),
    ).toBe(384);

    await window.getByRole('navigation').getByRole('link', { name: 'Gallery' }).click();
    const made = window.getByRole('button', { name: /^Open Dream/ });
    const isLoaded = (): Promise<boolean> =>
      made.locator('img').evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0);
    // A picture that is deleted while it loads is a complaint of the console.
    await expect.poll(isLoaded).toBe(true);
    await made.press('Enter');
    await window.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await window.getByText('Nothing here yet').waitFor();
    await window.getByRole('button', { name: 'Undo' }).click();
    await made.waitFor();
    expect(complaints).toEqual([]);
    await window.context().close();
  });

  it('Esc cancels a job and keeps the result so far', async () => {
    const window = await opened();
    await window.goto(at('/go/dream?input=example:cat'));
    await window.getByText('Wild').click();
    await window.getByRole('button', { name: 'Dream', exact: true }).click();
    await window.getByAltText('Preview of the picture as it forms').waitFor();
    await window.keyboard.press('Escape');
    await window.getByText('Cancelled: this is the result so far').waitFor();
    await window.getByLabel(/^Compare before and after/).waitFor();
    expect(complaints).toEqual([]);
    await window.context().close();
  });

  it("shows the server's error at the field that it names, in the language of the page", async () => {
    const window = await opened();
    await window.goto(at('/go/dream?input=example:cat'));
    await window.getByText('All options').click();
    const field = window.getByLabel('Octaves', { exact: true }).last();
    await field.fill('99');
    await window.getByRole('button', { name: 'Dream', exact: true }).click();
    await window
      .getByRole('alert')
      .getByText(/Octaves.* between 1 and 20/)
      .waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.evaluate((input) => document.activeElement === input)).toBe(true);
    await window.getByLabel('Language').selectOption('ko');
    await window
      .getByRole('alert')
      .getByText('“옥타브”: 받은 값은 99입니다. 1부터 20까지의 정수여야 합니다')
      .waitFor();
    await window.context().close();
  });

  it('shows a job that runs also after the page was loaded again', async () => {
    const window = await opened({ place: '/go/dream?input=example:cat' });
    await window.getByText('Small, fast').click();
    await window.getByRole('button', { name: 'Dream', exact: true }).click();
    await window.getByAltText('Preview of the picture as it forms').waitFor();
    await window.reload();
    await window.getByLabel(/^Compare before and after/).waitFor();
    expect(complaints).toEqual([]);
    await window.context().close();
  });

  it('takes pictures of mine for a training, and shows them before it begins', async () => {
    const window = await opened({ measures: true }); // here by the route below
    const needs = { memory: 3e9, seconds: 9000, steps: 9, free: 2e9, isBusy: true };
    await window.route('**/api/estimates', (route) => route.fulfill({ json: needs }));
    await window.goto(at('/go/train'));
    const face = Buffer.from(await image.encodePicture(image.picture(3, 20, 20), 'png'));
    const zip = zipSync({ 'mine/black/a.png': face, 'mine/black/b.png': face, 'mine/white/c.png': face });
    const files = [
      { name: 'mine.zip', mimeType: 'application/zip', buffer: Buffer.from(zip) },
      { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no picture') },
    ];
    await window.getByLabel('Add pictures or a zip').setInputFiles(files);
    await window.getByText('1 file could not be used').waitFor();
    await window.getByRole('radio', { name: 'mine', exact: true }).waitFor();
    await window.getByText(/^3 pictures\./).waitFor();
    expect(await window.getByLabel('Name').inputValue()).toBe('mine-vae');
    await window
      .getByText('About 2.5 hours, 3.0 GB of memory (faster when no other job is running)')
      .waitFor();
    await window.getByText(/^Only 2\.0 GB of memory are free\./).waitFor();
    await expectAccessible(window, 'own data');
    await window.getByRole('radio', { name: 'Style' }).check();
    await window.getByRole('radio', { name: 'mine', exact: true }).waitFor(); // the photographs to learn on
    const [request] = await Promise.all([
      window.waitForRequest('**/api/estimates'),
      window.getByRole('button', { name: 'Chelsea the cat' }).click(), // in place of the painting
    ]);
    expect(request.postDataJSON()).toMatchObject({
      job: 'style.train',
      inputs: { style: { example: 'cat' }, contentDir: { collection: expect.any(String) as string } },
    });
    expect(await window.getByLabel('Name').inputValue()).toBe('cat-style');
    expect(await window.getByRole('button', { name: 'Train', exact: true }).isEnabled()).toBe(true);
    await expectAccessible(window, 'training of a style');
    expect(complaints).toEqual([expect.stringContaining('400')]); // the broken one
    await window.context().close();
  });

  it('says that data must be downloaded before a training can be measured, only if that is the reason', async () => {
    const window = await opened({ measures: true });
    const missing = { error: ['x.gz: not in the cache'], code: 'not-downloaded' };
    await window.route('**/api/estimates', (route) => route.fulfill({ json: missing }));
    await window.goto(at('/go/train'));
    await window.getByText('Time and memory are known when the data are on this machine.').waitFor();
    await window.unroute('**/api/estimates');
    const wrong = { error: ['8 pictures are too few for a batch'] };
    await window.route('**/api/estimates', (route) => route.fulfill({ json: wrong }));
    await window.getByRole('radio', { name: 'MNIST digits' }).check(); // is downloaded at the first use
    await window.getByText('8 pictures are too few for a batch').waitFor();
    await window.context().close();
  });

  it('says what a run needs before it continues, or that nothing is left', async () => {
    const window = await opened({ measures: true });
    const run = { name: 'sea', system: 'text', created: '2026-01-01T00:00:00Z', isPretrained: false };
    await window.route('**/api/runs', (route) =>
      route.fulfill({ json: [{ ...run, options: { epochs: 4 } }] }),
    );
    await window.route('**/api/estimates', (route) => {
      const asked = route.request().postDataJSON() as { run?: string; options: { epochs?: number } };
      const steps = asked.run === undefined ? 1000 : 50 * ((asked.options.epochs ?? 0) - 4);
      return route.fulfill({ json: { memory: 5e8, seconds: steps, steps, free: 9e9, isBusy: false } });
    });
    await window.goto(at('/go/train'));
    await window.getByRole('button', { name: 'Continue' }).click();
    const form = window.locator('.train-resume');
    await form.getByText('The training has already reached this length. Raise it to continue.').waitFor();
    await form.getByLabel('Total epochs').fill('10');
    await form.getByText('About 5 minutes, 500 MB of memory').waitFor();
    await expectAccessible(window, 'continuing a run');
    await window.context().close();
  });

  it("counts the person's changes of options, not what the page began with", async () => {
    const window = await opened();
    const changes = window.getByText(/^\d+ changed$/);
    for (const place of ['/go/train?system=text', '/go/train', '/go/style', '/go/fast-style', '/go/dream']) {
      await window.goto(at(place));
      await window.getByText('All options').waitFor();
      expect({ place, changes: await changes.count() }).toEqual({ place, changes: 0 });
    }
    await window.getByText('All options').click();
    const size = window.getByLabel('Size', { exact: true }).last();
    expect(await size.inputValue()).toBe('768');
    await size.fill('400');
    await window.getByText('1 changed').waitFor();
    await window.getByRole('button', { name: 'Reset: Size' }).click();
    expect(await size.inputValue()).toBe('768');
    await size.fill('');
    await window.getByText('1 changed').waitFor();
    await window.getByRole('button', { name: 'Reset all' }).click();
    expect(await size.inputValue()).toBe('768');
    expect(await changes.count()).toBe(0);
    await window.context().close();
  });

  it('renders of a thousand jobs and five thousand pictures only those in view', async () => {
    const window = await opened();
    await window.route('**/api/jobs', (route) => route.fulfill({ json: manyJobs }));
    await window.route('**/files/**', (route) => route.fulfill({ contentType: 'image/svg+xml', body: DOT }));
    await window.goto(at('/go/gallery'));
    await window.getByText('5,000 pictures').waitFor();
    const pictures = window.locator('.grid-picture');
    await pictures.first().press('End');
    await expect.poll(() => window.locator('.grid-picture[data-place="4999"]').count()).toBe(1);
    expect(await pictures.count()).toBeLessThan(100);

    await window.getByRole('button', { name: 'Queue: 500 running or waiting' }).click();
    const waiting = window.locator('.queue-job[aria-setsize="500"]');
    await waiting.first().waitFor();
    expect(await waiting.first().getAttribute('aria-posinset')).toBe('1');
    await window.getByRole('heading', { name: 'Ended' }).scrollIntoViewIfNeeded();
    await window.locator('.queue-job[aria-posinset="500"]').waitFor();
    expect(await waiting.count()).toBeLessThan(40);
    await window.context().close();
  });

  it('opens a page at its top, and marks its link', async () => {
    const window = await opened();
    const card = window.locator('.cards').getByRole('link', { name: 'Text' });
    await card.scrollIntoViewIfNeeded();
    expect(await window.evaluate(() => scrollY)).toBeGreaterThan(0);
    await card.click();
    await window.getByRole('heading', { name: 'Write with a network' }).waitFor();
    await expect.poll(() => window.evaluate(() => scrollY)).toBe(0);
    await window.goto(at('/go/fast-style'));
    const link = window.getByRole('navigation').getByRole('link', { name: 'Style', exact: true });
    expect(await link.getAttribute('aria-current')).toBe('page');
    await window.context().close();
  });

  it('speaks Korean', async () => {
    const window = await opened();
    await window.getByLabel('Language').selectOption('ko');
    await window.getByRole('link', { name: '갤러리' }).first().click();
    await window.getByRole('heading', { name: '갤러리' }).waitFor();
    await window.reload();
    await window.getByRole('heading', { name: '갤러리' }).waitFor();
    expect(await window.locator('html').getAttribute('lang')).toBe('ko');
    await window.context().close();
  });

  it('has no fault found by axe, and nothing too wide, narrow and light, wide and dark', async () => {
    const window = await opened();
    for (const path of places) {
      await window.goto(at(path));
      await window.getByRole('heading').first().waitFor();
      const folded = window.locator('details:not([open]) > summary');
      while ((await folded.count()) > 0) await folded.first().click();
      for (const [width, colorScheme] of looks) {
        await window.setViewportSize({ width, height: 900 });
        await window.emulateMedia({ colorScheme, reducedMotion: 'reduce' }); // colours do not fade
        await expectAccessible(window, `${path} at ${width}, ${colorScheme}`);
      }
    }
    expect(complaints).toEqual([]);
    await window.context().close();
  });
});

const looks = [
  [360, 'light'],
  [1200, 'dark'],
] as const;

/** Every page, also with a picture if it needs one, and an unknown address. */
const places = [
  ...pages.map(({ path }) => path),
  '/go/dream?input=example:cat',
  '/go/style?input=example:cat&style=example:starry-night',
  '/go/nothing',
];

const DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';

/** 1,000 ended jobs with 5 pictures each, and 500 waiting ones. */
const manyJobs = Array.from({ length: 1500 }, (_, number) => ({
  id: `${String(1500 - number).padStart(9, '0')}-000000000000`,
  job: 'dream.picture',
  inputs: {},
  options: {},
  created: 1_700_000_000_000 - number,
  ...(number < 500
    ? { state: 'queued', artefacts: [] }
    : { state: 'done', artefacts: [1, 2, 3, 4, 5].map((picture) => `artefacts/dream-${picture}.png`) }),
}));
