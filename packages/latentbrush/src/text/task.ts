import {
  blocking,
  float32,
  nn,
  optim,
  Random,
  TrainingState,
  zeros,
  type Feeds,
  type NDArray,
} from '@latentbrush/engine';
import {
  decayByEpoch,
  type Evaluation,
  type SampleTime,
  type Schedule,
  type ScheduledOptimizer,
  type Task,
  type TaskContext,
} from '../training/index.ts';
import type { Batch } from './batches.ts';
import { evaluator, type Evaluator } from './evaluator.ts';
import { quality, sampleDocument, type TextReports } from './events.ts';
import { lossOfBatch, TOTAL_WEIGHT } from './loss.ts';
import { trainingMemory } from './memory.ts';
import type { TrainOptions } from './options.ts';
import type { Weights } from './predictor.ts';
import type { TextData } from './data.ts';
import type { TextCounts } from './run.ts';
import { sha256OfVocabulary } from './tokenizer.ts';
import { Writer, type LanguageModel } from './model.ts';
import { option, words, type Words } from '../words.ts';

interface Compiled {
  readonly trainer: optim.Trainer<'loss'>;
  readonly state: TrainingState;
  readonly optimizer: optim.Optimizer;
  readonly masks: nn.DropoutMasks;
  /** Names of the hidden states carried from batch to batch. */
  readonly carried: readonly string[];
  readonly parameters: nn.Parameters;
  readonly evaluator: Evaluator | undefined;
}

/** The training of a language model: its steps, and the measurements and samples after each epoch. */
export class TextTask implements Task<TextReports, TextCounts> {
  readonly #data: TextData;
  readonly #options: TrainOptions;
  readonly #run: TaskContext['run'];
  readonly #compiled: Compiled;
  #batchesOfEpoch: { epoch: number; at: (index: number) => Batch } | undefined;
  #weight = 1;
  readonly state: TrainingState;
  readonly optimizers: readonly ScheduledOptimizer[];
  readonly schedule: Schedule;
  readonly stepsPerEpoch: number;
  readonly metricsEvery = 50;

  private constructor(data: TextData, options: TrainOptions, run: TaskContext['run'], compiled: Compiled) {
    this.#data = data;
    this.#options = options;
    this.#run = run;
    this.#compiled = compiled;
    this.state = compiled.state;
    const { learningRate, lrDecay, lrDecayAfter } = options;
    this.optimizers = [{ optimizer: compiled.optimizer, learningRate }];
    this.stepsPerEpoch = data.training.count;
    this.schedule = decayByEpoch(this.stepsPerEpoch, lrDecay, lrDecayAfter);
  }

  /** Compiles step and evaluation. */
  static async compile(
    data: TextData,
    options: TrainOptions,
    { run, checkpoint }: TaskContext<TextCounts>,
  ): Promise<TextTask> {
    const compiled = await compileTask(data, options, checkpoint?.step);
    return new TextTask(data, options, run, compiled);
  }

  start(): TextReports['start'] {
    const { parameters, state, trainer, evaluator } = this.#compiled;
    const { vocabulary, memory } = this.#data;
    const variables = state.names().reduce((sum, name) => sum + 4 * state.get(name).data.length, 0);
    const sessions = [trainer.memory, evaluator?.memory ?? 0];
    return {
      vocabulary: vocabulary.size,
      parameters: parameters.count(),
      batchesPerEpoch: this.stepsPerEpoch,
      memory: trainingMemory(variables, sessions, memory),
    };
  }

  async step(step: number, random: Random): Promise<{ loss: number }> {
    const { trainer, state, masks, carried } = this.#compiled;
    const epoch = Math.floor(step / this.stepsPerEpoch);
    const index = step % this.stepsPerEpoch;
    if (index === 0)
      state.load(Object.fromEntries(carried.map((name) => [name, zeros(state.get(name).shape, 'float32')])));
    const { tokens, targets, weights } = this.#batchAt(epoch, index, random);
    const drawn = random.fork(`dropout of step ${step}`);
    const { shards = 1 } = this.#options;
    const { loss } = await trainer.step(
      shards === 1
        ? { tokens, targets, weights, ...masks.draw(drawn) }
        : feedsOfShards({ tokens, targets, weights }, shards, (shard) =>
            masks.draw(drawn.fork(`shard ${shard}`)),
          ),
    );
    this.#weight = shareOfRows(weights);
    return { loss: Number(loss.data[0]) };
  }

  weight(): number {
    return this.#weight;
  }

