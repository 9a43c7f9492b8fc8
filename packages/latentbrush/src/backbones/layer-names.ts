import { InputError } from '@latentbrush/engine';
import { distance } from 'fastest-levenshtein';

/**
 * Says that a layer does not exist, and which names come nearest.
 * @param hint what else the person should know
 */
export function unknownLayer(network: string, name: string, known: readonly string[], hint = ''): InputError {
  const nearest = nearestNames(name, known).join(', ');
  const others = nearest === '' ? ', which has no layers that can be used' : `; nearest: ${nearest}`;
  return new InputError(
    `layer "${name}" does not exist in ${network}${others}${hint === '' ? '' : `; ${hint}`}`,
  );
}

/** The names most like a given one, at most three. */
export function nearestNames(name: string, known: readonly string[]): string[] {
  return known
    .map((candidate) => ({ candidate, away: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.away - b.away)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** The name of a layer here: `activation_7` of Keras, the ReLU after a convolution, is the output of `conv2d_7`. */
export function kerasLayerName(name: string): string {
  return name.replace(/^activation_(?=\d+$)/, 'conv2d_');
}
