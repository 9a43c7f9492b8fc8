// Install the dependencies if they are not the ones that package-lock.json names. Plain Node: nothing is installed yet.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';

/** npm writes this file last, so an interrupted install leaves none. */
const INSTALLED = 'node_modules/.package-lock.json';

/**
 * @param {string} path a lock file
 * @returns {Record<string, { version?: string, link?: boolean, optional?: boolean, peer?: boolean }>}
 */
const packagesIn = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

/**
 * @param {string} [root] the repository
 * @returns {string | undefined} why an install is needed; undefined when nothing is missing
 */
export function reasonToInstall(root = '.') {
  if (!existsSync(join(root, INSTALLED))) return 'nothing is installed yet';
  const installed = packagesIn(join(root, INSTALLED));
  const locked = packagesIn(join(root, 'package-lock.json'));
  for (const [path, { version, link, optional, peer }] of Object.entries(locked)) {
    if (!path.includes('node_modules/')) continue; // the workspace itself
    const found = existsSync(join(root, path)) ? installed[path] : undefined;
    if (found === undefined && (optional || peer)) continue; // npm leaves out packages for other platforms
    if (found === undefined) return `${path} is missing`;
    if (!link && found.version !== version) return `${path} is ${found.version}, wanted ${version}`;
  }
  const extra = Object.keys(installed).find((path) => path.includes('node_modules/') && !(path in locked));
  return extra && `${extra} is not in package-lock.json`;
}

/** Leave the process with a message if the install fails. */
export function ensureInstalled() {
  const reason = reasonToInstall();
  if (reason === undefined) return;
  console.error(`Installing dependencies (${reason}) ...`);
  if (npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']) !== 0) {
    console.error(
      'The dependencies could not be installed: see the lines above. Is the npm registry reachable?',
    );
    process.exit(1);
  }
}
