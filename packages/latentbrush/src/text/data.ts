import { createHash } from 'node:crypto';
import { blocking, Random } from '@latentbrush/engine';
import { plainText, type CorpusStream, type ReadingRules } from '../data/index.ts';
import { rulesOf } from '../runs/dataset-record.ts';
import { streamBatches, windowBatches, type Batches } from './batches.ts';
import type { Architecture } from './network.ts';
import type { TrainOptions } from './options.ts';
import { checkCorpus, vocabularyOf, type TextExtra } from './run.ts';
import { tokenizeCorpus, type TokenizedText } from './tokenized-file.ts';
import { Vocabulary } from './tokenizer.ts';
import { tokensInMemory, type Tokens } from './tokens.ts';
import { counted } from '../counted.ts';
import { option, OptionError, words } from '../words.ts';

/** A text for training. */
export interface TextSource {
  readonly name: string;
  readonly text: string;
  /** Its source: a path or a name, to find it again. */
  readonly source?: string;
  /** Rules by which it was read: with 1, those of version 0.1.0, it stays as it is (default: the newest). */
  readonly rules?: ReadingRules | undefined;
}

/** A corpus, ready for training. */
export interface TextData {
  readonly vocabulary: Vocabulary;
  readonly architecture: Architecture;
  readonly training: Batches;
  readonly validation: Batches | undefined;
  /** Token numbers of the training part. */
  readonly tokens: Tokens;
  /** Characters of the corpus, and SHA-256 of it in UTF-8. */
  readonly characters: number;
  readonly sha256: string;
  /** Bytes of memory that the corpus takes while training. */
  readonly memory: number;
  /** Mean number of characters of a token, to turn nats per token into bits per character. */
  readonly charactersPerToken: number;
  /** Passages that sample texts continue. */
  readonly passages: readonly string[];
}

const PASSAGES = 32;

/** Bytes of a corpus in memory for each character: as text, as graphemes and as numbers. */
const MEMORY_PER_CHARACTER = 40;

/**
 * A corpus in the form for training; unchanged for a run of version 0.1.0. @param trainedOn the run, when it is continued
 */
export function asTrained(corpus: TextSource, trainedOn?: TextExtra): TextSource {
  if ((trainedOn === undefined ? corpus.rules : rulesOf(trainedOn.corpus)) === 1) return corpus;
  return { ...corpus, text: plainText(corpus.text) };
}

/**
 * A corpus as numbers: in memory, or in a file of the cache if it is read in pieces.
 * @param trainedOn the run, when training continues: its vocabulary is used
 * @throws InputError when it is not the corpus of the run, or cannot be read
 */
export async function tokenized(
  corpus: TextSource | CorpusStream,
  options: TrainOptions,
  trainedOn?: TextExtra,
): Promise<TokenizedText & { readonly memory: number }> {
  const given = trainedOn && vocabularyOf({ extra: trainedOn });
  if (!('text' in corpus)) {
    const found = await tokenizeCorpus(corpus, options, given);
    if (trainedOn !== undefined) checkCorpus({ ...corpus, sha256: found.sha256 }, trainedOn);
    return { ...found, memory: 0 };
  }
  const { name, text } = asTrained(corpus, trainedOn);
  const sha256 = createHash('sha256').update(text).digest('hex');
  if (trainedOn !== undefined) checkCorpus({ name, sha256 }, trainedOn);
  // Seconds for a large text.
  return { ...(await blocking(() => tokenizedText(text, options, given))), sha256 };
}

/** A text in memory as numbers. */
export function tokenizedText(
  text: string,
  { level, keepCase, vocabularySize }: TrainOptions,
  given?: Vocabulary,
): Omit<TokenizedText, 'sha256'> & { readonly memory: number } {
  const vocabulary = given ?? Vocabulary.of(text, level, !keepCase, vocabularySize);
  const ids = vocabulary.encode(text);
  return {
    vocabulary,
    tokens: tokensInMemory(ids),
    characters: text.length,
    charactersPerToken: vocabulary.decode(ids).length / ids.length,
    memory: MEMORY_PER_CHARACTER * text.length,
  };
}

/**
 * Makes the batches of a corpus.
 * @throws InputError when the corpus is too short for the window, the batch or the validation split
 */
export function prepare(
  {
    vocabulary,
    tokens: all,
    characters,
    sha256,
    charactersPerToken,
    memory,
  }: Awaited<ReturnType<typeof tokenized>>,
  options: TrainOptions,
): TextData {
  const { validation, window, seed } = options;
  const tokens = all.part(0, all.length - Math.floor(all.length * validation));
  const validationTokens = all.part(tokens.length, all.length);
  if (validation > 0 && validationTokens.length <= window) {
    throw new OptionError(
      words`corpus: a validation share of ${validation} has ${counted(validationTokens.length, 'token')}, too few for a window of ${window}; give a longer text, a larger share or a smaller ${option('window')}`,
    );
  }
  const { model, units, layers, embedding, kernelSize } = options;
  return {
    vocabulary,
    architecture: { model, units, layers, embedding, kernelSize, vocabularySize: vocabulary.size },
    training: batches(tokens, options),
    validation: validation > 0 ? batches(validationTokens, options) : undefined,
    tokens,
    characters,
    sha256,
    memory,
    charactersPerToken,
    passages: passagesOf(tokens, vocabulary, window, new Random(seed).fork('passages')),
  };
}

function batches(tokens: Tokens, options: TrainOptions): Batches {
  return options.objective === 'last' ? windowBatches(tokens, options) : streamBatches(tokens, options);
}

function passagesOf(tokens: Tokens, vocabulary: Vocabulary, window: number, random: Random): string[] {
  return Array.from({ length: PASSAGES }, () =>
    vocabulary.decode(tokens.read(random.integer(0, tokens.length - window), window)),
  );
}
