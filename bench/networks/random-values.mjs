// Pseudo-random weights and pictures, equal in every peer, so that losses can be compared. peers/random_values.py is the same in Python.

/**
 * `count` values uniform in [-bound, bound): value i of a stream is a 32-bit hash of i and the stream's number, so that it can be
 * computed in any order (constants of Wellons' hash prospector).
 */
export function uniform(stream, count, bound) {
  const values = new Float32Array(count);
  const offset = Math.imul(stream, 0x9e3779b9);
  for (let i = 0; i < count; i++) {
    let x = (i + offset) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    x ^= x >>> 15;
    values[i] = bound * ((x >>> 0) / 2 ** 31 - 1);
  }
  return values;
}

/**
 * Weights of a network's convolution number `index` (from 0, in the order of its code): the kernel in Keras' layout
 * `[height, width, inputs, filters]` with He et al.'s (2015) variance 2 / fan-in, and a small bias `[filters]`.
 */
export function convolutionWeights(index, inputs, filters, [height, width]) {
  const fanIn = height * width * inputs;
  return {
    kernel: uniform(2 * index + 1, fanIn * filters, Math.sqrt(6 / fanIn)),
    bias: uniform(2 * index + 2, filters, 0.1),
  };
}

/** A picture of noise `[1, height, width, 3]` in [-bound, bound). Streams from 1000 on are not used by weights. */
export function picture(stream, height, width, bound) {
  return uniform(1000 + stream, height * width * 3, bound);
}
