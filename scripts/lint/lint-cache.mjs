// Where ESLint may keep its results. ESLint itself takes a file's result again while that file is unchanged; but rules that know types
// or imports depend on other files, too. So the cache has a name that follows from all that files see of one another.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = '.cache/eslint';
/** Where sources are, and the declarations that `tsc -b` writes of them. */
const FOLDERS = ['packages', 'examples', 'scripts', 'bench', '.cache/tools'];
/** What decides about every file. */
const SETTINGS = /^(?:[^/]*\.json|eslint\.config\.js|packages\/[^/]+\/[^/]+\.json|scripts\/lint\/.*\.mjs)$/;
/** An import or export from another module, static or not. */
const IMPORT = /\b(?:import|export)\b[^'";]*['"][^'"]+['"]/g;

/**
 * Call it after `tsc -b`. Caches of other names are removed.
 * @param {string} [root] the repository
 * @returns {string} the path of the cache in the repository
 */
export function lintCache(root = '.') {
  const hash = createHash('sha256');
  for (const path of filesOf(root)) {
    const seen = seenByOthers(root, path);
    if (seen !== undefined) hash.update(`${path}\0${seen}\0`);
  }
  const name = `${hash.digest('hex').slice(0, 16)}.json`;
  mkdirSync(join(root, FOLDER), { recursive: true });
  for (const other of readdirSync(join(root, FOLDER)))
    if (other !== name) rmSync(join(root, FOLDER, other), { recursive: true });
  return `${FOLDER}/${name}`;
}

/** @type {(root: string, path: string) => string | undefined} */
function seenByOthers(root, path) {
  const read = () => readFileSync(join(root, path), 'utf8');
  if (SETTINGS.test(path) || path.endsWith('.d.ts')) return read();
  if (/\/dist\/|^\.cache\//.test(path)) return undefined;
  return /\.(?:ts|m?js)$/.test(path) ? (read().match(IMPORT) ?? []).join('\n') : undefined;
}

/** @type {(root: string) => string[]} */
function filesOf(root) {
  const own = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isFile());
  const below = FOLDERS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => !path.includes('node_modules'))
      .map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
  );
  return [...own.map(({ name }) => name), ...below].sort();
}
