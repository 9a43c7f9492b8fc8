import {
  float32,
  InputError,
  input,
  nn,
  optim,
  Random,
  TrainingState,
  type NDArray,
} from '@latentbrush/engine';
import { pictureAt } from '../data/index.ts';
import type { Picture } from '../image/index.ts';
import type { TrainingCheckpoint, TrainingRun } from '../runs/training-run.ts';
import { compileEvaluator, type Evaluator } from './evaluator.ts';
import type { EndReason, TrainEvent, VaeQuality } from './events.ts';
import { KL_SCALE, sampled, vaeTerms } from './losses.ts';
import type { VaeMaterial } from './material.ts';
import { trainingMemory } from './memory.ts';
import { decoder, encoder } from './model.ts';
import { optimizerName, type TrainOptions } from './options.ts';
import type { VaeExtra, VaeProgress } from './run.ts';
import { gridPoints, gridSheet, reconstructionSheet } from './sheets.ts';
import { networkWeights, Vae, type VaeModel } from './vae-model.ts';

/** Metrics of single steps are kept this often. */
const STEPS_BETWEEN_METRICS = 50;

/** Pictures of the training set by which active units are counted when none are held out. */
const LOOKED_AT = 2000;

/** Pictures on the sheet of reconstructions. */
const RECONSTRUCTED = 20;

/** The folder of a VAE's run. */
export type VaeRun = TrainingRun<TrainOptions, VaeExtra, VaeProgress>;

interface Compiled {
  readonly trainer: optim.Trainer<'loss' | 'reconstruction' | 'kl'>;
  readonly state: TrainingState;
  readonly parameters: nn.Parameters;
  readonly evaluator: Evaluator;
}

/**
 * A training of a VAE that is going on. Where it stands is the number of steps done and {@link VaeProgress}; everything random follows
 * from the seed and these, so it can stop after any step and go on from there.
 */
export class VaeTraining {
  readonly #material: VaeMaterial;
  readonly #options: TrainOptions;
  readonly #run: VaeRun | undefined;
  readonly #compiled: Compiled;
  readonly #random: Random;
  #progress: VaeProgress;
  #savedAt: number;

  private constructor(
    material: VaeMaterial,
    options: TrainOptions,
    run: VaeRun | undefined,
    compiled: Compiled,
    progress: VaeProgress,
  ) {
    this.#material = material;
    this.#options = options;
    this.#run = run;
    this.#compiled = compiled;
    this.#progress = progress;
    this.#random = new Random(options.seed);
    this.#savedAt = compiled.trainer.stepCount;
  }

  /** Compiles a training, to begin at step 0 or to go on from a checkpoint. */
  static async compile(
    material: VaeMaterial,
    options: TrainOptions,
    run: VaeRun | undefined,
    checkpoint?: TrainingCheckpoint<VaeProgress>,
  ): Promise<VaeTraining> {
    const compiled = await compileTraining(material, options, checkpoint);
    const beginning = { lossSum: 0, reconstructionSum: 0, klSum: 0, steps: 0, epochsEnded: 0 };
    return new VaeTraining(material, options, run, compiled, checkpoint?.progress ?? beginning);
  }

