import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { startStudio as Start, Studio } from 'latentbrush/studio';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { BROWSER, startBrowser } from './browser.ts';

/** The build, since jobs are processes, which cannot run the sources. */
const built = new URL('../../../latentbrush/dist/studio/index.js', import.meta.url);
const page = new URL('../../../latentbrush/studio-page/index.html', import.meta.url);

/** A camera that shows a turning disc, without asking. */
const FAKE_CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** Chromium says this where there is no GPU. */
const NO_GPU = 'No available adapters.';

const missing = [BROWSER, fileURLToPath(built), fileURLToPath(page)].filter((path) => !existsSync(path));

/** Options of a window. */
interface WindowOptions {
  readonly width?: number;
  /** A path of the studio (default: the start page). */
  readonly place?: string;
  /** Whether the studio measures what a training needs (default: false; the window gets {@link NEEDS} for each). */
  readonly measures?: boolean;
}

/** What each training needs in a window without measurements: a measurement compiles the training and runs some of its steps. */
const NEEDS = { memory: 1e9, seconds: 60, steps: 100, free: 4e9, isBusy: false };

/** A running studio, and a browser with its address. */
export interface StudioInBrowser {
  /** The folder of the studio. */
  readonly folder: () => string;
  /** The address of a page: `/go/dream`. */
  readonly at: (place: string) => string;
  readonly opened: (options?: WindowOptions) => Promise<Page>;
  /** Errors in the console of the last window, including violations of the policy. */
  readonly complaints: readonly string[];
}

/** Tests in a real browser; skipped, with a note in the title, without a browser or a build. @param args further arguments of the browser */
export function describeInBrowser(
  title: string,
  timeout: number,
  tests: (studio: StudioInBrowser) => void,
  args: readonly string[] = [],
): void {
  const name = missing.length === 0 ? title : `${title} (${missing.join(', ')} is not there)`;
  describe.skipIf(missing.length > 0)(name, { timeout }, () => {
    let folder: string;
    let studio: Studio;
    let browser: Browser;
    const complaints: string[] = [];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'studio-'));
      const { startStudio } = (await import(built.href)) as { startStudio: typeof Start };
      studio = await startStudio({ folder, port: 0, offline: true });
      browser = await startBrowser([...FAKE_CAMERA, ...args]);
    }, 60_000);

    afterAll(async () => {
      await browser.close();
      await studio.close();
      await rm(folder, { recursive: true });
    });

    const at = (place: string): string => new URL(place, studio.url).href;
    let visitor: Awaited<ReturnType<BrowserContext['storageState']>> | undefined;
    const opened = async ({ width = 1200, place, measures = false }: WindowOptions = {}): Promise<Page> => {
      const viewport = { width, height: 900 };
      const context = await browser.newContext({
        locale: 'en-US',
        viewport,
        ...(visitor !== undefined && { storageState: visitor }),
      });
      const window = await context.newPage();
      window.setDefaultTimeout(timeout / 2);
      if (!measures) await window.addInitScript(answerEstimates, NEEDS);
      complaints.length = 0;
      window.on('console', (message) => {
        if (message.text() === NO_GPU) return;
        if (message.type() === 'error' || message.type() === 'warning')
          complaints.push(`${message.text()} ${message.location().url}`.trim());
      });
      window.on('pageerror', (error) => complaints.push(error.message));
      if (visitor === undefined) await window.goto(studio.url);
      visitor ??= await context.storageState(); // the cookie, for the next windows
      await window.goto(at(place ?? '/'));
      return window;
    };
    tests({ folder: () => folder, at, opened, complaints });
  });
}

/** In the page: answers requests for estimates. Not by a route of Playwright, which switches the browser's cache off. */
function answerEstimates(needs: object): void {
  const ask = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input, location.href);
    return pathname === '/api/estimates' ? Response.json(needs) : ask(input, init);
  };
}

/** Sets numbers among all options of the page. A small picture is made in a moment. @param options by their labels */
export async function setOptions(window: Page, options: Readonly<Record<string, number>>): Promise<void> {
  const fold = window.getByText('All options');
  await fold.click();
  for (const [label, value] of Object.entries(options))
    await window.getByLabel(label, { exact: true }).last().fill(String(value));
  await fold.click();
}

/**
 * Expects that axe finds no fault in a page, and that nothing is wider than the window.
 * @param where names the page and the width, for the message
 */
export async function expectAccessible(window: Page, where: string): Promise<void> {
  // A changed colour appears after a frame, or later on a busy machine.
  await window.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
  });
  // Not by @axe-core/playwright: it opens a window for each report, which takes ten times as long. The page has no frames.
  if (!(await window.evaluate(() => 'axe' in globalThis))) await window.evaluate(axe.source);
  const faults = await window.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run({
      resultTypes: ['violations'],
    }); // others are not written out
    return violations.map(({ id, nodes }) => [
      id,
      nodes.map(({ html, failureSummary }) => [html, failureSummary]),
    ]);
  });
  const beyond = await window.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect({ where, faults, isTooWide: beyond > 0 }).toEqual({ where, faults: [], isTooWide: false });
}
