import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { DOORS, LAYERS } from './layers.mjs';

/** @typedef {Readonly<Record<string, readonly (string | readonly string[])[]>>} Layers */
/** @typedef {Readonly<Record<string, Readonly<{ fromFiles: string, fromFolders: string }>>>} Doors */

const TEST = /\.test\.ts$|\/testing\//;

/**
 * The fault of an import.
 * @param {string} importer path of a file from the root of the repository, with slashes
 * @param {string} imported path of the file or folder that it imports, likewise
 * @param {{ layers?: Layers, doors?: Doors }} [lists]
 * @returns {string | undefined} a sentence; undefined if the import is allowed
 */
export function forbidden(importer, imported, { layers = LAYERS, doors = DOORS } = {}) {
  for (const [base, rooms] of Object.entries(layers)) {
    if (TEST.test(importer) && base !== 'packages') continue; // a test can use everything in its package
    if (!isBelow(importer, base) || !isBelow(imported, base)) continue;
    const [from, to] = [placeIn(rooms, importer, base), placeIn(rooms, imported, base)];
    if (from === undefined || to === undefined) continue; // 'in-one-layer' reports it
    if (to.level > from.level || (to.level === from.level && to.room !== from.room))
      return 'Imports go one way, and layers side by side do not import each other: see scripts/lint/layers.mjs. Move what both need into a lower layer.';
  }
  if (TEST.test(importer)) return undefined;
  if (TEST.test(imported)) return 'Only tests import what is made for tests.';
  for (const [folder, { fromFiles, fromFolders }] of Object.entries(doors)) {
    const base = posix.dirname(folder);
    if (!isBelow(importer, base) || isBelow(importer, folder) || !isBelow(imported, folder)) continue;
    const door = posix.dirname(importer) === base ? fromFiles : fromFolders;
    if (imported !== `${folder}/${door}`)
      return `Import from ${folder}/${door}: see DOORS in scripts/lint/layers.mjs.`;
  }
  return undefined;
}

/** @type {(path: string, folder: string) => boolean} */
const isBelow = (path, folder) => path.startsWith(`${folder}/`);

/**
 * @param {Layers[string]} rooms
 * @param {string} path
 * @param {string} base
 * @returns {{ level: number, room: string } | undefined} the place of a path among the layers
 */
function placeIn(rooms, path, base) {
  const inside = path.slice(base.length + 1);
  for (const [level, names] of rooms.entries()) {
    const room = [names].flat().find((name) => inside === name || inside.startsWith(`${name}/`));
    if (room !== undefined) return { level, room };
  }
  return undefined;
}

const packages = new URL('../../packages/', import.meta.url);
/** The folders of our packages by the names that they are imported by. */
const PACKAGES = new Map(
  readdirSync(packages).map((folder) => {
    /** @type {{ name: string }} */
    const { name } = JSON.parse(readFileSync(new URL(`${folder}/package.json`, packages), 'utf8'));
    return [name, `packages/${folder}`];
  }),
);

/**
 * @param {string} importer
 * @param {string} source the text after `from`
 * @returns {string | undefined} the path of the import, from the root; undefined for third-party packages
 */
export function importedPath(importer, source) {
  if (source.startsWith('.')) return posix.join(posix.dirname(importer), source);
  const [name = '', ...rest] = source.split(/(?<!^@[^/]*)\//);
  const folder = PACKAGES.get(name);
  return folder && [folder, ...rest].join('/');
}

/**
 * What is wrong with a relative import of a program that the compiler does not check, as those of bench/.
 * @param {string} path of the program
 * @param {string} source
 * @returns {string | undefined} a sentence; undefined where nothing is wrong
 */
function missing(path, source) {
  if (!/\.m?js$/.test(path) || !source.startsWith('.') || source.includes('/dist/')) return undefined; // dist/ is not built yet
  return existsSync(join(dirname(path), source)) ? undefined : `'${source}' does not exist.`;
}

/**
 * Lint rule: imports follow the order of the layers, and enter a folder with a door only by its door.
 * @type {import('@oxlint/plugins').Rule}
 */
export const allowedImports = {
  meta: { type: 'problem', schema: [] },
  create: (context) => {
    const importer = relative(context.cwd, context.filename).replaceAll('\\', '/');
    /** @param {import('@oxlint/plugins').ESTree.Node | null} source */
    const check = (source) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const imported = importedPath(importer, source.value);
      const message = (imported && forbidden(importer, imported)) ?? missing(context.filename, source.value);
      if (message) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      TSImportType: ({ source }) => check(source),
    };
  },
};
