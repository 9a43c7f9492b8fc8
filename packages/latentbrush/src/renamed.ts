import { deprecate } from 'node:util';

/**
 * A function under its old name, which works in this version: Node warns at the first call. The next version removes it.
 * @param old its old name, as a program calls it: `latent.wayThrough`
 * @param now its new name
 */
export function renamed<Parameters extends readonly unknown[], Result>(
  now: (...parameters: Parameters) => Result,
  names: { readonly old: string; readonly now: string },
): (...parameters: Parameters) => Result {
  return deprecate(
    now,
    `${names.old} is now ${names.now}; the next version removes the old name`,
    `LATENTBRUSH_${names.old}`,
  );
}

/**
 * A function that programs do not need: this version still exports it, and Node warns at the first call. The next version does not export
 * it.
 * @param name as a program calls it: `gan.checkScored`
 */
export function withdrawn<Parameters extends readonly unknown[], Result>(
  own: (...parameters: Parameters) => Result,
  name: string,
): (...parameters: Parameters) => Result {
  return deprecate(
    own,
    `${name} is for the library itself; the next version does not export it`,
    `LATENTBRUSH_${name}`,
  );
}
