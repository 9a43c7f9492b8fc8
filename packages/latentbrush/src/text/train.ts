import { InputError, optim, nn, Random, TrainingState, zeros, type NDArray } from '@latentbrush/engine';
import type { TextSource } from './run.ts';
import { parseOptions } from '../options.ts';
import { evaluator } from './evaluate.ts';
import { objective } from './objective.ts';
import { trainOptions, type TrainInput, type TrainOptions } from './options.ts';
import { prepare, type Preparation } from './preparation.ts';
import type { Weights } from './predictor.ts';
import { TextRun, type Progress } from './run.ts';
import { writeFrom, type LanguageModel } from './sample.ts';

/** What training tells while it goes on. */
export type TrainEvent =
  | {
      readonly type: 'start';
      readonly vocabulary: number;
      readonly parameters: number;
      readonly batchesPerEpoch: number;
      /** Step at which training begins: 0, or that of the checkpoint it goes on from. */
      readonly step: number;
      /** Steps that all epochs will take. */
      readonly total: number;
      readonly folder: string | undefined;
    }
  | {
      readonly type: 'step';
      /** Steps done. */
      readonly step: number;
      readonly total: number;
      /** Epoch, from 1. */
      readonly epoch: number;
      /** Mean loss of the epoch so far, in nats per token. */
      readonly loss: number;
      /** Loss of this batch. */
      readonly batchLoss: number;
    }
  | {
      readonly type: 'epoch';
      readonly step: number;
      readonly epoch: number;
      /** Mean training loss of the epoch, in nats per token. */
      readonly loss: number;
      readonly perplexity: number;
      readonly bitsPerCharacter: number;
      readonly validation: Quality | undefined;
      /** Whether this is the best epoch so far. */
      readonly best: boolean;
    }
  | {
      readonly type: 'sample';
      readonly step: number;
      readonly epoch: number;
      readonly temperature: number;
      /** The passage of the corpus that the text goes on from. */
      readonly prompt: string;
      readonly text: string;
    }
  | { readonly type: 'checkpoint'; readonly step: number }
  | {
      readonly type: 'done';
      readonly step: number;
      readonly reason: 'finished' | 'max-steps' | 'early-stopping' | 'aborted';
      readonly model: LanguageModel;
    };

/** A loss in three units. */
export interface Quality {
  /** Nats per token. */
  readonly loss: number;
  /** exp(loss): between how many tokens the model seems to choose. */
  readonly perplexity: number;
  readonly bitsPerCharacter: number;
}

/** The units of a loss in nats per token. */
export function quality(loss: number, charactersPerToken: number): Quality {
  return { loss, perplexity: Math.exp(loss), bitsPerCharacter: loss / charactersPerToken / Math.LN2 };
}

/**
 * Trains a language model on a corpus. Yields progress; the last event holds the model.
 *
 * All randomness follows from the seed and the step, so the same corpus, options and thread count give the same losses
 * and texts, also when training was interrupted and resumed.
 *
 * @param corpus as `data.loadCorpus` gives it, or any text with a name
 * @param options see `trainOptions`; with `run`, a folder, the run is kept there: options, metrics, samples, checkpoints
 * @param signal ends training after the current step, with a checkpoint
 * @throws InputError when the corpus or the options do not fit, the folder cannot be used, or the loss is no number
 */
export async function* train(
  corpus: TextSource,
  options: TrainInput & { readonly run?: string | undefined } = {},
  signal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { run: folder, ...given } = options;
  const resolved = parseOptions(trainOptions, given);
  const preparation = prepare(corpus.text, resolved);
  const run = folder === undefined ? undefined : await TextRun.create(folder, corpus, resolved, preparation);
  try {
    yield* loop(preparation, resolved, run, undefined, signal);
  } finally {
    await run?.close();
  }
}

/**
 * Goes on with a run from its last checkpoint.
 * @param corpus must be the one the run was trained on
 * @param changes options that may differ from before: epochs, maxSteps, threads
 * @throws InputError when the folder is no text run, its checkpoint is damaged, or the corpus is another one
 */
