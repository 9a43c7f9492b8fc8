import { InputError } from '@latentbrush/engine';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenize, UNKNOWN, Vocabulary } from './tokenizer.ts';

// letters of many scripts, marks that combine, conjoining Hangul, emoji with joiners and skin tones, flags
const characters = fc.constantFrom(
  ...[
    'a',
    'Z',
    ' ',
    '\n',
    '—',
    '’',
    'é',
    'e\u0301',
    '한',
    '글',
    'ᄒ',
    'ᅡ',
    'ᆫ',
    'ก',
    'ำ',
    'क',
    '्',
    'ष',
    '👩',
    '\u200d',
    '🚀',
    '👍',
    '🏽',
    '🇰',
    '🇷',
    '\u0600',
    '1',
  ],
);
const texts = fc.string({ unit: characters, maxLength: 60 });

describe('tokenize', () => {
  it('splits into graphemes', () => {
    expect(tokenize('né 한글 👩‍🚀', 'char')).toEqual(['n', 'é', ' ', '한', '글', ' ', '👩‍🚀']);
  });

  it('agrees with Intl.Segmenter on any text', () => {
    const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
    fc.assert(
      fc.property(texts, (text) => {
        const expected = Array.from(segmenter.segment(text), ({ segment }) => segment);
        expect(tokenize(text, 'char')).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('splits into words with the space before them, and punctuation', () => {
    expect(tokenize("don't stop,\nIshmael — 고래!", 'word')).toEqual([
      "don't",
      ' stop',
      ',',
      '\n',
      'Ishmael',
      ' —',
      ' 고래',
      '!',
    ]);
  });

  it('loses nothing: the joined tokens are the text', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('char' as const, 'word' as const), (text, level) => {
        expect(tokenize(text, level).join('')).toBe(text);
      }),
    );
  });

  it('splits a million characters in seconds, also with combining characters', () => {
    const start = performance.now();
    tokenize('Call me Ishmael — some years ago. é\n'.repeat(30_000), 'char');
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('Vocabulary', () => {
  it('at level char contains all characters, sorted, lower-cased on request', () => {
    expect(Vocabulary.of('Banana', 'char', true).tokens).toEqual(['a', 'b', 'n']);
    expect(Vocabulary.of('Banana', 'char', false).tokens).toEqual(['B', 'a', 'n']);
  });

  it('at level word keeps the most frequent ones, after a token for all others', () => {
    const vocabulary = Vocabulary.of('a rose is a rose is a rose', 'word', true, 3);
    expect(vocabulary.tokens).toEqual([UNKNOWN, ' rose', ' a']);
    expect([...vocabulary.encode('a rose is')]).toEqual([0, 1, 0]);
  });

  it('decodes what it encoded', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const vocabulary = Vocabulary.of(text, 'char', false);
        expect(vocabulary.decode(vocabulary.encode(text))).toBe(text);
      }),
    );
  });

  it('names the first unknown character of a prompt, or leaves unknown ones out', () => {
    const vocabulary = Vocabulary.of('abc', 'char', true);
    expect(() => vocabulary.encodePrompt('abxc')).toThrow(InputError);
    expect(() => vocabulary.encodePrompt('abxc')).toThrow(/"x" \(number 3\)/);
    expect([...vocabulary.encodePrompt('abxc', true)]).toEqual([0, 1, 2]);
    expect([...vocabulary.encodePrompt('CAB')]).toEqual([2, 0, 1]);
  });

  it('knows a word at the beginning of a prompt, where it has no space before it', () => {
    const vocabulary = Vocabulary.of('call me ishmael', 'word', true);
    expect(vocabulary.decode(vocabulary.encodePrompt('ishmael'))).toBe(' ishmael');
  });

  it('prepares a prompt as the corpus was: lines end by LF, accents are one character', () => {
    const vocabulary = Vocabulary.of('the door.\nélan', 'char', true);
    for (const prompt of ['door.\r\nthe', 'door.\rthe'])
      expect(vocabulary.decode(vocabulary.encodePrompt(prompt))).toBe('door.\nthe');
    expect(vocabulary.decode(vocabulary.encodePrompt('e\u0301lan'))).toBe('\u00e9lan');
    const words = Vocabulary.of('un éléphant', 'word', true);
    expect(words.decode(words.encodePrompt('éléphant'.normalize('NFD')))).toBe(' éléphant');
    expect(Vocabulary.of('한국어', 'char', true).encodePrompt('한국어'.normalize('NFD'))).toHaveLength(3);
  });

  it('keeps CR in a prompt for a model whose corpus had it (version 0.1.0)', () => {
    const vocabulary = new Vocabulary('char', true, ['\n', '\r', 'a']);
    expect([...vocabulary.encodePrompt('a\r\na\r')]).toEqual([2, 1, 0, 2, 1]);
  });

  it('survives JSON', () => {
    const { level, lowerCase, tokens } = JSON.parse(
      JSON.stringify(Vocabulary.of('moby', 'char', true)),
    ) as ReturnType<Vocabulary['toJSON']>;
    expect(new Vocabulary(level, lowerCase, tokens).encodePrompt('bom')).toEqual(Int32Array.from([0, 2, 1]));
  });
});
