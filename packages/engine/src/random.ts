import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { InputError } from './errors.ts';

/** Everything a generator needs to continue: plain JSON. */
export interface RandomState {
  /** Words of the seed and of the fork labels. */
  readonly key: readonly number[];
  /** Words of the generator. */
  readonly words: readonly number[];
  /** The second value of the last Box-Muller pair, until it is used. */
  readonly spare: number | null;
}

/** Any array of numbers, typed or not. */
export type NumberArray = number[] | Float32Array | Float64Array | Int32Array | Uint32Array;

/**
 * The one source of randomness: a seeded xoroshiro128+ generator (Blackman & Vigna 2018; implementation: pure-rand).
 * The same seed gives the same numbers on every machine with the same JavaScript engine, and {@link Random.state}
 * continues a stream exactly where it stopped.
 */
export class Random {
  readonly #key: readonly number[];
  readonly #generator: RandomGenerator;
  #spare: number | null;

  /**
   * @param seed whole number from 0 to 2⁵³ - 1
   * @throws InputError for anything else
   */
  constructor(seed: number | RandomState) {
    if (typeof seed === 'number') {
      if (!Number.isSafeInteger(seed) || seed < 0) {
        throw new InputError(`seed ${seed}: expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`);
      }
      this.#key = [seed >>> 0, Math.floor(seed / 2 ** 32)];
      this.#generator = xoroshiro128plusFromState(wordsFrom(this.#key));
      this.#spare = null;
    } else {
      this.#key = seed.key;
      this.#generator = xoroshiro128plusFromState(seed.words);
      this.#spare = seed.spare;
    }
  }

  /**
   * A generator that continues from a saved state of another one.
   * @throws InputError when it is not such a state
   */
  static fromState(state: RandomState): Random {
    const { key, words, spare } = state;
    const whole = (values: unknown): boolean => Array.isArray(values) && values.every(Number.isInteger);
    if (!whole(key) || !whole(words) || words.length !== 4 || !(spare === null || Number.isFinite(spare))) {
      throw new InputError('random state: not a state of this generator');
    }
    return new Random(state);
  }

  /** The state, as plain JSON. */
  state(): RandomState {
    return { key: [...this.#key], words: [...this.#generator.getState()], spare: this.#spare };
  }

  /**
   * An independent stream for one purpose. It depends only on this generator's seed and the label: it does not read or change this stream.
   */
  fork(label: string): Random {
    const key = [...this.#key, fnv1a(label)];
    return new Random({ key, words: wordsFrom(key), spare: null });
  }

  /** Uniform in [low, high), with 53 random bits. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * uniformFloat64(this.#generator);
  }

  /** Normal, by the method of Box & Muller (1958): √(-2 ln u) · cos 2πv and · sin 2πv are two independent values. */
  normal(mean = 0, deviation = 1): number {
    if (this.#spare !== null) {
      const value = this.#spare;
      this.#spare = null;
      return mean + deviation * value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(this.#generator)));
    const angle = 2 * Math.PI * uniformFloat64(this.#generator);
    this.#spare = radius * Math.sin(angle);
    return mean + deviation * radius * Math.cos(angle);
  }

  /** Whole number in [low, high), each equally likely. */
  integer(low: number, high: number): number {
    return uniformInt(this.#generator, low, high - 1);
  }

  /** Fills an array with uniform values in [low, high). */
  fillUniform(array: Float32Array, low = 0, high = 1): void {
    for (let i = 0; i < array.length; i++) array[i] = this.uniform(low, high);
  }

  /** Fills an array with normal values. */
  fillNormal(array: Float32Array, mean = 0, deviation = 1): void {
    for (let i = 0; i < array.length; i++) array[i] = this.normal(mean, deviation);
  }

  /** Puts an array in random order, in place (Fisher-Yates), and returns it. */
  shuffle<T extends unknown[] | NumberArray>(array: T): T {
    const items = array as unknown[];
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(0, i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return array;
  }

  /** The whole numbers below n in random order. */
  permutation(n: number): Uint32Array {
    return this.shuffle(Uint32Array.from({ length: n }, (_, i) => i));
  }

  /**
   * Index drawn with the given probabilities, which do not have to add up to 1 exactly: a multinomial draw of one.
   * @throws Error when one is negative or not a number, or all are 0
   */
  categorical(probabilities: ArrayLike<number>): number {
    let total = 0;
    for (let i = 0; i < probabilities.length; i++) {
      const probability = probabilities[i] ?? Number.NaN;
      if (!(probability >= 0 && probability < Infinity)) {
        throw new Error(`categorical: probability ${i} is ${probability}; expected a number >= 0`);
      }
      total += probability;
    }
    if (total === 0) throw new Error('categorical: all probabilities are 0');
    let left = this.uniform() * total;
    let last = 0;
    for (let i = 0; i < probabilities.length; i++) {
      const probability = probabilities[i] ?? 0;
      if (probability === 0) continue;
      if (left < probability) return i;
      left -= probability;
      last = i;
    }
    return last; // rounding left a remainder after the last possible index
  }
}

// Four well-mixed words from a key: a chain of MurmurHash3 finalisers (Appleby 2011), so that close seeds differ.
function wordsFrom(key: readonly number[]): number[] {
  return [0x9e3779b9, 0x7f4a7c15, 0xf39cc060, 0x5cedc834].map((salt) =>
    key.reduce((hash, word) => mix(hash ^ mix(word ^ salt)), salt),
  );
}

function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

// 32-bit FNV-1a hash of a text's UTF-16 units.
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
