import { InputError, Random } from '@latentbrush/engine';
import { afterOptions, parseOptions, takeSignal, type Stoppable } from '../options.ts';
import { hasBest } from '../runs/checkpoint.ts';
import { readCheckpoint, readRun } from '../runs/training-run.ts';
import { option, OptionError, words } from '../words.ts';
import { parametersOf, type Architecture } from './network.ts';
import { sampleOptions, type SampleInput, type SampleOptions, type TrainOptions } from './options.ts';
import { statefulPredictor, windowPredictor, type Predictor, type Weights } from './predictor.ts';
import { StopText } from './stop.ts';
import { checkVocabulary, textRuns, vocabularyOf } from './run.ts';
import { entropy, samplingDistribution, type Reweighting } from './temperature.ts';
import type { Vocabulary } from './tokenizer.ts';

/** A trained language model: its weights and everything for using them. */
export interface LanguageModel {
  readonly architecture: Architecture;
  readonly vocabulary: Vocabulary;
  readonly weights: Weights;
  /** Its training objective: the token after a full window, or every next token. */
  readonly objective: TrainOptions['objective'];
  /** Length in tokens of the sliding window. */
  readonly window: number;
  /** Passages of the corpus to begin from when no prompt is given. */
  readonly passages: readonly string[];
}

/** One generated token. */
export interface WrittenToken {
  readonly text: string;
  readonly id: number;
  /** Probability of the token. */
  readonly probability: number;
  /** Entropy in bits of the distribution that it was drawn from. */
  readonly entropy: number;
}

/** The text that the model continues. */
export interface Beginning {
  /** The prompt in the model's vocabulary, or a passage of the corpus. */
  readonly text: string;
  /** The tokens to read, including those before the prompt. */
  readonly ids: Int32Array;
}

/** Options of {@link Writer.sampleFrom}. */
export type Writing = Reweighting & { readonly length: number; readonly stateful: boolean };

/**
 * Generates text with a trained language model.
 * @example
 * const writer = await text.load('runs/mine');
 * for await (const token of writer.sample({ prompt: 'the quick', length: 20, seed: 2 }))
 *   console.log(token.text, token.probability);
 * await writer.release();
 */
export class Writer {
  readonly model: LanguageModel;
  /** Compiled predictors that are free, by whether they carry a state. */
  readonly #idle: Readonly<Record<'stateful' | 'window', Predictor[]>> = { stateful: [], window: [] };
  #released = false;

  constructor(model: LanguageModel) {
    this.model = model;
  }

  /**
   * Loads the model of a run.
   * @param options.checkpoint `best` (default; the newest while there is no best one yet), `latest`, the
   * number of a step whose checkpoint
   *   was kept, or the path of its file
   * @throws InputError when the folder is not a text run, or its checkpoint is damaged or missing
   */
  static async load(
    folder: string,
    options: { readonly checkpoint?: string | undefined } = {},
  ): Promise<Writer> {
    const { checkpoint = 'best' } = options;
    const run = await readRun(textRuns, folder);
    const { architecture, passages } = run.extra;
    const which = checkpoint === 'best' && !(await hasBest(run)) ? 'latest' : checkpoint;
    const { tensors, progress } = await readCheckpoint(textRuns, folder, which);
    const vocabulary = vocabularyOf(run);
    checkVocabulary(run, progress.counts);
    const names = parametersOf(architecture)
      .list()
      .map(({ name }) => name);
    const weights = Object.fromEntries(Object.entries(tensors).filter(([name]) => names.includes(name)));
    const { window, objective } = run.options;
    return new Writer({ architecture, vocabulary, passages, weights, window, objective });
  }

  /**
   * The prompt of the options, or a random passage of the corpus. A model trained on full windows reads a shorter prompt after the end of
   * such a passage, because it writes badly from only a few characters. @param number number of the text, from 1: each has its own passage
   * @throws InputError when the prompt contains an unknown token, or no known token
   */
  beginning(options: SampleInput & Stoppable = {}, number = 1): Beginning {
    return this.begin(parseOptions(sampleOptions, takeSignal(options).given), number);
  }

  /**
   * {@link beginning} with options that are already checked, as those of a job are.
   * @internal
   */
  begin(
    { prompt, skipUnknown, seed }: Pick<SampleOptions, 'prompt' | 'skipUnknown' | 'seed'>,
    number: number,
  ): Beginning {
    const { passages, vocabulary, window, objective } = this.model;
    const drawn =
      passages[new Random(seed).fork(stream('passage', number)).integer(0, passages.length)] ?? '';
    const passage = vocabulary.encodePrompt(drawn, true);
    if (prompt === '') return { text: vocabulary.decode(passage), ids: passage };
    const ids = vocabulary.encodePrompt(prompt, skipUnknown);
    if (ids.length === 0) {
      throw new InputError('prompt: contains no token of this model; use words of its corpus');
    }
    const missing = objective === 'last' ? Math.max(0, window - ids.length) : 0;
    const before = missing === 0 ? [] : passage.subarray(-missing);
    return { text: vocabulary.decode(ids), ids: Int32Array.from([...before, ...ids]) };
  }

  /**
   * Continues a prompt, token by token. The same model, options and seed give the same text.
   * @param options see `sampleOptions`
   * @param options.signal stops the generation
   * @throws InputError when the prompt is unknown to the model, or `stateful` is set for a convolutional model
   */
  async *sample(
    options: SampleInput & Stoppable = {},
    number = 1,
  ): AsyncGenerator<WrittenToken, void, undefined> {
    const { given, signal } = takeSignal(options);
    yield* this.continue(parseOptions(sampleOptions, given), number, signal);
  }

