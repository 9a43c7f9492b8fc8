// The loop of a peer in JavaScript: reads names of cases, answers with one line of JSON each (see ../peers.mjs).
import { createInterface } from 'node:readline';

/**
 * @param {string} version
 * @param {Record<string, () => unknown>} cases by name, what prepares the work and gives a function that runs it once. That may give
 *   `{ loss, gradient }`, a number and a Float32Array; or `{ milliseconds }`, if only a part of its work is measured.
 */
export async function serve(version, cases) {
  const made = new Map();
  console.log(JSON.stringify({ version }));
  for await (const line of createInterface({ input: process.stdin })) {
    const name = line.trim();
    try {
      if (cases[name] === undefined) throw new Error('does not have this case');
      if (!made.has(name)) made.set(name, await prepared(cases[name]));
      const work = made.get(name);
      const { milliseconds, result } = await timed(work.run);
      // The first run minus the second is the compile time.
      work.start ??= work.first - milliseconds;
      const peak = process.resourceUsage().maxRSS / 1024; // kibibytes to MiB
      console.log(JSON.stringify({ milliseconds, start: work.start, peak, ...compared(result) }));
    } catch (error) {
      console.log(JSON.stringify({ cannot: error.message.split('\n')[0] }));
    }
  }
}

async function prepared(prepare) {
  const begin = performance.now();
  const run = await prepare();
  await run();
  return { run, first: performance.now() - begin };
}

async function timed(run) {
  const begin = performance.now();
  const result = await run();
  const milliseconds = result?.milliseconds ?? performance.now() - begin;
  return { milliseconds, result };
}

function compared(result) {
  if (!(result?.gradient instanceof Float32Array)) return {};
  const sum = result.gradient.reduce((total, value) => total + Math.abs(value), 0);
  return { loss: result.loss, gradient: sum / result.gradient.length };
}
