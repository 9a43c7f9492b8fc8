import { InputError, optim, nn, Random, TrainingState, zeros, type NDArray } from '@latentbrush/engine';
import type { Batch } from './batches.ts';
import { evaluator, type Evaluator } from './evaluate.ts';
import { quality, type EndReason, type TrainEvent } from './events.ts';
import { objective } from './objective.ts';
import type { TrainOptions } from './options.ts';
import type { Weights } from './predictor.ts';
import type { Preparation } from './preparation.ts';
import type { Checkpoint, Progress, TextRun } from './run.ts';
import { writeFrom, type LanguageModel } from './sample.ts';

interface Compiled {
  readonly trainer: optim.Trainer<'loss'>;
  readonly state: TrainingState;
  readonly optimizer: optim.Optimizer;
  readonly masks: nn.Dropout;
  /** Names of the states that go from batch to batch. */
  readonly carried: readonly string[];
  readonly parameters: nn.Parameters;
  readonly evaluator: Evaluator | undefined;
}

/**
 * A training that is going on. Where it stands is the number of steps done and {@link Progress}; everything random
 * follows from the seed and these, so it can stop after any step and go on from there.
 */
export class Training {
  readonly #preparation: Preparation;
  readonly #options: TrainOptions;
  readonly #run: TextRun | undefined;
  readonly #compiled: Compiled;
  readonly #progress: Progress;
  readonly #random: Random;
  #batchesOfEpoch: { epoch: number; at: (index: number) => Batch } | undefined;
  #savedAt: number;

  private constructor(
    preparation: Preparation,
    options: TrainOptions,
    run: TextRun | undefined,
    compiled: Compiled,
    progress: Progress,
  ) {
    this.#preparation = preparation;
    this.#options = options;
    this.#run = run;
    this.#compiled = compiled;
    this.#progress = progress;
    this.#random = new Random(options.seed);
    this.#savedAt = compiled.trainer.stepCount;
  }

  /** Compiles a training, to begin at step 0 or to go on from a checkpoint. */
  static async compile(
    preparation: Preparation,
    options: TrainOptions,
    run: TextRun | undefined,
    checkpoint?: Checkpoint,
  ): Promise<Training> {
    const compiled = await compileTraining(preparation, options, checkpoint);
    const beginning = { lossSum: 0, batches: 0, bestLoss: Infinity, epochsWithoutBest: 0, epochsEnded: 0 };
    return new Training(preparation, options, run, compiled, checkpoint?.progress ?? beginning);
  }

