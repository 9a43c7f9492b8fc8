// Tests of the studio's page need a browser. It is no npm package, so it is installed from Debian where that is possible without asking.
import { existsSync } from 'node:fs';
import { run } from './npm.mjs';

/** Paths of browsers that the tests can use. The first has no windows: tests take a fifth less time in it. */
const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The path of a Chromium, for `CHROMIUM`. On Debian and its relatives it is installed where it is missing and this process may do so: on a
 * machine of a continuous integration, in a container.
 * @param {{ places?: readonly string[], install?: () => number, isRoot?: boolean, given?: string | undefined }} [machine]
 * @returns {string | undefined} undefined where there is none: then the tests that need one are skipped, and say so
 */
export function ensureChromium({
  places = PLACES,
  install = aptInstall,
  isRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get'),
  given = process.env.CHROMIUM,
} = {}) {
  if (given !== undefined) return given;
  const find = () => places.find((path) => existsSync(path));
  const found = find();
  if (found !== undefined || !isRoot) return found;
  console.error('Installing Chromium, for the tests of the studio ...');
  if (install() !== 0) console.error('Chromium could not be installed: see the lines above.');
  return find();
}

function aptInstall() {
  process.env.DEBIAN_FRONTEND = 'noninteractive';
  const quiet = ['-qq', '-o=Dpkg::Use-Pty=0'];
  run('apt-get', ['update', ...quiet]);
  return run('apt-get', ['install', '-y', '--no-install-recommends', ...quiet, 'chromium-headless-shell']);
}
