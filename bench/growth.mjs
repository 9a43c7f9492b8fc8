// How cost grows with the size of the work: time before the first step, processor time of that, time of a step, and peak memory of the
// process, each size in its own process. Between two sizes stands the exponent: 1 is linear, 2 the square. An exponent above 1.15 where the work
// is linear is a fault.
//
//   node bench/growth.mjs                        all rows
//   node bench/growth.mjs units window           only these
//   node bench/growth.mjs window --sizes 60,240 --limit 120
//
// A row is an entry of CASES in growth/cases.mjs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES } from './growth/cases.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sizes: { type: 'string' },
    // Seconds after which a process is ended.
    limit: { type: 'string', default: '300' },
    // For the processes that measure: the one size of a row.
    measure: { type: 'string' },
    folder: { type: 'string' },
  },
});

/** Measures one size in this process, and prints it as JSON. Steps after the first are timed alone: the first one is part of the start. */
async function measure(row, size) {
  const begin = performance.now();
  const usage = process.cpuUsage();
  const times = [];
  let processor;
  const mark = () => {
    times.push(performance.now());
    processor ??= process.cpuUsage(usage);
  };
  await row.run(size, mark, values.folder);
  const [first, ...rest] = times;
  if (first === undefined) throw new Error(`${row.name}: no step was marked`);
  const steps = rest.map((time, i) => time - times[i]);
  console.log(
    JSON.stringify({
      start: (first - begin) / 1000,
      // Of all threads; it hardly depends on what else the machine does.
      processor: (processor.user + processor.system) / 1e6,
      step: steps.length === 0 ? undefined : Math.min(...steps) / 1000,
      peak: process.resourceUsage().maxRSS / 2 ** 20, // kibibytes to GiB
    }),
  );
}

/** Makes the files of a size, measures it, and removes the files. */
async function measured(row, size) {
  const folder = mkdtempSync(join(tmpdir(), 'growth-'));
  try {
    await row.prepare?.(size, folder);
    return measuredIn(folder, row, size);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measuredIn(folder, row, size) {
  const args = [fileURLToPath(import.meta.url), row.name, '--measure', String(size), '--folder', folder];
  const { stdout, stderr, status, error } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 1000 * Number(values.limit),
    killSignal: 'SIGKILL',
  });
  if (error !== undefined) return `over ${values.limit} s`;
  if (status !== 0)
    return (
      stderr
        .trim()
        .split('\n')
        .find((line) => line.includes('Error')) ?? `ended with ${status}`
    );
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** The power of the size with which a cost grows between two sizes. */
function exponent(before, now, key, ratio) {
  if (typeof before !== 'object' || !(before[key] > 0) || !(now[key] > 0)) return '';
  return ` (${(Math.log(now[key] / before[key]) / Math.log(ratio)).toFixed(2)})`;
}

async function report(row) {
  console.log(`${row.name}: ${row.what}`);
  const sizes = values.sizes?.split(',').map(Number) ?? row.sizes;
  let before;
  for (const [index, size] of sizes.entries()) {
    const now = await measured(row, size);
    if (typeof now === 'string') console.log(`  ${size}: ${now}`);
    else {
      const figure = (name, key, unit, digits) =>
        now[key] === undefined
          ? ''
          : `, ${name} ${now[key].toFixed(digits)} ${unit}${exponent(before, now, key, size / sizes[index - 1])}`;
      console.log(
        `  ${size}${figure('first step after', 'start', 's', 2)}${figure('processor time of that', 'processor', 's', 2)}${figure('step', 'step', 's', 3)}${figure('peak', 'peak', 'GiB', 2)}`,
      );
    }
    before = now;
  }
}

const unknown = positionals.filter((name) => CASES.every((row) => row.name !== name));
if (unknown.length > 0) {
  console.error(`no such row: ${unknown.join(', ')}; there are ${CASES.map(({ name }) => name).join(', ')}`);
  process.exitCode = 2;
} else {
  const rows = CASES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  if (values.measure !== undefined) await measure(rows[0], Number(values.measure));
  else for (const row of rows) await report(row);
}
