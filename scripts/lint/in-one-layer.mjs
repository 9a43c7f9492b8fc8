import { relative } from 'node:path';
import { LAYERS } from './layers.mjs';

/**
 * The fault in the place of a source file: it is in no layer of a list, or in several.
 * @param {string} path of the file from the root of the repository, with slashes
 * @param {Readonly<Record<string, readonly (string | readonly string[])[]>>} [layers] by their folder
 * @returns {string[]} a sentence for each list that does not have the file in exactly one layer
 */
export function misplacements(path, layers = LAYERS) {
  return Object.entries(layers).flatMap(([base, rooms]) => {
    if (!path.startsWith(`${base}/`)) return [];
    const inside = path.slice(base.length + 1);
    const found = rooms.flat().filter((room) => inside === room || inside.startsWith(`${room}/`));
    if (found.length === 1) return [];
    const where = found.length === 0 ? 'no layer' : `${found.length} layers (${found.join(', ')})`;
    return [`'${inside}' is in ${where} of ${base}, expected one: see scripts/lint/layers.mjs.`];
  });
}

/**
 * Lint rule: every source file is in exactly one layer, so that the order of imports is checked for all of them.
 * @type {import('@oxlint/plugins').Rule}
 */
export const inOneLayer = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    Program(node) {
      const path = relative(context.cwd, context.filename).replaceAll('\\', '/');
      for (const message of misplacements(path)) context.report({ node, message });
    },
  }),
};
