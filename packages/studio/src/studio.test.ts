import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { startStudio as Start, Studio } from 'latentbrush/studio';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pages } from './pages/index.ts';

/** The browser of the machine: it is not downloaded. */
const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** What is built, because jobs are processes, which cannot run the sources. */
const built = new URL('../../latentbrush/dist/studio/index.js', import.meta.url);
const page = new URL('../../latentbrush/studio-page/index.html', import.meta.url);

const missing = [BROWSER, fileURLToPath(built), fileURLToPath(page)].filter((path) => !existsSync(path));

describe.skipIf(missing.length > 0)(
  missing.length === 0
    ? 'the studio in a browser'
    : `the studio in a browser (${missing.join(', ')} is not there)`,
  { timeout: 120_000 },
  () => {
    let folder: string;
    let studio: Studio;
    let browser: Browser;
    const complaints: string[] = [];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'studio-'));
      const { startStudio } = (await import(built.href)) as { startStudio: typeof Start };
      studio = await startStudio({ folder, port: 0, offline: true });
      browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox'] });
    }, 60_000);

    afterAll(async () => {
      await browser.close();
      await studio.close();
      await rm(folder, { recursive: true });
    });

    /** A window that has opened the studio by its address. Whatever its console complains of fails the test. */
    async function opened(locale = 'en-US', width = 1200): Promise<Page> {
      const context = await browser.newContext({ locale, viewport: { width, height: 900 } });
      const window = await context.newPage();
      window.setDefaultTimeout(60_000);
      complaints.length = 0;
      window.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      window.on('pageerror', (error) => complaints.push(error.message));
      await window.goto(studio.url);
      return window;
    }

    it('dreams on the cat, shows the dream in the gallery, deletes it and takes that back', async () => {
      const window = await opened();
      await window.getByRole('navigation').getByRole('link', { name: 'Dream' }).click();
      await window.getByRole('button', { name: 'Chelsea the cat' }).click();
      await window.getByText('Small, fast').click();
      await window.getByText('All options').click();
      await window.getByLabel('Iterations', { exact: true }).last().fill('6');
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
      await made.press('Enter');
      await window.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await window.getByText('Nothing here yet').waitFor();
      await window.getByRole('button', { name: 'Undo' }).click();
      await made.waitFor();
      expect(complaints).toEqual([]);
      await window.context().close();
    });

    it('cancels by Esc and keeps what there is by then', async () => {
      const window = await opened();
      await window.goto(new URL('/go/dream?input=example:cat', studio.url).href);
      await window.getByText('Wild').click();
      await window.getByRole('button', { name: 'Dream', exact: true }).click();
      await window.getByAltText('Preview of the picture as it forms').waitFor();
      await window.keyboard.press('Escape');
      await window.getByText('Cancelled: this is how far it came').waitFor();
      await window.getByLabel(/^Compare before and after/).waitFor();
      expect(complaints).toEqual([]);
      await window.context().close();
    });

    it('shows what the server refuses at the field it names', async () => {
      const window = await opened();
      await window.goto(new URL('/go/dream?input=example:cat', studio.url).href);
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

    it.each([
      [360, 'light'],
      [1200, 'dark'],
    ] as const)(
      'has no fault that axe finds, and nothing too wide, at %i pixels, %s',
      async (width, colorScheme) => {
        const window = await opened('en-US', width);
        await window.emulateMedia({ colorScheme });
        for (const path of places) {
          await window.goto(new URL(path, studio.url).href);
          await window.getByRole('heading').first().waitFor();
          for (const folded of await window.locator('details:not([open]) > summary').all())
            await folded.click();
          const { violations } = await new AxeBuilder({ page: window }).analyze();
          const faults = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
          expect({ path, faults }).toEqual({ path, faults: [] });
          expect(await window.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThan(
            1,
          );
        }
        expect(complaints).toEqual([]);
        await window.context().close();
      },
    );
  },
);

/** Every page, those that need a picture also with one, and what is none. */
const places = [
  ...pages.map(({ path }) => path),
  '/go/dream?input=example:cat',
  '/go/style?input=example:cat&style=example:starry-night',
  '/go/nothing',
];
