import { posix } from 'node:path';

/**
 * Zones for `import-x/no-restricted-paths` that make imports enter a folder by its doors.
 * @param {Readonly<Record<string, Readonly<Record<string, string>>>>} doors by the folder: patterns of files, from the folder that
 *   holds it, and the one file that these may import
 */
export function byDoor(doors) {
  return Object.entries(doors).flatMap(([folder, openings]) =>
    Object.entries(openings).map(([who, door]) => ({
      target: `./${posix.dirname(folder)}/${who}`,
      from: `./${folder}`,
      except: [`./${door}`],
      message: `Import from ${folder}/${door}: see DOORS in scripts/lint/layers.mjs.`,
    })),
  );
}
