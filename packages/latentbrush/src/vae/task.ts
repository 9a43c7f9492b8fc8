import { div, float32, input, nn, optim, Random, TrainingState, type NDArray } from '@latentbrush/engine';
import { pictureAt, storeOf } from '../data/index.ts';
import type { Picture } from '../image/index.ts';
import {
  warmUp,
  type Evaluation,
  type SampleTime,
  type Schedule,
  type Task,
  type TaskContext,
} from '../training/index.ts';
import { compileEvaluator, type Evaluator } from './evaluator.ts';
import type { VaeQuality, VaeReports } from './events.ts';
import { greyLoss, KL_SCALE, sampled, vaeTerms, type VaeTerms } from './loss.ts';
import type { VaeData } from './data.ts';
import { decoder, encoder } from './networks/network.ts';
import { optimizerName, warmupSteps, type TrainOptions } from './options.ts';
import { gridPoints, gridSheet, reconstructionSheet } from './sheets.ts';
import { networkWeights, Vae, type VaeModel } from './model.ts';
import { option, words, type Words } from '../words.ts';

/** Number of training pictures for counting active units when there are no validation pictures. */
const LOOKED_AT = 2000;

/** An epoch whose mean loss is this many times that of grey pictures has learned nothing, or its loss has jumped. */
const FAR_ABOVE = 2;

/** Pictures on the sheet of reconstructions. */
const RECONSTRUCTED = 20;

/** Bytes of the program and of ONNX Runtime. */
const FIXED = 100 * 2 ** 20;

/**
 * Memory of a session beyond the peak of its values: workspace of kernels, fragmentation. Measured with both pairs of networks on MNIST and
 * emoji, sizes of 28 and 64, batches of 16 to 128, 32 and 64 filters: the estimate is between a third below (small trainings, where reading
 * the pictures needs most) and 40 % above the measurement.
 */
const OVERHEAD = 1.5;

interface Compiled {
  readonly trainer: optim.Trainer<'loss' | 'reconstruction' | 'kl'>;
  readonly state: TrainingState;
  readonly parameters: nn.Parameters;
  readonly optimizer: optim.Optimizer;
  readonly evaluator: Evaluator;
}

/** The training of a VAE: its steps, and the measurements and samples after each epoch. */
export class VaeTask implements Task<VaeReports> {
  readonly #data: VaeData;
  readonly #options: TrainOptions;
  readonly #run: TaskContext['run'];
  readonly #compiled: Compiled;
  /** Mean over the last epoch. */
  #lossOfEpoch = 0;
  readonly state: TrainingState;
  readonly optimizers;
  readonly schedule: Schedule;
  readonly stepsPerEpoch: number;
  readonly metricsEvery = 50;

  private constructor(data: VaeData, options: TrainOptions, run: TaskContext['run'], compiled: Compiled) {
    this.#data = data;
    this.#options = options;
    this.#run = run;
    this.#compiled = compiled;
    this.state = compiled.state;
    this.optimizers = [{ optimizer: compiled.optimizer, learningRate: options.learningRate }];
    this.schedule = warmUp(warmupSteps(options));
    this.stepsPerEpoch = data.batches.perEpoch;
  }

  /** Compiles step and evaluation. */
  static async compile(
    data: VaeData,
    options: TrainOptions,
    { run, checkpoint }: TaskContext,
  ): Promise<VaeTask> {
    return new VaeTask(data, options, run, await compileTask(data, options, checkpoint?.step));
  }

  start(): VaeReports['start'] {
    const { training, validation } = this.#data;
    const { trainer, state, parameters, evaluator } = this.#compiled;
    const variables = state.names().reduce((sum, name) => sum + 4 * state.get(name).data.length, 0);
    return {
      parameters: parameters.count(),
      pictures: training.count,
      validation: validation?.count ?? 0,
      // oxlint-disable-next-line typescript/no-deprecated -- the next version drops it
      heldOut: validation?.count ?? 0,
      stepsPerEpoch: this.stepsPerEpoch,
      memory: trainingMemory(
        variables,
        [trainer.memory, evaluator.memory],
        storeOf(training).memory + (validation === undefined ? 0 : storeOf(validation).memory),
      ),
    };
  }

  async step(step: number, random: Random): Promise<{ loss: number; reconstruction: number; kl: number }> {
    const { batchSize, klWarmup, shards = 1 } = this.#options;
    const { latent } = this.#data.architecture;
    const epsilon = new Float32Array(batchSize * latent);
    random.fork(`epsilon of step ${step}`).fillNormal(epsilon);
    const warmth = Math.min(1, step / (klWarmup * this.stepsPerEpoch));
    const pictures = optim.shardsOf(this.#data.batches.at(step), shards);
    const noise = optim.shardsOf(float32(epsilon, [batchSize, latent]), shards);
    const { loss, reconstruction, kl } = await this.#compiled.trainer.step(
      pictures.map((each, shard) => ({
        pictures: each,
        epsilon: noise[shard]!,
        ...(klWarmup > 0 && { [KL_SCALE]: float32([warmth], []) }),
      })),
    );
    return { loss: scalar(loss), reconstruction: scalar(reconstruction), kl: scalar(kl) };
  }

