import { createHash } from 'node:crypto';
import { InputError } from '@latentbrush/engine';
import { z } from 'zod';
import { packed, type CorpusStream, type PackedPart } from '../data/index.ts';
import { sha256OfVocabulary, tokenEncoder, Vocabulary, type Level } from './tokenizer.ts';
import { tokensInFile, tokenArray, tokenWidth, type Tokens } from './tokens.ts';
import { vocabularyCount, type VocabularyCount } from './vocabulary-count.ts';

/** How a text becomes tokens. */
export interface Tokenizing {
  readonly level: Level;
  readonly keepCase: boolean;
  readonly vocabularySize: number;
}

/** A text as numbers. */
export interface TokenizedText {
  readonly vocabulary: Vocabulary;
  readonly tokens: Tokens;
  /** Characters of the text. */
  readonly characters: number;
  /** SHA-256 of the text in UTF-8. */
  readonly sha256: string;
  /** Mean number of characters of a token. */
  readonly charactersPerToken: number;
}

/** The version of the rules by which a text becomes tokens. */
const VERSION = 1;

/** Bytes of a corpus between two states from which tokenising can continue. */
const SAVED_EVERY = 64 * 2 ** 20;

const vocabularySchema = z.object({
  level: z.enum(['char', 'word']),
  lowerCase: z.boolean(),
  tokens: z.array(z.string()),
});

const counted = {
  vocabulary: vocabularySchema,
  characters: z.number(),
  sha256: z.string(),
};

const contents = z.object({ ...counted, decoded: z.number() });

/** What is known when the text was read once, and how far it is in the second reading. */
const state = z.object({
  ...counted,
  next: z.object({ file: z.number(), byte: z.number() }).optional(),
  decoded: z.number(),
});

type State = z.output<typeof state>;

/**
 * Turns a corpus in files into tokens in a file of the cache, piece by piece: memory does not grow with the corpus. It is read twice, first to count
 * its vocabulary. The next training finds the file again, if names, sizes and times of the files are the same.
 * @param given the vocabulary of the run, when training continues
 * @param savedEvery bytes of the corpus between two states from which an interrupted tokenising continues
 * @throws InputError when the corpus cannot be read, changes meanwhile, or the disk is full
 */
export async function tokenizeCorpus(
  corpus: CorpusStream,
  options: Tokenizing,
  given?: Vocabulary,
  savedEvery: number = SAVED_EVERY,
): Promise<TokenizedText> {
  const own = await tokenizedWith(corpus, options, undefined, savedEvery);
  if (given === undefined || sha256OfVocabulary(own.vocabulary) === sha256OfVocabulary(given)) return own;
  own.tokens.release();
  return tokenizedWith(corpus, options, given, savedEvery);
}

async function tokenizedWith(
  corpus: CorpusStream,
  { level, keepCase, vocabularySize }: Tokenizing,
  given: Vocabulary | undefined,
  savedEvery: number,
): Promise<TokenizedText> {
  const { cacheDir, files, rules, source, signal } = corpus;
  const key = {
    version: VERSION,
    files,
    rules,
    tokens:
      given === undefined
        ? { level, keepCase, ...(level === 'word' && { vocabularySize }) }
        : sha256OfVocabulary(given),
  };
  const found = await packed(
    { cacheDir, kind: 'corpora', key },
    { source, contents, state, signal },
    (part) => fill(corpus, part, given ?? vocabularyCount(level, !keepCase, vocabularySize), savedEvery),
  );
  const { vocabulary: stored, characters, sha256, decoded } = found.contents;
  const vocabulary = new Vocabulary(stored.level, stored.lowerCase, stored.tokens);
  const tokens = tokensInFile(found.data, tokenWidth(vocabulary.size));
  return { vocabulary, tokens, characters, sha256, charactersPerToken: decoded / tokens.length };
}

async function fill(
  corpus: CorpusStream,
  part: PackedPart<State>,
  counting: Vocabulary | VocabularyCount,
  savedEvery: number,
): Promise<z.output<typeof contents>> {
  const begun = part.state ?? (await count(corpus, counting));
  if (part.state === undefined) await part.save(begun);
  const { level, lowerCase, tokens } = begun.vocabulary;
  const vocabulary = new Vocabulary(level, lowerCase, tokens);
  const width = tokenWidth(vocabulary.size);
  const encode = tokenEncoder(vocabulary);
  const lengths = Float64Array.from(tokens, ({ length }) => length);
  let { decoded } = begun;
  let saved = 0;
  for await (const { text, next, done } of corpus.pieces(level, begun.next)) {
    const ids = encode(text);
    const array = tokenArray(width, ids.length);
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (id < 0)
        throw new InputError(
          `${corpus.source}: its text does not fit the vocabulary of the run; give the corpus of the run`,
        );
      array[i] = id;
      decoded += lengths[id]!;
    }
    await part.append(new Uint8Array(array.buffer));
    if (done - saved >= savedEvery) {
      await part.save({ ...begun, next, decoded });
      saved = done;
    }
    corpus.onRead?.({ done: corpus.bytes + done, total: 2 * corpus.bytes });
  }
  const { characters, sha256 } = begun;
  return { vocabulary: begun.vocabulary, characters, sha256, decoded };
}

/** Reads the text once: its vocabulary, its length and its checksum. */
async function count(corpus: CorpusStream, counting: Vocabulary | VocabularyCount): Promise<State> {
  const hash = createHash('sha256');
  const { level } = counting;
  let characters = 0;
  for await (const { text, done } of corpus.pieces(level)) {
    hash.update(text, 'utf8');
    characters += text.length;
    if ('add' in counting) counting.add(text);
    corpus.onRead?.({ done, total: 2 * corpus.bytes });
  }
  const { lowerCase, tokens } = 'add' in counting ? counting.vocabulary() : counting;
  return {
    vocabulary: { level, lowerCase, tokens: [...tokens] },
    characters,
    sha256: hash.digest('hex'),
    decoded: 0,
  };
}