  #batchAt(epoch: number, index: number, random: Random): Batch {
    if (this.#batchesOfEpoch?.epoch !== epoch) {
      const at = this.#data.training.epoch(random.fork(`order of epoch ${epoch}`));
      this.#batchesOfEpoch = { epoch, at };
    }
    return this.#batchesOfEpoch.at(index);
  }

  async evaluate(
    { loss = 0 }: Readonly<Record<string, number>>,
    _epoch: number,
    _random: Random,
    signal?: AbortSignal,
  ): Promise<Evaluation<TextReports['epoch']> | undefined> {
    const { charactersPerToken } = this.#data;
    const trained = quality(loss, charactersPerToken);
    const { evaluator } = this.#compiled;
    const measured = await evaluator?.loss(signal);
    if (evaluator !== undefined && measured === undefined) return undefined;
    const validation = measured === undefined ? undefined : quality(measured, charactersPerToken);
    return { report: { ...trained, validation }, watched: (validation ?? trained).loss };
  }

  // The book's samples after each epoch: a passage of the corpus, continued at several temperatures.
  async *sample(
    { step, epoch, signal }: SampleTime,
    root: Random,
  ): AsyncGenerator<TextReports['sample'], void, undefined> {
    const { window, temperatures, sampleLength: length } = this.#options;
    const { tokens, vocabulary } = this.#data;
    if (length === 0) return;
    const random = root.fork(`samples of epoch ${epoch - 1}`);
    const start = random.integer(0, tokens.length - window);
    const passage = Int32Array.from(tokens.read(start, window));
    const prompt = vocabulary.decode(passage);
    const writer = new Writer(this.model());
    const written: TextReports['sample'][] = [];
    try {
      for (const temperature of temperatures) {
        const writing = { temperature, greedy: false, stateful: false, length };
        const parts: string[] = [];
        const draws = random.fork(`temperature ${temperature}`);
        for await (const { text } of writer.sampleFrom(passage, writing, draws, signal)) parts.push(text);
        if (signal?.aborted === true) return;
        const sample = { epoch, temperature, prompt, text: parts.join('') };
        written.push(sample);
        // The last one is reported when the file is complete, so that who stops there finds the file.
        if (written.length < temperatures.length) yield sample;
      }
    } finally {
      await writer.release();
    }
    const name = `epoch-${String(epoch).padStart(4, '0')}`;
    // The epochs and steps that were asked for later do not change these texts.
    const place = { step, epochs: epoch, maxSteps: undefined };
    await this.#run?.writeText(name, sampleDocument(written), place);
    yield written.at(-1)!;
  }

  counts(): TextCounts {
    return { vocabulary: sha256OfVocabulary(this.#data.vocabulary) };
  }

  model(): LanguageModel {
    const { architecture, vocabulary, passages } = this.#data;
    const { window, objective: kind } = this.#options;
    const snapshot = this.state.snapshot();
    const weights: Weights = Object.fromEntries(
      this.#compiled.parameters
        .list()
        .flatMap(({ name }) => (snapshot[name] === undefined ? [] : [[name, snapshot[name]] as const])),
    );
    return { architecture, vocabulary, window, objective: kind, passages, weights };
  }

  remedy(): Words {
    const { optimizer, clipnorm = Infinity, learningRate } = this.#options;
    const lower = words`lower ${option('learningRate')} (now ${learningRate})`;
    // RMSprop and Adam divide by the size of the gradients, so that clipping hardly changes their steps.
    return optimizer === 'sgd' && clipnorm > 1
      ? words`${lower}, or lower it less and set ${option('clipnorm')} 1`
      : lower;
  }

  async release(): Promise<void> {
    await this.#compiled.trainer.release();
    await this.#compiled.evaluator?.release();
    this.#data.tokens.release();
  }
}

async function compileTask(
  data: TextData,
  options: TrainOptions,
  firstStep: number | undefined,
): Promise<Compiled> {
  const { learningRate, clipvalue, clipnorm, dropout, threads, shards } = options;
  const optimizers = { rmsprop: optim.rmsprop, adam: optim.adam, sgd: optim.sgd };
  const optimizer = optimizers[options.optimizer]({ learningRate, clipvalue, globalClipnorm: clipnorm });
  const parameters = new nn.Parameters();
  const masks = new nn.DropoutMasks();
  const { loss, carried } = lossOfBatch(parameters, data.architecture, options, {
    dropout: { masks, rate: dropout },
    ...(shards !== undefined && { shards }),
  });
  const trained = parameters.trainable();
  // Seconds for thousands of units.
  const weights = await blocking(() =>
    parameters.initialize(new Random(options.seed).fork('initial weights')),
  );
  const state = new TrainingState({
    ...weights,
    ...optim.initialSlots(optimizer, trained),
    ...Object.fromEntries(
      Object.entries(carried).map(([name, { shape }]) => [
        name,
        zeros([options.batchSize, ...shape.slice(1)], 'float32'),
      ]),
    ),
  });
  const trainer = await optim.createTrainer({
    loss,
    parameters: trained,
    optimizer,
    state,
    outputs: { loss },
    carried,
    firstStep,
    threads,
    shards,
  });
  const evaluation = data.validation && (await evaluator(data, options, state));
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

/** The feeds of each shard. */
function feedsOfShards(
  { tokens, targets, weights }: Batch,
  shards: number,
  masksOf: (shard: number) => Feeds,
): Feeds[] {
  const total = float32([sumOf(weights)], []);
  const [tokensOf, targetsOf, weightsOf] = [tokens, targets, weights].map((each) =>
    optim.shardsOf(each, shards),
  );
  return Array.from({ length: shards }, (_, shard) => ({
    tokens: tokensOf![shard]!,
    targets: targetsOf![shard]!,
    weights: weightsOf![shard]!,
    [TOTAL_WEIGHT]: total,
    ...masksOf(shard),
  }));
}

function sumOf({ data }: NDArray): number {
  return Array.from(data as Float32Array).reduce((sum, value) => sum + value, 0);
}

// The last batch of an epoch can have fewer rows; it is weighted by their share.
function shareOfRows(weights: NDArray): number {
  return sumOf(weights) / (weights.shape[0] ?? 1);
}
