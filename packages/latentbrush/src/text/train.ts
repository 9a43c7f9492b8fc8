import type { Stoppable } from '../options.ts';
import type { OldTextNames } from '../renamed-options.ts';
import {
  lastModel,
  resumeTraining,
  startTraining,
  type OnEvent,
  type TrainableSystem,
} from '../training/index.ts';
import { chosenShards } from '../training/shards.ts';
import type { TextReports, TrainEvent } from './events.ts';
import { Writer } from './model.ts';
import { trainOptions, type TrainInput, type TrainOptions } from './options.ts';
import type { CorpusStream } from '../data/index.ts';
import { prepare, tokenized, type TextSource } from './data.ts';
import { checkVocabulary, extraOf, textRuns, type TextCounts, type TextExtra } from './run.ts';
import { TextTask } from './task.ts';

/** A shard of 64 windows is worth a thread; one of 32 gains nothing. Measured with LSTMs and GRUs on two cores. */
const SHARDS = { smallest: 64 };

/** The interface for the training loop and the jobs. */
export const textTrainable: TrainableSystem<
  TextReports,
  TextSource | CorpusStream,
  TrainOptions,
  TextExtra,
  TextCounts
> = {
  runs: textRuns,
  options: trainOptions,
  places: ['corpus'],
  prepare: async (corpus, asked, trainedOn) => {
    const shards = chosenShards(asked, SHARDS, trainedOn === undefined);
    const options = { ...asked, shards };
    const data = prepare(await tokenized(corpus, options, trainedOn?.extra), options);
    const extra = extraOf(corpus, data, trainedOn?.extra);
    // Standard input cannot be found again: the earlier source is more useful.
    const isFound = trainedOn === undefined || (corpus.source !== undefined && corpus.source !== '-');
    return {
      options,
      extra: { ...extra, corpus: isFound ? extra.corpus : trainedOn.extra.corpus },
      compile: (context) => {
        if (trainedOn !== undefined && context.checkpoint !== undefined)
          checkVocabulary(trainedOn, context.checkpoint.progress.counts);
        return TextTask.compile(data, options, context);
      },
    };
  },
};

/**
 * Trains a language model on a corpus. Yields progress; the last event contains the model.
 *
 * All randomness follows from the seed and the step, so the same corpus, options and thread count give the
 * same losses and texts, even if training was interrupted and resumed.
 *
 * @param corpus the result of `data.loadCorpus` or, for large ones, of `data.openCorpus`; or any text with a name
 * @param options see `trainOptions`; with `run`, a folder, the run is kept there: options, metrics, samples,
 * checkpoints
 * @param options.signal ends training after the current step, with a checkpoint
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @throws InputError when the corpus or the options are not suitable, the folder cannot be used, or the loss is NaN or infinite
 * @example
 * const corpus = await data.loadCorpus('mybook.txt');
 * for await (const event of text.train(corpus, { units: 16, epochs: 1, run: 'runs/my-book' })) {
 *   if (event.type === 'epoch') console.log(event.epoch, event.loss);
 * }
 */
export function train(
  corpus: TextSource | CorpusStream,
  options: TrainInput & OldTextNames & { readonly run?: string | undefined } & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  return startTraining(textTrainable, corpus, options, deprecatedSignal);
}

/**
 * Continues a run from its last checkpoint.
 * @param corpus must be the one the run was trained on
 * @param changes options that may change; with `signal`, as for {@link train}
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @throws InputError when the folder is not a text run, its checkpoint is damaged, or the corpus differs
 * @example
 * const corpus = await data.loadCorpus('mybook.txt');
 * for await (const event of text.resume('runs/mine', corpus, { epochs: 2 })) {
 *   if (event.type === 'done') console.log(event.reason); // finished
 * }
 */
export function resume(
  folder: string,
  corpus: TextSource | CorpusStream,
  changes: Pick<TrainInput, 'epochs' | 'maxSteps' | 'threads' | 'keep'> & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  return resumeTraining(textTrainable, folder, corpus, changes, deprecatedSignal);
}

/**
 * Runs a training to its end and returns the trained model.
 * @param events the events of `train` or `resume`
 * @param onEvent called with each event; a promise it returns is awaited
 * @throws InputError when training diverges, as `train` does
 * @throws Error when training was stopped before its first step
 * @example
 * const corpus = { name: 'a rhyme', text: 'the quick brown fox jumps over the lazy dog. '.repeat(40) };
 * const writer = await text.finalModel(text.train(corpus, { units: 16, epochs: 1 }));
 * console.log(await writer.write({ prompt: 'the quick', length: 20 }));
 * await writer.release();
 */
export async function finalModel(
  events: AsyncIterable<TrainEvent>,
  onEvent?: OnEvent<TrainEvent>,
): Promise<Writer> {
  return new Writer(await lastModel<TextReports>(events, onEvent));
}