  /** Trains to the end, or until the signal; then saves. */
  async *run(signal?: AbortSignal): AsyncGenerator<TrainEvent, void, undefined> {
    const { trainer, evaluator } = this.#compiled;
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
      await evaluator.release();
    }
  }

  get #stepsPerEpoch(): number {
    return this.#material.batches.perEpoch;
  }

  /** Steps until the end. */
  get #total(): number {
    return Math.min(this.#options.epochs * this.#stepsPerEpoch, this.#options.maxSteps ?? Infinity);
  }

  #start(): TrainEvent {
    const { training, heldOut } = this.#material;
    const { trainer, state, parameters, evaluator } = this.#compiled;
    const variables = state.names().reduce((sum, name) => sum + 4 * state.get(name).data.length, 0);
    return {
      type: 'start',
      parameters: parameters.count(),
      pictures: training.count,
      heldOut: heldOut?.count ?? 0,
      stepsPerEpoch: this.#stepsPerEpoch,
      memory: trainingMemory(
        variables,
        [trainer.memory, evaluator.memory],
        training.pixels.length + (heldOut?.pixels.length ?? 0),
      ),
      step: trainer.stepCount,
      total: this.#total,
      folder: this.#run?.folder,
    };
  }

  #endReason(signal: AbortSignal | undefined): EndReason | undefined {
    if (signal?.aborted === true) return 'aborted';
    if (this.#compiled.trainer.stepCount < this.#total) return undefined;
    return this.#total < this.#options.epochs * this.#stepsPerEpoch ? 'max-steps' : 'finished';
  }

  async #step(): Promise<TrainEvent> {
    const { trainer } = this.#compiled;
    const { batch, klWarmup } = this.#options;
    const { latent } = this.#material.architecture;
    const step = trainer.stepCount;
    const epoch = Math.floor(step / this.#stepsPerEpoch);
    const epsilon = new Float32Array(batch * latent);
    this.#random.fork(`epsilon of step ${step}`).fillNormal(epsilon);
    const warmth = Math.min(1, step / (klWarmup * this.#stepsPerEpoch));
    const result = await trainer.step({
      pictures: this.#material.batches.at(step),
      epsilon: float32(epsilon, [batch, latent]),
      ...(klWarmup > 0 && { [KL_SCALE]: float32([warmth], []) }),
    });
    const [batchLoss, reconstruction, kl] = [result.loss, result.reconstruction, result.kl].map(({ data }) =>
      Number(data[0]),
    ) as [number, number, number];
    if (!Number.isFinite(batchLoss)) throw this.#diverged();
    const before = step % this.#stepsPerEpoch === 0 ? undefined : this.#progress;
    this.#progress = {
      ...this.#progress,
      lossSum: (before?.lossSum ?? 0) + batchLoss,
      reconstructionSum: (before?.reconstructionSum ?? 0) + reconstruction,
      klSum: (before?.klSum ?? 0) + kl,
      steps: (before?.steps ?? 0) + 1,
    };
    const done = trainer.stepCount;
    const loss = this.#progress.lossSum / this.#progress.steps;
    if (done % STEPS_BETWEEN_METRICS === 0)
      await this.#run?.log({
        type: 'step',
        step: done,
        epoch: epoch + 1,
        loss,
        batchLoss,
        reconstruction,
        kl,
      });
    return { type: 'step', step: done, total: this.#total, epoch: epoch + 1, loss, batchLoss };
  }

  #epochEndIsDue(): boolean {
    return this.#compiled.trainer.stepCount === (this.#progress.epochsEnded + 1) * this.#stepsPerEpoch;
  }

  // Measures, shows and saves. When it is interrupted the epoch has not ended: a resumed training ends it anew.
  async *#endEpoch(signal: AbortSignal | undefined): AsyncGenerator<TrainEvent, void, undefined> {
    const { epochsEnded, lossSum, reconstructionSum, klSum, steps } = this.#progress;
    const epoch = epochsEnded + 1;
    const step = this.#compiled.trainer.stepCount;
    const { quality, activeUnits } = await this.#compiled.evaluator.measure(
      this.#random.fork(`measurement of epoch ${epoch}`),
    );
    const [reconstruction, kl] = [reconstructionSum / steps, klSum / steps];
    const trained: VaeQuality = { loss: lossSum / steps, reconstruction, kl, elbo: -(reconstruction + kl) };
    const validation = this.#material.heldOut === undefined ? undefined : quality;
    yield { type: 'epoch', step, epoch, ...trained, validation, activeUnits };
    yield await this.#sample(epoch);
    if (signal?.aborted === true) return;
    await this.#run?.log({
      type: 'epoch',
      step,
      epoch,
      ...trained,
      validation: validation ?? null,
      activeUnits,
    });
    this.#progress = { ...this.#progress, epochsEnded: epoch };
    yield await this.#save();
  }

  async #sample(epoch: number): Promise<TrainEvent> {
    const { samples: count, threads } = this.#options;
    const vae = new Vae(this.#model(), { threads });
    try {
      const { latent } = this.#material.architecture;
      const shown = this.#shown();
      const side = Math.max(1, Math.floor(Math.sqrt(count)));
      const points =
        latent === 2
          ? gridPoints(side, latent)
          : vae.draw(this.#random.fork('points of the sheets'), side ** 2);
      const reconstructions = await reconstructionSheet(vae, shown);
      const samples = await gridSheet(vae, points, side);
      const run = this.#run;
      const name = `epoch-${String(epoch).padStart(4, '0')}`;
      const paths = run && {
        reconstructions: await run.writeSample(`${name}-reconstructions`, reconstructions),
        samples: await run.writeSample(`${name}-samples`, samples),
      };
      return {
        type: 'sample',
        step: this.#compiled.trainer.stepCount,
        epoch,
        reconstructions,
        samples,
        paths,
      };
    } finally {
      await vae.release();
    }
  }

  // Pictures that the sheets show, evenly spread over those held out, or all.
  #shown(): Picture[] {
    const dataset = this.#material.heldOut ?? this.#material.training;
    const count = Math.min(RECONSTRUCTED, dataset.count);
    return Array.from({ length: count }, (_, i) =>
      pictureAt(dataset, Math.floor((i * dataset.count) / count)),
    );
  }

  async #save(): Promise<TrainEvent> {
    const { trainer, state } = this.#compiled;
    const tensors = state.snapshot();
    const finite = Object.values(tensors).every(({ data }) => (data as Float32Array).every(Number.isFinite));
    if (!finite) throw this.#diverged();
    await this.#run?.checkpoint({ step: trainer.stepCount, tensors, progress: this.#progress });
    this.#savedAt = trainer.stepCount;
    return { type: 'checkpoint', step: trainer.stepCount };
  }

  #model(): VaeModel {
    const weights: Record<string, NDArray> = networkWeights(this.#compiled.state.snapshot());
    return { architecture: this.#material.architecture, weights };
  }

  #diverged(): InputError {
    const kept = this.#run === undefined ? '' : `; the checkpoint of step ${this.#savedAt} is kept`;
    return new InputError(
      `training: the loss or a weight became infinite or no number at step ${this.#compiled.trainer.stepCount}${kept}; lower --learning-rate (now ${this.#options.learningRate}) or set --clipnorm 1`,
    );
  }
}

