// Measures the studio in Chromium: its first page, the size of its code, networks that run in the page, events, and a gallery of 5,000
// pictures. A figure beyond its limit is marked, and the exit status is 1.
//
//   npm test                          # builds
//   node bench/studio-page.mjs [--rounds 7] [part ...]
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { chosenEntries } from '../scripts/chosen-entries.mjs';
import { startBrowser } from '../scripts/start-browser.mjs';
import { decoder } from './studio/decoder.mjs';
import { eventDelay } from './studio/event-delay.mjs';
import { load } from './studio/figures.mjs';
import { firstPage } from './studio/first-page.mjs';
import { gallery, queue } from './studio/gallery.mjs';
import { explorer, liveStyle } from './studio/live-models.mjs';
import { codeSize } from './studio/page-code.mjs';
import { startServer } from './studio/server.mjs';

const PARTS = {
  'first-page': firstPage,
  code: codeSize,
  explorer,
  'live-style': liveStyle,
  decoder,
  events: eventDelay,
  gallery,
  queue,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '7' } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`--rounds: ${values.rounds} was given; it must be a whole number from 1 on`);
const chosen = chosenEntries(PARTS, positionals, 'parts');

const browser = await startBrowser();
console.log(
  `${cpus()[0]?.model}, ${availableParallelism()} cores; Node ${process.version}, Chromium ${browser.version()}`,
);
for (const [name, measure] of chosen) {
  const server = await startServer();
  const before = load();
  console.log(`\n${name}`);
  await measure({ browser, server, rounds });
  console.log(`    ${before} before, ${load()} after`);
  await server.stop();
}
await browser.close();
