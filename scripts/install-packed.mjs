// Packs both packages and installs them into an empty folder, as someone does who has no clone. For tests.
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { npm } from './npm.mjs';
import { packPackages } from './pack.mjs';

/**
 * Install the built packages. npm itself decides what is needed: it finds the packages of the lock file here, so that nothing comes from
 * the registry, and removes unneeded ones. So a dependency that is used but not declared is missing, as it would be for others.
 * @param {string} folder an empty folder outside of the repository: inside, Node would find the repository's packages
 */
export function installPacked(folder) {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  for (const [path, { dev, link }] of Object.entries(packages))
    if (path.startsWith('node_modules/') && dev !== true && link !== true && existsSync(path))
      linkFolder(path, join(folder, path));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  if (npm(['install', ...quiet, ...packPackages(join(folder, 'packed'))], folder) !== 0)
    throw new Error('npm could not install the packed packages: see the lines above');
  // Types of Node, which a project has for itself.
  for (const path of ['node_modules/@types/node', 'node_modules/undici-types'])
    linkFolder(path, join(folder, path));
}

/** @type {(source: string, target: string) => void} Copies a folder with its contents, as hard links if the file system allows. */
function linkFolder(source, target) {
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue; // has its own entries in the lock file
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) linkFolder(from, to);
    else if (entry.isFile()) linkFile(from, to);
  }
}

/** @type {(source: string, target: string) => void} */
function linkFile(source, target) {
  mkdirSync(dirname(target), { recursive: true });
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target); // another file system
  }
}
