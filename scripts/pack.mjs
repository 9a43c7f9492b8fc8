// npm run pack: build both packages from nothing and pack them into .cache/packages, for `npm publish FILE`. Publish only these files:
// scripts are off in this repository (.npmrc), so plain `npm publish` would not build or write the embedded network.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPage } from './build-page.mjs';
import { embedTrunk } from './embed-trunk.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { npm } from './npm.mjs';
import { build } from './tsc.mjs';

const PACKAGES = ['engine', 'latentbrush'];

/**
 * Pack the built packages.
 * @param {string} folder the target folder; it is emptied
 * @returns {string[]} their paths
 */
export function packPackages(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  embedTrunk();
  if (buildPage() !== 0) throw new Error('the page of the studio could not be built: see the lines above');
  const paths = PACKAGES.map((name) => `./packages/${name}`);
  if (npm(['pack', ...paths, '--silent', '--pack-destination', folder]) !== 0)
    throw new Error('npm pack failed: see the lines above');
  return readdirSync(folder).map((file) => join(folder, file));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensureInstalled();
  for (const name of PACKAGES) rmSync(`packages/${name}/dist`, { recursive: true, force: true });
  const built = build();
  if (built !== 0) process.exit(built);
  for (const path of packPackages('.cache/packages')) console.log(resolve(path));
}
