// npm test: install what is missing, then every check. All of them run, so that one call shows all faults.
// Arguments go to vitest: `npm test -- packages/engine/src/ops`.
import { rmSync } from 'node:fs';
import { buildPage } from './build-page.mjs';
import { embedTrunk } from './embed-trunk.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { lintCache } from './lint/lint-cache.mjs';
import { runAside } from './npm.mjs';
import { NEWEST_REPORT, REPORT } from './test-counts.mjs';

for (const report of [REPORT, NEWEST_REPORT]) rmSync(report, { force: true });
ensureInstalled();
embedTrunk();
if (buildPage() !== 0) process.exit(1);

const cache = ['--cache', '--cache-strategy=content'];
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
const checks = {
  format: () => [
    'prettier/bin/prettier.cjs',
    ...['--check', '--log-level=warn', ...cache, '--cache-location=.cache/prettier', '.'],
  ],
  types: () => ['typescript/bin/tsc', '-b'],
  lint: () => ['eslint/bin/eslint.js', ...cache, `--cache-location=${lintCache()}`, '.'],
  tests: () => ['vitest/vitest.mjs', 'run', ...reporters, ...process.argv.slice(2)],
};

/** @type {string[]} */
const failed = [];

/**
 * Run one check. Its output is shown when it ends, or as it comes where nothing runs beside it.
 * @param {keyof typeof checks} name
 * @param {{ live?: boolean }} [how]
 */
async function check(name, { live = false } = {}) {
  const [program, ...args] = checks[name]();
  if (live) console.log(`\n== ${name}`);
  const begin = performance.now();
  const { status, output } = await runAside(process.execPath, [`node_modules/${program}`, ...args], live);
  if (status !== 0) failed.push(name);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const result = `${name}: ${status === 0 ? 'ok' : 'FAILED'} (${seconds} s)`;
  console.log(live ? result : `\n== ${name}\n${output}${result}`);
}

// Each of the first three uses one core: lint, which is the longest, runs beside the other two.
await Promise.all([check('lint'), check('format').then(() => check('types'))]);
await check('tests', { live: true });

console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