  async evaluate(
    { loss = 0, reconstruction = 0, kl = 0 }: Readonly<Record<string, number>>,
    epoch: number,
    random: Random,
  ): Promise<Evaluation<VaeReports['epoch']>> {
    const { quality, activeUnits } = await this.#compiled.evaluator.measure(
      random.fork(`measurement of epoch ${epoch}`),
    );
    this.#lossOfEpoch = loss;
    const trained: VaeQuality = { loss, reconstruction, kl, elbo: -(reconstruction + kl) };
    const validated = this.#data.validation === undefined ? undefined : quality;
    return {
      report: { ...trained, validation: validated, activeUnits },
      watched: (validated ?? trained).loss,
    };
  }

  async *sample(
    { step, epoch }: SampleTime,
    random: Random,
  ): AsyncGenerator<VaeReports['sample'], void, undefined> {
    const { samples: count, threads } = this.#options;
    const vae = new Vae(this.model(), { threads });
    try {
      const { latent } = this.#data.architecture;
      const side = Math.max(1, Math.floor(Math.sqrt(count)));
      const points =
        latent === 2 ? gridPoints(side, latent) : vae.draw(random.fork('points of the sheets'), side ** 2);
      const reconstructions = await reconstructionSheet(vae, this.#shown());
      const samples = await gridSheet(vae, points, side);
      const run = this.#run;
      const name = `epoch-${String(epoch).padStart(4, '0')}`;
      // The epochs and steps that were asked for later do not change this sheet.
      const place = { step, epochs: epoch, maxSteps: undefined };
      const paths = run && {
        reconstructions: await run.writeSample(`${name}-reconstructions`, reconstructions, {
          ...place,
          sheet: 'reconstructions',
        }),
        samples: await run.writeSample(`${name}-samples`, samples, { ...place, sheet: 'samples' }),
      };
      yield { epoch, reconstructions, samples, paths };
    } finally {
      await vae.release();
    }
  }

  warning(): Words | undefined {
    const grey = greyLoss(this.#options);
    if (this.#lossOfEpoch <= FAR_ABOVE * grey) return undefined;
    return words`the mean loss of this epoch, ${this.#lossOfEpoch.toPrecision(3)}, is far above that of plain grey pictures, ${grey.toPrecision(3)}; ${this.remedy()}`;
  }

  model(): VaeModel {
    const weights: Record<string, NDArray> = networkWeights(this.state.snapshot());
    return { architecture: this.#data.architecture, weights };
  }

  remedy(): Words {
    const { learningRate, compat } = this.#options;
    const lower = words`lower ${option('learningRate')} (now ${learningRate})`;
    return compat === 'book'
      ? words`leave out ${option('compat')} book or ${lower}`
      : words`${lower} or raise ${option('warmup')} (now ${warmupSteps(this.#options)})`;
  }

  async release(): Promise<void> {
    await this.#compiled.trainer.release();
    await this.#compiled.evaluator.release();
  }

  // Pictures for the sheets, evenly spread over the validation pictures, or over all.
  #shown(): Picture[] {
    const dataset = this.#data.validation ?? this.#data.training;
    const count = Math.min(RECONSTRUCTED, dataset.count);
    return Array.from({ length: count }, (_, i) =>
      pictureAt(dataset, Math.floor((i * dataset.count) / count)),
    );
  }
}

/**
 * Estimated memory of a training, in bytes.
 * @param variables bytes of weights and slots of the optimiser: two buffers each, and a copy for checkpoints
 * @param sessions bytes that the step, and the measurement, need at most at one moment
 * @param pictures bytes of the data set
 */
function trainingMemory(variables: number, sessions: readonly number[], pictures: number): number {
  return FIXED + 3 * variables + OVERHEAD * sessions.reduce((sum, bytes) => sum + bytes, 0) + pictures;
}

function scalar({ data }: NDArray): number {
  return Number(data[0]);
}

async function compileTask(
  { training, validation, architecture }: VaeData,
  options: TrainOptions,
  firstStep: number | undefined,
): Promise<Compiled> {
  const { learningRate, clipnorm, threads, shards = 1 } = options;
  const batchSize = options.batchSize / shards;
  const { size, channels, latent } = architecture;
  const random = new Random(options.seed);
  const parameters = new nn.Parameters();
  const pictures = input('pictures', [batchSize, channels, size, size]);
  const posterior = encoder(parameters.scope('encoder'), pictures, architecture);
  const z = sampled(posterior, input('epsilon', [batchSize, latent]));
  const logits = decoder(parameters.scope('decoder'), z, architecture);
  const terms = partOf(vaeTerms(pictures, posterior, logits, architecture, options), shards);
  const optimizers = { rmsprop: optim.rmsprop, adam: optim.adam };
  const optimizer = optimizers[optimizerName(options)]({ learningRate, globalClipnorm: clipnorm });
  const trained = parameters.trainable();
  const state = new TrainingState({
    ...parameters.initialize(random.fork('initial weights')),
    ...optim.initialSlots(optimizer, trained),
  });
  const trainer = await optim.createTrainer({
    loss: terms.loss,
    parameters: trained,
    optimizer,
    state,
    outputs: { loss: terms.loss, reconstruction: terms.reconstruction, kl: terms.kl },
    firstStep,
    threads,
    shards,
  });
  const evaluator = await compileEvaluator(
    architecture,
    options,
    state,
    validation ?? training,
    random,
    validation === undefined ? LOOKED_AT : Infinity,
  );
  return { trainer, state, parameters, optimizer, evaluator };
}

// The means of a shard, as its part of the means of the batch.
function partOf(terms: VaeTerms, shards: number): VaeTerms {
  if (shards === 1) return terms;
  const { loss, reconstruction, kl } = terms;
  return { loss: div(loss, shards), reconstruction: div(reconstruction, shards), kl: div(kl, shards) };
}
