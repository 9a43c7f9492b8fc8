import { parseOptions, takeSignal, withChanges, type Stoppable } from '../options.ts';
import type { TrainEvent } from './events.ts';
import { trainOptions, type TrainInput } from './options.ts';
import { prepare } from './preparation.ts';
import { TextRun, type TextSource } from './run.ts';
import { Training } from './training.ts';

/**
 * Trains a language model on a corpus. Yields progress; the last event holds the model.
 *
 * All randomness follows from the seed and the step, so the same corpus, options and thread count give the same losses
 * and texts, also when training was interrupted and resumed.
 *
 * @param corpus as `data.loadCorpus` gives it, or any text with a name
 * @param options see `trainOptions`; with `run`, a folder, the run is kept there: options, metrics, samples, checkpoints
 * @param options.signal ends training after the current step, with a checkpoint
 * @param deprecatedSignal give it among the options, as `{ ...options, signal }`; this place goes with the next version
 * @throws InputError when the corpus or the options do not fit, the folder cannot be used, or the loss is no number
 */
export async function* train(
  corpus: TextSource,
  options: TrainInput & { readonly run?: string | undefined } & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { given: withRun, signal } = takeSignal(options, deprecatedSignal);
  const { run: folder, ...given } = withRun;
  const resolved = parseOptions(trainOptions, given);
  const preparation = prepare(corpus.text, resolved);
  const run = folder === undefined ? undefined : await TextRun.create(folder, corpus, resolved, preparation);
  try {
    const training = await Training.compile(preparation, resolved, run);
    yield* training.run(signal);
  } finally {
    await run?.close();
  }
}

/**
 * Goes on with a run from its last checkpoint.
 * @param corpus must be the one the run was trained on
 * @param changes options that may differ from before: epochs, maxSteps, threads; with `signal`, as for {@link train}
 * @param deprecatedSignal give it among the options, as `{ ...options, signal }`; this place goes with the next version
 * @throws InputError when the folder is no text run, its checkpoint is damaged, or the corpus is another one
 */
export async function* resume(
  folder: string,
  corpus: TextSource,
  changes: Pick<TrainInput, 'epochs' | 'maxSteps' | 'threads'> & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { given, signal } = takeSignal(changes, deprecatedSignal);
  const run = await TextRun.open(folder);
  try {
    run.checkCorpus(corpus);
    const resolved = parseOptions(trainOptions, withChanges(run.options, given));
    const preparation = prepare(corpus.text, resolved, run.vocabulary);
    const training = await Training.compile(preparation, resolved, run, await run.lastCheckpoint());
    yield* training.run(signal);
  } finally {
    await run.close();
  }
}
