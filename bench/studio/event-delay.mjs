import { emptyWindow } from './browser.mjs';
import { quantile, report } from './figures.mjs';

/**
 * Measures the delay from an event of a job until the page has it.
 * @param {{ browser: import('playwright-core').Browser, server: import('./server.mjs').Server }} bench
 */
export async function eventDelay({ browser, server }) {
  const window = await emptyWindow(browser);
  await window.goto(server.url);
  const delays = await window.evaluate(async () => {
    const source = new EventSource('/api/events');
    await new Promise((open) => source.addEventListener('open', open, { once: true }));
    /** @type {number[]} */
    const found = [];
    const ended = new Promise((done) => {
      for (const type of ['state', 'progress', 'metric', 'preview', 'artefact'])
        source.addEventListener(type, ({ data }) => {
          const { time, state } = JSON.parse(data);
          found.push(Date.now() - time);
          if (state !== undefined && state !== 'queued' && state !== 'running') done(undefined);
        });
    });
    const job = {
      job: 'dream.picture',
      inputs: { picture: { example: 'cat' } },
      options: { size: 256, octaves: 2, iterations: 20, threads: 1 },
    };
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/api/jobs', { method: 'POST', headers, body: JSON.stringify(job) });
    if (!answer.ok) throw new Error(await answer.text());
    await ended;
    source.close();
    return found;
  });
  report('an event reaches the page, median', quantile(delays, 0.5), 'ms', { below: 100 });
  report('the latest of all', quantile(delays, 1), 'ms', { note: `${delays.length} events of a dream` });
  await window.context().close();
}