export async function* resume(
  folder: string,
  corpus: TextSource,
  changes: Pick<TrainInput, 'epochs' | 'maxSteps' | 'threads'> = {},
  signal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  const run = await TextRun.open(folder);
  try {
    run.checkCorpus(corpus);
    const resolved = parseOptions(trainOptions, { ...run.options, ...changes });
    const preparation = prepare(corpus.text, resolved, run.vocabulary);
    yield* loop(preparation, resolved, run, await run.lastCheckpoint(), signal);
  } finally {
    await run.close();
  }
}

interface Checkpoint {
  readonly step: number;
  readonly tensors: Weights;
  readonly progress: Progress;
}

async function* loop(
  preparation: Preparation,
  options: TrainOptions,
  run: TextRun | undefined,
  checkpoint: Checkpoint | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { training, architecture, vocabulary, passages } = preparation;
  const { epochs, window, seed } = options;
  const random = new Random(seed);
  const setup = await compileTraining(preparation, options, checkpoint, random);
  const { trainer, state, masks, carried } = setup;
  const evaluate = preparation.validation && (await evaluator(preparation, options, state));
  const weights = (): Weights => pick(state.snapshot(), setup.parameterNames);
  const modelNow = (): LanguageModel => ({
    architecture,
    vocabulary,
    window,
    objective: options.objective,
    passages,
    weights: weights(),
  });

  const total = Math.min(epochs * training.count, options.maxSteps ?? Infinity);
  const progress: Progress = checkpoint?.progress ?? {
    lossSum: 0,
    batches: 0,
    bestLoss: Infinity,
    epochsWithoutBest: 0,
  };
  let savedAt = trainer.stepCount;
  const save = async (best: boolean): Promise<void> => {
    const tensors = state.snapshot();
    const broken = Object.values(tensors).some(({ data }) => !(data as Float32Array).every(Number.isFinite));
    if (broken) throw diverged(trainer.stepCount, Number.NaN, options, savedAt, run);
    await run?.checkpoint(trainer.stepCount, tensors, progress, best);
    savedAt = trainer.stepCount;
  };
  yield {
    type: 'start',
    vocabulary: vocabulary.size,
    parameters: setup.parameterCount,
    batchesPerEpoch: training.count,
    step: trainer.stepCount,
    total,
    folder: run?.folder,
  };

  let reason: 'finished' | 'max-steps' | 'early-stopping' | 'aborted' =
    total < epochs * training.count ? 'max-steps' : 'finished';
  let batchesOfEpoch: ReturnType<typeof training.epoch> | undefined;
  try {
    while (trainer.stepCount < total) {
      const epoch = Math.floor(trainer.stepCount / training.count);
      const index = trainer.stepCount % training.count;
      if (index === 0 || batchesOfEpoch === undefined)
        batchesOfEpoch = training.epoch(random.fork(`order of epoch ${epoch}`));
      if (index === 0) {
        Object.assign(progress, { lossSum: 0, batches: 0 });
        state.load(
          Object.fromEntries(carried.map((name) => [name, zeros(state.get(name).shape, 'float32')])),
        );
      }
      setup.optimizer.learningRate =
        options.learningRate * options.lrDecay ** Math.max(0, epoch + 1 - options.lrDecayAfter);
      const { tokens, targets, weights: rows } = batchesOfEpoch(index);
      const drawn = masks.draw(random.fork(`dropout of step ${trainer.stepCount}`));
      const result = await trainer.step({ tokens, targets, weights: rows, ...drawn });
      const batchLoss = Number(result.loss.data[0]);
      if (!Number.isFinite(batchLoss)) throw diverged(trainer.stepCount, batchLoss, options, savedAt, run);
      progress.lossSum += batchLoss * fractionOf(rows);
      progress.batches += fractionOf(rows);
      const step = trainer.stepCount;
      const loss = progress.lossSum / progress.batches;
      yield { type: 'step', step, total, epoch: epoch + 1, loss, batchLoss };
      await run?.logStep({ step, epoch: epoch + 1, loss, batchLoss });

      if (index === training.count - 1) {
        const validation = evaluate && quality(await evaluate(), preparation.charactersPerToken);
        const watched = validation?.loss ?? loss;
        const best = watched < progress.bestLoss;
        Object.assign(progress, {
          bestLoss: best ? watched : progress.bestLoss,
          epochsWithoutBest: best ? 0 : progress.epochsWithoutBest + 1,
        });
        const training_ = quality(loss, preparation.charactersPerToken);
        const event = { type: 'epoch', step, epoch: epoch + 1, ...training_, validation, best } as const;
        yield event;
        yield* samples(modelNow(), options, preparation, epoch, step, run, signal);
        await run?.logEpoch(event);
        await save(best);
        yield { type: 'checkpoint', step };
        if (options.patience > 0 && progress.epochsWithoutBest >= options.patience) {
          reason = 'early-stopping';
          break;
        }
      } else if (step % options.checkpointEvery === 0) {
        await save(false);
        yield { type: 'checkpoint', step };
      }
      if (signal?.aborted === true) {
        reason = 'aborted';
        break;
      }
    }
    if (savedAt !== trainer.stepCount) {
      await save(false);
      yield { type: 'checkpoint', step: trainer.stepCount };
    }
    yield { type: 'done', step: trainer.stepCount, reason, model: modelNow() };
  } finally {
    await trainer.release();
  }
}

