import { createHash } from 'node:crypto';

/** Form of an id of a run: 32 hexadecimal digits. */
export const RUN_ID = /^[0-9a-f]{32}$/;

/**
 * The id of a run: the same for the same training, wherever its folder is.
 * @param decides all that decides the results: system, options, seed, hashes of the data, version of the program
 */
export function runId(decides: object): string {
  return createHash('sha256').update(JSON.stringify(decides, inOrder)).digest('hex').slice(0, 32);
}

/** For JSON: an object with its properties in the order of their names. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