  /** Trains to the end, or until the signal; then saves. */
  async *run(signal?: AbortSignal): AsyncGenerator<TrainEvent, void, undefined> {
    const { trainer } = this.#compiled;
    try {
      yield this.#start();
      let reason: EndReason | undefined;
      while (reason === undefined) {
        if (this.#epochEndIsDue()) yield* this.#endEpoch(signal);
        reason = this.#endReason(signal);
        if (reason !== undefined) break;
        yield await this.#step();
        if (!this.#epochEndIsDue() && trainer.stepCount % this.#options.checkpointEvery === 0)
          yield await this.#save();
        if (signal?.aborted === true) reason = 'aborted';
      }
      if (this.#savedAt !== trainer.stepCount) yield await this.#save();
      yield { type: 'done', step: trainer.stepCount, reason, model: this.#model() };
    } finally {
      await trainer.release();
      await this.#compiled.evaluator?.release();
    }
  }

  get #batchesPerEpoch(): number {
    return this.#preparation.training.count;
  }

  /** Steps until the end. */
  get #total(): number {
    return Math.min(this.#options.epochs * this.#batchesPerEpoch, this.#options.maxSteps ?? Infinity);
  }

  #start(): TrainEvent {
    return {
      type: 'start',
      vocabulary: this.#preparation.vocabulary.size,
      parameters: this.#compiled.parameters.count(),
      batchesPerEpoch: this.#batchesPerEpoch,
      step: this.#compiled.trainer.stepCount,
      total: this.#total,
      folder: this.#run?.folder,
    };
  }

  #endReason(signal: AbortSignal | undefined): EndReason | undefined {
    const { patience, epochs } = this.#options;
    if (signal?.aborted === true) return 'aborted';
    if (patience > 0 && this.#progress.epochsWithoutBest >= patience) return 'early-stopping';
    if (this.#compiled.trainer.stepCount < this.#total) return undefined;
    return this.#total < epochs * this.#batchesPerEpoch ? 'max-steps' : 'finished';
  }

  async #step(): Promise<TrainEvent> {
    const { trainer, state, optimizer, masks, carried } = this.#compiled;
    const progress = this.#progress;
    const epoch = Math.floor(trainer.stepCount / this.#batchesPerEpoch);
    const index = trainer.stepCount % this.#batchesPerEpoch;
    if (index === 0) {
      Object.assign(progress, { lossSum: 0, batches: 0 });
      state.load(Object.fromEntries(carried.map((name) => [name, zeros(state.get(name).shape, 'float32')])));
    }
    const { learningRate, lrDecay, lrDecayAfter } = this.#options;
    optimizer.learningRate = learningRate * lrDecay ** Math.max(0, epoch + 1 - lrDecayAfter);
    const { tokens, targets, weights } = this.#batchAt(epoch, index);
    const drawn = masks.draw(this.#random.fork(`dropout of step ${trainer.stepCount}`));
    const result = await trainer.step({ tokens, targets, weights, ...drawn });

    const batchLoss = Number(result.loss.data[0]);
    if (!Number.isFinite(batchLoss)) throw this.#diverged();
    const share = shareOfRows(weights);
    progress.lossSum += batchLoss * share;
    progress.batches += share;
    const metric = {
      step: trainer.stepCount,
      epoch: epoch + 1,
      loss: progress.lossSum / progress.batches,
      batchLoss,
    };
    await this.#run?.logStep(metric);
    return { type: 'step', total: this.#total, ...metric };
  }

  #batchAt(epoch: number, index: number): Batch {
    if (this.#batchesOfEpoch?.epoch !== epoch) {
      const at = this.#preparation.training.epoch(this.#random.fork(`order of epoch ${epoch}`));
      this.#batchesOfEpoch = { epoch, at };
    }
    return this.#batchesOfEpoch.at(index);
  }

  #epochEndIsDue(): boolean {
    const { stepCount } = this.#compiled.trainer;
    return stepCount === (this.#progress.epochsEnded + 1) * this.#batchesPerEpoch;
  }

  // Measures, shows and saves. When it is interrupted the epoch has not ended: a resumed training ends it anew.
  async *#endEpoch(signal: AbortSignal | undefined): AsyncGenerator<TrainEvent, void, undefined> {
    const progress = this.#progress;
    const { charactersPerToken } = this.#preparation;
    const step = this.#compiled.trainer.stepCount;
    const epoch = progress.epochsEnded;
    const trained = quality(progress.lossSum / progress.batches, charactersPerToken);
    const heldOut = await this.#compiled.evaluator?.loss();
    const validation = heldOut === undefined ? undefined : quality(heldOut, charactersPerToken);
    const watched = (validation ?? trained).loss;
    const best = watched < progress.bestLoss;
    const event = { type: 'epoch', step, epoch: epoch + 1, ...trained, validation, best } as const;
    yield event;
    yield* this.#samples(epoch, signal);
    if (signal?.aborted === true) return;

    await this.#run?.logEpoch(event);
    progress.epochsEnded += 1;
    progress.epochsWithoutBest = best ? 0 : progress.epochsWithoutBest + 1;
    if (best) progress.bestLoss = watched;
    yield await this.#save(best);
  }

  // The book's look at the model after each epoch: a passage of the corpus, gone on from at several temperatures.
  async *#samples(
    epoch: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<TrainEvent, void, undefined> {
    const { window, temperatures, sampleLength: length } = this.#options;
    const { ids, vocabulary } = this.#preparation;
    if (length === 0) return;
    const random = this.#random.fork(`samples of epoch ${epoch}`);
    const start = random.integer(0, ids.length - window);
    const passage = ids.slice(start, start + window);
    const prompt = vocabulary.decode(passage);
    const model = this.#model();
    const written: { temperature: number; text: string }[] = [];
    for (const temperature of temperatures) {
      const writing = { temperature, greedy: false, stateful: false, length };
      const parts: string[] = [];
      const draws = random.fork(`temperature ${temperature}`);
      for await (const { text } of writeFrom(model, passage, writing, draws, signal)) parts.push(text);
      if (signal?.aborted === true) return;
      const text = parts.join('');
      written.push({ temperature, text });
      yield {
        type: 'sample',
        step: this.#compiled.trainer.stepCount,
        epoch: epoch + 1,
        temperature,
        prompt,
        text,
      };
    }
    await this.#run?.writeSamples(epoch + 1, prompt, written);
  }

  async #save(best = false): Promise<TrainEvent> {
    const { trainer, state } = this.#compiled;
    const tensors = state.snapshot();
    if (!Object.values(tensors).every(isFinite)) throw this.#diverged();
    await this.#run?.checkpoint(trainer.stepCount, tensors, this.#progress, best);
    this.#savedAt = trainer.stepCount;
    return { type: 'checkpoint', step: trainer.stepCount };
  }

  #model(): LanguageModel {
    const { architecture, vocabulary, passages } = this.#preparation;
    const { window, objective: kind } = this.#options;
    const { state, parameters } = this.#compiled;
    const snapshot = state.snapshot();
    const weights: Weights = Object.fromEntries(
      parameters
        .list()
        .flatMap(({ name }) => (snapshot[name] === undefined ? [] : [[name, snapshot[name]] as const])),
    );
    return { architecture, vocabulary, window, objective: kind, passages, weights };
  }

  #diverged(): InputError {
    const kept = this.#run === undefined ? '' : `; the checkpoint of step ${this.#savedAt} is kept`;
    return new InputError(
      `training: the loss or a weight became infinite or no number at step ${this.#compiled.trainer.stepCount}${kept}; lower --learning-rate (now ${this.#options.learningRate}) or set --clipnorm 5`,
    );
  }
}