async function compileTraining(
  { architecture }: Preparation,
  options: TrainOptions,
  checkpoint: Checkpoint | undefined,
  random: Random,
) {
  const { learningRate, clipvalue, clipnorm, dropout, threads } = options;
  const optimizers = { rmsprop: optim.rmsprop, adam: optim.adam, sgd: optim.sgd };
  const optimizer = optimizers[options.optimizer]({ learningRate, clipvalue, globalClipnorm: clipnorm });
  const parameters = new nn.Parameters();
  const masks = new nn.Dropout();
  const { loss, carried } = objective(parameters, architecture, options, {
    dropout: { masks, rate: dropout },
  });
  const trained = parameters.trainable();
  const state = new TrainingState({
    ...parameters.initialize(random.fork('initial weights')),
    ...optim.initialSlots(optimizer, trained),
    ...Object.fromEntries(
      Object.entries(carried).map(([name, { shape }]) => [name, zeros(shape, 'float32')]),
    ),
  });
  if (checkpoint !== undefined) state.load(checkpoint.tensors);
  const trainer = await optim.createTrainer({
    loss,
    parameters: trained,
    optimizer,
    state,
    outputs: { loss },
    updates: carried,
    firstStep: checkpoint?.step,
    threads,
  });
  return {
    trainer,
    state,
    masks,
    optimizer,
    carried: Object.keys(carried),
    parameterNames: Object.keys(trained),
    parameterCount: parameters.count(),
  };
}

// The book's look at the model after each epoch: a passage of the corpus, gone on from at several temperatures.
async function* samples(
  model: LanguageModel,
  options: TrainOptions,
  { ids, vocabulary }: Preparation,
  epoch: number,
  step: number,
  run: TextRun | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrainEvent, void, undefined> {
  if (options.sampleLength === 0) return;
  const random = new Random(options.seed).fork(`samples of epoch ${epoch}`);
  const start = random.integer(0, ids.length - options.window);
  const passage = ids.slice(start, start + options.window);
  const prompt = vocabulary.decode(passage);
  const written: { temperature: number; text: string }[] = [];
  for (const temperature of options.temperatures) {
    const draws = random.fork(`temperature ${temperature}`);
    const parts: string[] = [];
    const choice = { temperature, greedy: false, stateful: false, length: options.sampleLength };
    for await (const { text } of writeFrom(model, passage, choice, draws, signal)) parts.push(text);
    const text = parts.join('');
    written.push({ temperature, text });
    yield { type: 'sample', step, epoch: epoch + 1, temperature, prompt, text };
  }
  await run?.writeSamples(epoch + 1, prompt, written);
}

// The last batch of an epoch may hold fewer rows; it counts by their share.
function fractionOf({ data, shape }: NDArray): number {
  return Array.from(data as Float32Array).reduce((sum, weight) => sum + weight, 0) / (shape[0] ?? 1);
}

function pick(values: Weights, names: readonly string[]): Weights {
  return Object.fromEntries(
    names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]] as const])),
  );
}

function diverged(
  step: number,
  loss: number,
  options: TrainOptions,
  savedAt: number,
  run: TextRun | undefined,
): InputError {
  const kept = run === undefined ? '' : `; the checkpoint of step ${savedAt} is kept`;
  return new InputError(
    `training: the loss became ${loss} at step ${step}${kept}; lower --learning-rate (now ${options.learningRate}) or set --clipnorm 5`,
  );
}
