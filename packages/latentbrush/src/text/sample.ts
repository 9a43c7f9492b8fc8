import { InputError, Random } from '@latentbrush/engine';
import { parseOptions, takeSignal, type Stoppable } from '../options.ts';
import type { Architecture } from './model.ts';
import { sampleOptions, type SampleInput, type TrainOptions } from './options.ts';
import { statefulPredictor, windowPredictor, type Weights } from './predictor.ts';
import { entropy, samplingDistribution, type Reweighting } from './temperature.ts';
import type { Vocabulary } from './tokenizer.ts';

/** A trained language model, ready to write. */
export interface LanguageModel {
  readonly architecture: Architecture;
  readonly vocabulary: Vocabulary;
  readonly weights: Weights;
  /** What it was trained for: the token after a full window, or every next token. */
  readonly objective: TrainOptions['objective'];
  /** Length in tokens of the sliding window. */
  readonly window: number;
  /** Passages of the corpus to begin from when no prompt is given. */
  readonly passages: readonly string[];
}

/** One step of writing. */
export interface WrittenToken {
  readonly text: string;
  readonly id: number;
  /** Probability the token was drawn with. */
  readonly probability: number;
  /** Entropy in bits of the distribution it was drawn from: how free the choice was. */
  readonly entropy: number;
}

/** What the model goes on from. */
export interface Beginning {
  /** The prompt as the model knows it, or a passage of the corpus. */
  readonly text: string;
  /** The tokens to read, with what comes before the prompt. */
  readonly ids: Int32Array;
}

/**
 * The prompt of the options, or a passage drawn from the corpus. A model that was trained on full windows reads a prompt
 * that is shorter after the end of such a passage: from a few characters alone it writes badly.
 * @throws InputError when the prompt has something the model does not know, or nothing it knows
 */
export function beginning(model: LanguageModel, options: SampleInput & Stoppable): Beginning {
  const { prompt, skipUnknown, seed } = parseOptions(sampleOptions, takeSignal(options).given);
  const { passages, vocabulary, window } = model;
  const drawn = passages[new Random(seed).fork('passage').integer(0, passages.length)] ?? '';
  const passage = vocabulary.encodePrompt(drawn, true);
  if (prompt === '') return { text: vocabulary.decode(passage), ids: passage };
  const ids = vocabulary.encodePrompt(prompt, skipUnknown);
  if (ids.length === 0) {
    throw new InputError('prompt: nothing in it is known to this model; write some of its words');
  }
  const missing = model.objective === 'last' ? Math.max(0, window - ids.length) : 0;
  const before = missing === 0 ? [] : passage.subarray(-missing);
  return { text: vocabulary.decode(ids), ids: Int32Array.from([...before, ...ids]) };
}

/**
 * Writes on from a prompt, token by token. The same model, options and seed give the same text.
 * @param options see `sampleOptions`
 * @param options.signal stops the writing
 * @param deprecatedSignal give it among the options, as `{ ...options, signal }`; this place goes with the next version
 * @throws InputError when the prompt is unknown to the model, or `stateful` is asked of a convolutional model
 */
export async function* generate(
  model: LanguageModel,
  options: SampleInput & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<WrittenToken, void, undefined> {
  const { given, signal } = takeSignal(options, deprecatedSignal);
  const resolved = parseOptions(sampleOptions, given);
  if (resolved.stateful && model.architecture.model === 'conv') {
    throw new InputError('--stateful: a convolutional model has no state to carry; leave the option out');
  }
  const { ids } = beginning(model, given);
  yield* writeFrom(model, ids, resolved, new Random(resolved.seed).fork('draws'), signal);
}

/** How {@link writeFrom} writes. */
export type Writing = Reweighting & { readonly length: number; readonly stateful: boolean };

/** Writes on from token numbers, drawing from the given generator. */
export async function* writeFrom(
  model: LanguageModel,
  ids: Int32Array,
  writing: Writing,
  random: Random,
  signal?: AbortSignal,
): AsyncGenerator<WrittenToken, void, undefined> {
  const { architecture, vocabulary, weights, window } = model;
  const predictor = writing.stateful
    ? await statefulPredictor(architecture, weights)
    : await windowPredictor(architecture, weights, window);
  try {
    let next: readonly number[] = writing.stateful ? [...ids] : [...ids].slice(-window);
    for (let i = 0; i < writing.length && signal?.aborted !== true; i++) {
      const probabilities = await predictor.advance(next);
      const distribution = samplingDistribution(withoutUnknown(probabilities, vocabulary), writing);
      const id = random.categorical(distribution);
      next = [id];
      yield {
        id,
        text: vocabulary.decode(next),
        probability: distribution[id] ?? 0,
        entropy: entropy(distribution),
      };
    }
  } finally {
    await predictor.release();
  }
}

// The token for unknown words stands for no word in particular, so it is never written.
function withoutUnknown(probabilities: Float32Array, { unknownId }: Vocabulary): ArrayLike<number> {
  if (unknownId === undefined) return probabilities;
  const possible = Float64Array.from(probabilities);
  possible[unknownId] = 0;
  return possible;
}

/**
 * All of {@link generate}'s tokens joined to one text; what was written so far when its signal ends it.
 * @param deprecatedSignal give it among the options, as `{ ...options, signal }`; this place goes with the next version
 */
export async function write(
  model: LanguageModel,
  options: SampleInput & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): Promise<string> {
  const parts: string[] = [];
  for await (const { text } of generate(model, options, deprecatedSignal)) parts.push(text);
  return parts.join('');
}
