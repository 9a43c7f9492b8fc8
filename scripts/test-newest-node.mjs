// Run the unit tests once more, on the newest Node: `node scripts/test-newest-node.mjs`, after `npm test`. Node comes from npm, into .cache/.
// Another version is named as an argument: `node scripts/test-newest-node.mjs 24.22.3`.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';
import { ensureChromium } from './ensure-chromium.mjs';
import { npm, run } from './npm.mjs';
import { NEWEST_REPORT } from './test-counts.mjs';

const VERSION = process.argv[2] ?? '26.12.1';

rmSync(NEWEST_REPORT, { force: true });
const node = newestNode();
if (node === undefined) {
  console.error(`\nNOT TESTED on Node ${VERSION}: it could not be installed from npm, see the lines above.`);
} else {
  console.log(`\n== tests on Node ${VERSION}`);
  const chromium = ensureChromium();
  if (chromium !== undefined) process.env.CHROMIUM = chromium;
  // Programs that the tests start by name must use it, too.
  process.env.PATH = `${dirname(node)}${delimiter}${process.env.PATH}`;
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${NEWEST_REPORT}`];
  process.exitCode = run(node, ['node_modules/vitest/vitest.mjs', 'run', ...reporters]);
}

/** The path of its program; undefined if npm does not have it for this machine. */
function newestNode() {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = `.cache/${name}-${VERSION}`;
  const program = resolve(folder, 'node_modules', name, 'bin/node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/package.json`, '{ "private": true }'); // so that npm installs here and not above
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
    npm(['install', `--prefix=${folder}`, ...options, `${name}@${VERSION}`]);
  }
  return existsSync(program) && run(program, ['--version']) === 0 ? program : undefined;
}