  /**
   * {@link sample} with options that are already checked, as those of a job are.
   * @throws InputError when the prompt is unknown to the model, or `stateful` is set for a convolutional model
   * @internal
   */
  async *continue(
    options: SampleOptions,
    number: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<WrittenToken, void, undefined> {
    if (options.stateful && this.model.architecture.model === 'conv') {
      throw new OptionError(
        words`${option('stateful')}: a convolutional model has no hidden state; leave the option out`,
      );
    }
    const { ids } = this.begin(options, number);
    const draws = new Random(options.seed).fork(stream('draws', number));
    const end = new StopText(options.stop);
    for await (const token of this.sampleFrom(ids, options, draws, signal)) {
      end.add(token.text);
      yield token;
      if (end.found) return;
    }
  }

  /** The tokens of {@link sample} as one text; the text so far when the signal ends it. */
  async write(options: SampleInput & Stoppable = {}): Promise<string> {
    const parts: string[] = [];
    const end = new StopText(options.stop);
    for await (const { text } of this.sample(options)) parts.push(end.add(text));
    return [...parts, end.rest()].join('');
  }

  /** Continues token numbers, drawing from the given generator. */
  async *sampleFrom(
    ids: Int32Array,
    writing: Writing,
    random: Random,
    signal?: AbortSignal,
  ): AsyncGenerator<WrittenToken, void, undefined> {
    const { vocabulary, window } = this.model;
    const predictor = await this.#predictor(writing.stateful);
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
      await this.#giveBack(predictor, writing.stateful);
    }
  }

  /** Frees the native memory; for a text in progress, when it ends. */
  async release(): Promise<void> {
    this.#released = true;
    const { stateful, window } = this.#idle;
    for (const predictor of [...stateful.splice(0), ...window.splice(0)]) await predictor.release();
  }

  // Each text in progress has its own predictor, which later texts reuse.
  async #predictor(stateful: boolean): Promise<Predictor> {
    const idle = this.#idle[stateful ? 'stateful' : 'window'].pop();
    if (idle !== undefined) return idle;
    const { architecture, weights, window } = this.model;
    return stateful
      ? statefulPredictor(architecture, weights)
      : windowPredictor(architecture, weights, window);
  }

  async #giveBack(predictor: Predictor, stateful: boolean): Promise<void> {
    if (this.#released) return predictor.release();
    predictor.reset();
    this.#idle[stateful ? 'stateful' : 'window'].push(predictor);
  }
}

/**
 * Loads the language model of a run, ready to write.
 * @param folder the run folder of a training with `run`
 * @param options.checkpoint `best` (default; the newest while there is no best one yet), `latest`, the number
 * of a step whose checkpoint was
 *   kept, or the path of its file
 * @throws InputError when the folder is not a text run, or its checkpoint is damaged or missing
 * @example
 * const writer = await text.load('runs/mine');
 * console.log(await writer.write({ prompt: 'the quick', length: 100, temperature: 0.5 }));
 * await writer.release();
 */
export function load(
  folder: string,
  options: { readonly checkpoint?: string | undefined } = {},
): Promise<Writer> {
  return Writer.load(folder, options);
}

/**
 * The trained model of a run.
 * @param checkpoint `best` (default; the newest while there is no best one yet) or `latest`
 * @throws InputError when the folder is not a text run or its checkpoint is damaged
 * @deprecated `(await text.load(folder, { checkpoint })).model` is the same
 */
export async function loadLanguageModel(folder: string, checkpoint?: string): Promise<LanguageModel> {
  return (await Writer.load(folder, { checkpoint })).model;
}

/**
 * The start of a text: {@link Writer.beginning}.
 * @throws InputError when the prompt contains an unknown token, or no known token
 * @example
 * const { model } = await text.load('runs/mine');
 * console.log(text.beginning(model, { prompt: 'the quick' }).text); // the quick
 */
export function beginning(model: LanguageModel, options: SampleInput & Stoppable): Beginning {
  return new Writer(model).beginning(options);
}

/**
 * Continues a prompt once, token by token, like {@link Writer.sample} of a temporary writer.
 * @param options see `sampleOptions`
 * @param options.signal stops the generation
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @throws InputError when the prompt is unknown to the model, or `stateful` is set for a convolutional model
 * @example
 * const { model } = await text.load('runs/mine');
 * for await (const token of text.generate(model, { prompt: 'the quick', length: 20 }))
 *   console.log(token.text, token.probability);
 */
export async function* generate(
  model: LanguageModel,
  options: SampleInput & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<WrittenToken, void, undefined> {
  const { given, signal } = takeSignal(options, afterOptions(deprecatedSignal));
  const writer = new Writer(model);
  try {
    yield* writer.sample({ ...given, signal });
  } finally {
    await writer.release();
  }
}

/**
 * The tokens of {@link generate} as one text; the text so far when its signal ends it.
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @example
 * const { model } = await text.load('runs/mine');
 * console.log(await text.write(model, { prompt: 'the quick', length: 20 }));
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

// The token for unknown words is not a word, so it is never written.
function withoutUnknown(probabilities: Float32Array, { unknownId }: Vocabulary): ArrayLike<number> {
  if (unknownId === undefined) return probabilities;
  const possible = Float64Array.from(probabilities);
  possible[unknownId] = 0;
  return possible;
}

// The first keeps the old names from when there was only one.
function stream(what: string, number: number): string {
  return number === 1 ? what : `${what} of text ${number}`;
}
