import { InputError, Random } from '@latentbrush/engine';
import { streamBatches, windowBatches, type Batches } from './batches.ts';
import type { Architecture } from './model.ts';
import type { TrainOptions } from './options.ts';
import { Vocabulary } from './tokenizer.ts';
import { counted } from '../counted.ts';

/** A corpus made ready for training. */
export interface Preparation {
  readonly vocabulary: Vocabulary;
  readonly architecture: Architecture;
  readonly training: Batches;
  readonly validation: Batches | undefined;
  /** Token numbers of the part that is trained on. */
  readonly ids: Int32Array;
  /** Mean number of characters of a token, to turn nats per token into bits per character. */
  readonly charactersPerToken: number;
  /** Passages to begin sample texts from. */
  readonly passages: readonly string[];
}

const PASSAGES = 32;

/**
 * Makes vocabulary and batches of a corpus.
 * @param vocabulary that of the run when training goes on; made from the corpus by default
 * @throws InputError when the corpus is too short for the window, the batch or the validation split
 */
export function prepare(text: string, options: TrainOptions, vocabulary?: Vocabulary): Preparation {
  const { level, keepCase, vocabularySize, validation, window, seed } = options;
  const words = vocabulary ?? Vocabulary.of(text, level, !keepCase, vocabularySize);
  const all = words.encode(text);
  const ids = all.subarray(0, all.length - Math.floor(all.length * validation));
  const heldOut = all.subarray(ids.length);
  if (validation > 0 && heldOut.length <= window) {
    throw new InputError(
      `corpus: a validation share of ${validation} holds out ${counted(heldOut.length, 'token')}, too few for a window of ${window}; give a longer text, a larger share or a smaller --window`,
    );
  }
  const { model, units, layers, embedding, kernelSize } = options;
  const training = batches(ids, options);
  return {
    vocabulary: words,
    architecture: { model, units, layers, embedding, kernelSize, vocabularySize: words.size },
    training,
    validation: validation > 0 ? batches(heldOut, options) : undefined,
    ids,
    charactersPerToken: words.decode(all).length / all.length,
    passages: passagesOf(ids, words, window, new Random(seed).fork('passages')),
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
