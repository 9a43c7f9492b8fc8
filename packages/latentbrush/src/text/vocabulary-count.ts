import { JOINING, tokenize, UNKNOWN, Vocabulary, type Level } from './tokenizer.ts';

/** Different words that are counted exactly; of more, the rarest are dropped. */
const MOST_WORDS = 2_000_000;

/** Words up to this length are copied when they are cut out of a text; longer ones would keep the whole piece in memory. */
const COPIED = 12;

/** The vocabulary of a text that comes in pieces: the same as `Vocabulary.of` makes of the whole text. */
export interface VocabularyCount {
  readonly level: Level;
  add(piece: string): void;
  vocabulary(): Vocabulary;
}

/**
 * Counts the tokens of a text.
 *
 * Of words, at most `most` different ones are counted. At each more, all with the lowest count are dropped, and from then on new words must pass that
 * count before they stay (lossy counting): a word that is more frequent than the number of drops always stays. So the vocabulary of a text with more
 * different words is exact but for words as rare as those.
 * @param most different words that are counted
 */
export function vocabularyCount(
  level: Level,
  lowerCase: boolean,
  limit: number,
  most: number = MOST_WORDS,
): VocabularyCount {
  return level === 'char' ? characters(lowerCase) : words(lowerCase, limit, Math.max(most, 2 * limit));
}

function characters(lowerCase: boolean): VocabularyCount {
  const single = new Uint8Array(2 ** 16);
  const joined = new Set<string>();
  return {
    level: 'char',
    add: (piece) => {
      const text = lowerCase ? piece.toLowerCase() : piece;
      if (JOINING.test(text)) for (const token of tokenize(text, 'char')) joined.add(token);
      else for (let i = 0; i < text.length; i++) single[text.charCodeAt(i)] = 1;
    },
    vocabulary: () => {
      const tokens = new Set(joined);
      single.forEach((seen, code) => seen === 1 && tokens.add(String.fromCharCode(code)));
      return new Vocabulary('char', lowerCase, [...tokens].sort());
    },
  };
}

function words(lowerCase: boolean, limit: number, most: number): VocabularyCount {
  const counts = new Map<string, number>();
  let dropped = 0;
  const drop = (): void => {
    dropped += 1;
    for (const [word, count] of counts) if (count <= dropped) counts.delete(word);
  };
  return {
    level: 'word',
    add: (piece) => {
      for (const word of tokenize(lowerCase ? piece.toLowerCase() : piece, 'word')) {
        const count = counts.get(word);
        if (count !== undefined) counts.set(word, count + 1);
        else {
          while (counts.size >= most) drop();
          counts.set(word.length > COPIED ? copied(word) : word, dropped + 1);
        }
      }
    },
    vocabulary: () => {
      const frequent = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, limit - 1);
      return new Vocabulary('word', lowerCase, [UNKNOWN, ...frequent.map(([word]) => word)]);
    },
  };
}

function copied(word: string): string {
  return Buffer.from(word, 'utf16le').toString('utf16le');
}
