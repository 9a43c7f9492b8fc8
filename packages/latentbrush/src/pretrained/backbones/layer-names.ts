import { InputError } from '@latentbrush/engine';
import { distance } from 'fastest-levenshtein';

/**
 * The error for a layer that does not exist, with the nearest names. @param hint more for the user
 */
export function unknownLayer(network: string, name: string, known: readonly string[], hint = ''): InputError {
  const nearest = nearestNames(name, known).join(', ');
  const others = nearest === '' ? ', which has no layers that can be used' : `; nearest: ${nearest}`;
  return new InputError(
    `layer "${name}" does not exist in ${network}${others}${hint === '' ? '' : `; ${hint}`}`,
  );
}

/** The names most similar to a given one, at most three. */
export function nearestNames(name: string, known: readonly string[]): string[] {
  return known
    .map((candidate) => ({ candidate, away: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.away - b.away)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/**
 * Parses a list of names, separated by commas. A name with a comma is in double quotes, and a double quote in it is doubled, as in CSV.
 * @example
 * console.log(backbones.splitNames('"a,b",c')); // [ 'a,b', 'c' ]
 */
export function splitNames(text: string): string[] {
  const names: string[] = [];
  for (let rest = text; ;) {
    const [part = '', quoted, plain = ''] = /^\s*(?:"((?:[^"]|"")+)"|([^,]*?))\s*(?:,|$)/.exec(rest) ?? [];
    names.push(quoted?.replaceAll('""', '"') ?? plain);
    if (!part.endsWith(',')) return names;
    rest = rest.slice(part.length);
  }
}

/**
 * A name in double quotes; a double quote in it is doubled.
 * @example
 * console.log(backbones.quotedName('block1, first')); // "block1, first"
 */
export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The name of a layer here: `activation_7` of Keras, the ReLU after a convolution, is the output of `conv2d_7`. */
export function kerasLayerName(name: string): string {
  return name.replace(/^activation_(?=\d+$)/, 'conv2d_');
}
