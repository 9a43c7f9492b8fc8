import { Random } from '@latentbrush/engine';
import { plainText, type ReadingRules } from '../data/index.ts';
import { rulesOf } from '../runs/dataset-record.ts';
import { streamBatches, windowBatches, type Batches } from './batches.ts';
import type { Architecture } from './network.ts';
import type { TrainOptions } from './options.ts';
import type { TextExtra } from './run.ts';
import { Vocabulary } from './tokenizer.ts';
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
  readonly ids: Int32Array;
  /** Mean number of characters of a token, to turn nats per token into bits per character. */
  readonly charactersPerToken: number;
  /** Passages that sample texts continue. */
  readonly passages: readonly string[];
}

const PASSAGES = 32;

/**
 * A corpus in the form for training; unchanged for a run of version 0.1.0. @param trainedOn the run, when it is continued
 */
export function asTrained(corpus: TextSource, trainedOn?: TextExtra): TextSource {
  if ((trainedOn === undefined ? corpus.rules : rulesOf(trainedOn.corpus)) === 1) return corpus;
  return { ...corpus, text: plainText(corpus.text) };
}

/**
 * Makes vocabulary and batches of a corpus.
 * @param given vocabulary of the run when training continues; made from the corpus by default
 * @throws InputError when the corpus is too short for the window, the batch or the validation split
 */
export function prepare(text: string, options: TrainOptions, given?: Vocabulary): TextData {
  const { level, keepCase, vocabularySize, validation, window, seed } = options;
  const vocabulary = given ?? Vocabulary.of(text, level, !keepCase, vocabularySize);
  const all = vocabulary.encode(text);
  const ids = all.subarray(0, all.length - Math.floor(all.length * validation));
  const validationIds = all.subarray(ids.length);
  if (validation > 0 && validationIds.length <= window) {
    throw new OptionError(
      words`corpus: a validation share of ${validation} has ${counted(validationIds.length, 'token')}, too few for a window of ${window}; give a longer text, a larger share or a smaller ${option('window')}`,
    );
  }
  const { model, units, layers, embedding, kernelSize } = options;
  const training = batches(ids, options);
  return {
    vocabulary,
    architecture: { model, units, layers, embedding, kernelSize, vocabularySize: vocabulary.size },
    training,
    validation: validation > 0 ? batches(validationIds, options) : undefined,
    ids,
    charactersPerToken: vocabulary.decode(all).length / all.length,
    passages: passagesOf(ids, vocabulary, window, new Random(seed).fork('passages')),
  };
}

function batches(ids: Int32Array, options: TrainOptions): Batches {
  return options.objective === 'last' ? windowBatches(ids, options) : streamBatches(ids, options);
}

function passagesOf(ids: Int32Array, vocabulary: Vocabulary, window: number, random: Random): string[] {
  return Array.from({ length: PASSAGES }, () => {
    const start = random.integer(0, ids.length - window);
    return vocabulary.decode(ids.subarray(start, start + window));
  });
}
