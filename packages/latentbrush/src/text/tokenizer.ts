import { createHash } from 'node:crypto';
import { option, OptionError, words } from '../words.ts';

/** The unit of a token: a character as people see it (a grapheme) or a word. */
export type Level = 'char' | 'word';

/**
 * Characters that can join their neighbours in one grapheme: marks, joiners, conjoining Hangul letters, Arabic and Indic prefix signs, Thai and Lao
 * AM, and everything beyond the basic plane (emoji, flags).
 */
export const JOINING =
  /[\u200C-\u200D\p{M}\u1100-\u11FF\uA960-\uA97F\uD7B0-\uD7FF\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u0D4E\u0E33\u0EB3\u{10000}-\u{10FFFF}]/u;

// A word with the space before it, a run of punctuation with the space before it, or other white space: joined, they are the text.
const WORDS = / ?[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*| ?[^\s\p{L}\p{M}\p{N}]|\s/gu;

/**
 * Splits a text into tokens; joined, they are the text.
 * @example
 * console.log(text.tokenize('the cat sat', 'word')); // [ 'the', ' cat', ' sat' ]
 */
export function tokenize(text: string, level: Level): string[] {
  return level === 'word' ? (text.match(WORDS) ?? []) : graphemes(text);
}

// Line by line, since no grapheme crosses the end of a line: segmenting a whole book at once takes many minutes.
function graphemes(text: string): string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const result: string[] = [];
  for (const line of text.split(/(?<=\n)/)) {
    if (!JOINING.test(line)) for (const character of line.split('')) result.push(character);
    else for (const { segment } of segmenter.segment(line)) result.push(segment);
  }
  return result;
}

/** The token of every word outside the vocabulary; never written when sampling. */
export const UNKNOWN = '\u{FFFD}';

/**
 * The tokens of a model and their numbers, stored as JSON beside the model.
 * @example
 * const vocabulary = text.Vocabulary.of('a cat', 'char', true);
 * console.log(vocabulary.tokens); // [ ' ', 'a', 'c', 't' ]
 * console.log([...vocabulary.encode('cat')]); // [ 2, 1, 3 ]
 */
export class Vocabulary {
  readonly level: Level;
  /** Whether texts are lower-cased before they are cut. */
  readonly lowerCase: boolean;
  readonly tokens: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  constructor(level: Level, lowerCase: boolean, tokens: readonly string[]) {
    this.level = level;
    this.lowerCase = lowerCase;
    this.tokens = tokens;
    this.#ids = new Map(tokens.map((token, id) => [token, id]));
  }

  /**
   * The vocabulary of a corpus: at level char all characters, sorted; at level word the most frequent ones up to `limit`,
   * after a token for all others.
   */
  static of(text: string, level: Level, lowerCase: boolean, limit = 10_000): Vocabulary {
    const tokens = tokenize(lowerCase ? text.toLowerCase() : text, level);
    if (level === 'char') return new Vocabulary(level, lowerCase, [...new Set(tokens)].sort());
    const counts = new Map<string, number>();
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    const frequent = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, limit - 1);
    return new Vocabulary(level, lowerCase, [UNKNOWN, ...frequent.map(([token]) => token)]);
  }

  get size(): number {
    return this.tokens.length;
  }

  /** Number of the token for unknown words; `undefined` at level char, which has none. */
  get unknownId(): number | undefined {
    return this.#ids.get(UNKNOWN);
  }

  /** Token numbers of the vocabulary's own corpus (unknown words become the unknown token). */
  encode(text: string): Int32Array {
    return tokenEncoder(this)(text);
  }

  /** The number of a token; that of unknown words if it has none, or -1 at level char. */
  idOf(token: string): number {
    return this.#ids.get(token) ?? this.unknownId ?? -1;
  }

  /**
   * Token numbers of a prompt. It is prepared like the corpus: each CR or CRLF becomes LF, unless the corpus itself has CR (version
   * 0.1.0 kept them). Tokens that the model does not know as typed are looked up in NFC and in NFD.
   * @param skipUnknown leave out unknown tokens
   * @throws InputError naming the first token that the model does not know
   */
  encodePrompt(prompt: string, skipUnknown = false): Int32Array {
    const lines = this.tokens.some((token) => token.includes('\r')) ? prompt : prompt.replace(/\r\n?/g, '\n');
    const tokens = tokenize(this.normalize(lines), this.level);
    // a word that begins the prompt has no space before it, but is the same word
    const exactly = (token: string): number | undefined =>
      this.#ids.get(token) ?? (this.level === 'word' ? this.#ids.get(` ${token}`) : undefined);
    const idOf = (token: string): number | undefined =>
      exactly(token) ?? exactly(token.normalize('NFC')) ?? exactly(token.normalize('NFD'));
    const unknown = tokens.findIndex((token) => idOf(token) === undefined);
    if (unknown >= 0 && !skipUnknown) {
      const what = this.level === 'char' ? 'character' : 'word';
      throw new OptionError(
        words`prompt: the ${what} ${JSON.stringify(tokens[unknown])} (number ${unknown + 1}) is not in the corpus of this model; use others, or leave such ones out with ${option('skipUnknown')}`,
      );
    }
    return Int32Array.from(tokens.flatMap((token) => idOf(token) ?? []));
  }

  /** The text of token numbers. */
  decode(ids: ArrayLike<number>): string {
    return Array.from(ids, (id) => this.tokens[id] ?? '').join('');
  }

  normalize(text: string): string {
    return this.lowerCase ? text.toLowerCase() : text;
  }

  toJSON(): { level: Level; lowerCase: boolean; tokens: readonly string[] } {
    return { level: this.level, lowerCase: this.lowerCase, tokens: this.tokens };
  }
}

/**
 * Encodes texts with a vocabulary, as {@link Vocabulary.encode} does. For many pieces of one text: tables are made once, and characters that stand
 * alone are looked up in them without a string for each.
 */
export function tokenEncoder(vocabulary: Vocabulary): (text: string) => Int32Array {
  const { level } = vocabulary;
  const encodeTokens = (text: string): Int32Array =>
    Int32Array.from(tokenize(text, level), (token) => vocabulary.idOf(token));
  if (level === 'word') return (text) => encodeTokens(vocabulary.normalize(text));
  let table: Int32Array | undefined;
  return (given) => {
    const text = vocabulary.normalize(given);
    if (JOINING.test(text)) return encodeTokens(text);
    table ??= Int32Array.from({ length: 2 ** 16 }, (_, code) => vocabulary.idOf(String.fromCharCode(code)));
    const ids = new Int32Array(text.length);
    for (let i = 0; i < ids.length; i++) ids[i] = table[text.charCodeAt(i)]!;
    return ids;
  };
}

/** SHA-256 of a vocabulary. */
export function sha256OfVocabulary(vocabulary: Vocabulary): string {
  return createHash('sha256').update(JSON.stringify(vocabulary)).digest('hex');
}
