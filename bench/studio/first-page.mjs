import { emptyWindow } from './browser.mjs';
import { quantile, report } from './figures.mjs';
import { startServer } from './server.mjs';

/**
 * The server from the start of its process; the first page from a running server, with an empty cache.
 * @param {{ browser: import('playwright-core').Browser, server: import('./server.mjs').Server, rounds: number }} bench
 */
export async function firstPage({ browser, server, rounds }) {
  const ready = [];
  const interactive = [];
  const painted = [];
  const opened = [];
  for (let round = 0; round < rounds; round++) {
    const another = await startServer();
    ready.push(another.ready);
    await another.stop();
    const times = await timesOfFirstPage(browser, server.url);
    interactive.push(times.interactive);
    painted.push(times.painted);
    opened.push(times.opened);
  }
  report('server ready, median', quantile(ready, 0.5) / 1000, 's', {
    below: 1.5,
    note: `best ${(quantile(ready, 0) / 1000).toFixed(2)}`,
  });
  report('first page interactive, median', quantile(interactive, 0.5) / 1000, 's', {
    below: 1,
    note: `best ${(quantile(interactive, 0) / 1000).toFixed(2)}`,
  });
  report('its pictures loaded', quantile(painted, 0.5) / 1000, 's');
  report('the page behind its first link, from the press', quantile(opened, 0.5) / 1000, 's');
}

/**
 * Interactive: the navigation, the networks to play with and the five systems are links, and the thread of the page is free after the
 * frame that shows them.
 * @param {import('playwright-core').Browser} browser @param {string} url
 */
async function timesOfFirstPage(browser, url) {
  const window = await emptyWindow(browser);
  await window.addInitScript(() => {
    const observer = new MutationObserver(() => {
      const areThere = ['nav a', '.play-row a', '.cards a'].every((links) => document.querySelector(links));
      if (!areThere) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => performance.mark('interactive')));
    });
    observer.observe(document, { childList: true, subtree: true });
  });
  await window.goto(url);
  await window.waitForFunction(
    () =>
      performance.getEntriesByName('interactive').length > 0 &&
      [...document.images].every(({ complete }) => complete),
  );
  const times = await window.evaluate(() => ({
    interactive: performance.getEntriesByName('interactive')[0].startTime,
    painted: Math.max(...performance.getEntriesByType('resource').map(({ responseEnd }) => responseEnd)),
  }));
  const pressed = performance.now();
  await window.locator('.cards a').first().click();
  await window.locator('.maker').first().waitFor();
  const opened = performance.now() - pressed;
  await window.context().close();
  return { ...times, opened };
}
