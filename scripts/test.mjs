// npm test: install what is missing, then every check, cheapest first. All of them run, so that one call shows all faults.
// Arguments go to vitest: `npm test -- packages/engine/src/ops`.
import { rmSync } from 'node:fs';
import { embedTrunk } from './embed-trunk.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { lintCache } from './lint/lint-cache.mjs';
import { run } from './npm.mjs';
import { NEWEST_REPORT, REPORT } from './test-counts.mjs';

for (const report of [REPORT, NEWEST_REPORT]) rmSync(report, { force: true });
ensureInstalled();
embedTrunk();

const cache = ['--cache', '--cache-strategy=content'];
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
/** @type {Record<string, () => string[]>} */
const checks = {
  format: () => [
    'prettier/bin/prettier.cjs',
    ...['--check', '--log-level=warn', ...cache, '--cache-location=.cache/prettier', '.'],
  ],
  types: () => ['typescript/bin/tsc', '-b'],
  lint: () => ['eslint/bin/eslint.js', ...cache, `--cache-location=${lintCache()}`, '.'],
  tests: () => ['vitest/vitest.mjs', 'run', ...reporters, ...process.argv.slice(2)],
};

const failed = [];
for (const [name, command] of Object.entries(checks)) {
  console.log(`\n== ${name}`);
  const begin = performance.now();
  const [program, ...args] = command();
  const ok = run(process.execPath, [`node_modules/${program}`, ...args]) === 0;
  if (!ok) failed.push(name);
  console.log(`${name}: ${ok ? 'ok' : 'FAILED'} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
}

console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