async function compileTraining(
  preparation: Preparation,
  options: TrainOptions,
  checkpoint: Checkpoint | undefined,
): Promise<Compiled> {
  const { learningRate, clipvalue, clipnorm, dropout, threads } = options;
  const optimizers = { rmsprop: optim.rmsprop, adam: optim.adam, sgd: optim.sgd };
  const optimizer = optimizers[options.optimizer]({ learningRate, clipvalue, globalClipnorm: clipnorm });
  const parameters = new nn.Parameters();
  const masks = new nn.Dropout();
  const { loss, carried } = objective(parameters, preparation.architecture, options, {
    dropout: { masks, rate: dropout },
  });
  const trained = parameters.trainable();
  const state = new TrainingState({
    ...parameters.initialize(new Random(options.seed).fork('initial weights')),
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
  const evaluation = preparation.validation && (await evaluator(preparation, options, state));
  return {
    trainer,
    state,
    optimizer,
    masks,
    carried: Object.keys(carried),
    parameters,
    evaluator: evaluation,
  };
}

// The last batch of an epoch may hold fewer rows; it counts by their share.
function shareOfRows({ data, shape }: NDArray): number {
  return Array.from(data as Float32Array).reduce((sum, weight) => sum + weight, 0) / (shape[0] ?? 1);
}

function isFinite({ data }: NDArray): boolean {
  return (data as Float32Array).every(Number.isFinite);
}
