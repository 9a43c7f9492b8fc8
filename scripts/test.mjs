// npm test: install what is missing, then every check. All of them run, so that one call shows all faults.
// Arguments go to vitest: `npm test -- packages/engine/src/ops`.
import { rmSync } from 'node:fs';
import { buildPage } from './build-page.mjs';
import { embedTrunk } from './embed-trunk.mjs';
import { ensureChromium } from './ensure-chromium.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { run } from './npm.mjs';
import { NEWEST_REPORT, REPORT } from './test-counts.mjs';
import { TSC } from './tsc.mjs';

for (const report of [REPORT, NEWEST_REPORT]) rmSync(report, { force: true });
ensureInstalled();
embedTrunk();
if (buildPage() !== 0) process.exit(1);
const chromium = ensureChromium();
if (chromium !== undefined) process.env.CHROMIUM = chromium;

const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
const checks = {
  format: ['node_modules/oxfmt/bin/oxfmt', '--check', '.'],
  types: [TSC, '-b'],
  lint: ['node_modules/oxlint/bin/oxlint', '--deny-warnings'],
  tests: ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...process.argv.slice(2)],
};

/** @type {string[]} */
const failed = [];
for (const [name, args] of Object.entries(checks)) {
  console.log(`\n== ${name}`);
  const begin = performance.now();
  const status = run(process.execPath, args);
  if (status !== 0) failed.push(name);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`${name}: ${status === 0 ? 'ok' : 'FAILED'} (${seconds} s)`);
}

console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