async function compileTraining(
  { training, heldOut, architecture }: VaeMaterial,
  options: TrainOptions,
  checkpoint: TrainingCheckpoint<VaeProgress> | undefined,
): Promise<Compiled> {
  const { batch, learningRate, clipnorm, threads } = options;
  const { size, channels, latent } = architecture;
  const random = new Random(options.seed);
  const parameters = new nn.Parameters();
  const pictures = input('pictures', [batch, channels, size, size]);
  const posterior = encoder(parameters.scope('encoder'), pictures, architecture);
  const z = sampled(posterior, input('epsilon', [batch, latent]));
  const terms = vaeTerms(
    pictures,
    posterior,
    decoder(parameters.scope('decoder'), z, architecture),
    architecture,
    options,
  );
  const optimizers = { rmsprop: optim.rmsprop, adam: optim.adam };
  const optimizer = optimizers[optimizerName(options)]({ learningRate, globalClipnorm: clipnorm });
  const trained = parameters.trainable();
  const state = new TrainingState({
    ...parameters.initialize(random.fork('initial weights')),
    ...optim.initialSlots(optimizer, trained),
  });
  if (checkpoint !== undefined) load(state, checkpoint);
  const trainer = await optim.createTrainer({
    loss: terms.loss,
    parameters: trained,
    optimizer,
    state,
    outputs: { loss: terms.loss, reconstruction: terms.reconstruction, kl: terms.kl },
    firstStep: checkpoint?.step,
    threads,
  });
  const evaluator = await compileEvaluator(
    architecture,
    options,
    state,
    heldOut ?? training,
    random,
    heldOut === undefined ? LOOKED_AT : Infinity,
  );
  return { trainer, state, parameters, evaluator };
}

// All of a state, not a part: what a checkpoint lacked would begin anew without a word.
function load(state: TrainingState, { step, tensors }: TrainingCheckpoint<VaeProgress>): void {
  const fits = (name: string): boolean => tensors[name]?.shape.join() === state.get(name).shape.join();
  if (Object.keys(tensors).length !== state.names().length || !state.names().every(fits)) {
    throw new InputError(
      `training: the checkpoint of step ${step} is of another network or optimizer than run.json says; put back the checkpoint of this run`,
    );
  }
  state.load(tensors);
}
