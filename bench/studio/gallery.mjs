import { emptyWindow } from './browser.mjs';
import { quantile, report } from './figures.mjs';
import { fillWithJobs } from './many-jobs.mjs';
import { startServer } from './server.mjs';

const MANY = { jobs: 1000, pictures: 5 };
const FEW = { jobs: 8, pictures: 5 };

/** How long a list is scrolled, in milliseconds, and how far in each frame, in pixels. */
const SCROLLED_MS = 6000;
const PIXELS = 60;

/**
 * The gallery and the queue of a studio with 1,000 jobs and 5,000 pictures, compared with one of 40 pictures.
 * @param {{ browser: import('playwright-core').Browser }} bench
 */
export async function gallery({ browser }) {
  const few = await startServer((folder) => fillWithJobs(folder, FEW));
  const small = await scrolled(browser, few, 40);
  await few.stop();
  const many = await startServer((folder) => fillWithJobs(folder, MANY));
  report('server with 1,000 jobs ready', many.ready / 1000, 's');
  const large = await scrolled(browser, many, 5000);
  report('gallery of 5,000 pictures shown', large.shown / 1000, 's', {
    note: `${(small.shown / 1000).toFixed(2)} with 40`,
  });
  reportFrames('gallery', large, small);
  report('elements of the page', large.elements, 'at most', {
    below: 1000,
    note: `${small.elements} with 40`,
  });
  const { now, most } = many.memory();
  report('memory of the server, at most', most, 'MB', { below: 250, note: `${now.toFixed(0)} at the end` });
  await many.stop();
}

/**
 * The queue with 900 waiting jobs, compared with one of 8.
 * @param {{ browser: import('playwright-core').Browser }} bench
 */
export async function queue({ browser }) {
  const measured = [];
  for (const waiting of [8, 900]) {
    const server = await startServer((folder) => fillWithJobs(folder, { ...FEW, waiting }));
    measured.push(await scrolledQueue(browser, server));
    if (waiting > 8) report('memory of the server, at most', server.memory().most, 'MB', { below: 250 });
    await server.stop();
  }
  const [small, large] = /** @type {[Scrolled, Scrolled]} */ (measured);
  report('queue with 900 waiting jobs shown', large.shown / 1000, 's', {
    note: `${(small.shown / 1000).toFixed(2)} with 8`,
  });
  reportFrames('queue', large, small);
  report('elements of the page', large.elements, 'at most', {
    below: 1000,
    note: `${small.elements} with 8`,
  });
}

/** @typedef {{ shown: number, frames: number[], busy: number, elements: number }} Scrolled */

/** @param {string} what @param {Scrolled} large @param {Scrolled} small */
function reportFrames(what, large, small) {
  const beside = (/** @type {number} */ share) => quantile(small.frames, share).toFixed(0);
  report(`${what}: time from frame to frame, median`, quantile(large.frames, 0.5), 'ms', {
    note: `${beside(0.5)} in the small one`,
  });
  report(`${what}: 95 %`, quantile(large.frames, 0.95), 'ms', { note: `${beside(0.95)} in the small one` });
  report(`${what}: busy in a frame, of the page's thread`, large.busy, 'ms', {
    below: 16.7,
    note: `${small.busy.toFixed(1)} in the small one`,
  });
}

/**
 * @param {import('playwright-core').Browser} browser @param {import('./server.mjs').Server} server @param {number} count
 * @returns {Promise<Scrolled>}
 */
async function scrolled(browser, server, count) {
  const window = await emptyWindow(browser);
  await window.goto(server.url);
  const begin = performance.now();
  await window.goto(server.at('/go/gallery'));
  await window.getByText(`${count.toLocaleString('en')} pictures`).waitFor();
  await window.locator('.grid-picture').first().waitFor();
  const shown = performance.now() - begin;
  await window.waitForTimeout(1000);
  return { shown, ...(await scroll(window, 'html')) };
}

/**
 * @param {import('playwright-core').Browser} browser @param {import('./server.mjs').Server} server
 * @returns {Promise<Scrolled>}
 */
async function scrolledQueue(browser, server) {
  const window = await emptyWindow(browser);
  await window.goto(server.url);
  await window.locator('.bar-count').waitFor();
  const begin = performance.now();
  await window.getByRole('button', { name: /^Queue/ }).click();
  await window.locator('.queue-job').first().waitFor();
  const shown = performance.now() - begin;
  return { shown, ...(await scroll(window, '.drawer')) };
}

/**
 * Scrolls down and up again, a step in each frame.
 * @param {import('playwright-core').Page} window @param {string} selector of what scrolls
 */
async function scroll(window, selector) {
  const profiler = await window.context().newCDPSession(window);
  await profiler.send('Performance.enable');
  const busyTime = async () => {
    const { metrics } = await profiler.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
  };
  const before = await busyTime();
  const found = await window.evaluate(
    async ({ selector, time, step }) => {
      const list = /** @type {HTMLElement} */ (document.querySelector(selector));
      /** @type {number[]} */
      const frames = [];
      let elements = 0;
      let down = step;
      let last = performance.now();
      const end = last + time;
      while (last < end) {
        const top = list.scrollTop;
        list.scrollTop += down;
        if (list.scrollTop === top) down = -down; // at an end
        const now = await new Promise(requestAnimationFrame);
        frames.push(now - last);
        last = now;
        if (frames.length % 30 === 0) elements = Math.max(elements, document.querySelectorAll('*').length);
      }
      return { frames: frames.slice(1), elements };
    },
    { selector, time: SCROLLED_MS, step: PIXELS },
  );
  const busy = ((await busyTime()) - before) / found.frames.length;
  await window.context().close();
  return { ...found, busy };
}
