import * as op from '@latentbrush/engine';
import {
  compile,
  float32,
  InputError,
  input,
  nn,
  optim,
  Random,
  TrainingState,
  type NDArray,
  type Session,
} from '@latentbrush/engine';
import { inColor, montage, resize, type Picture } from '../image/index.ts';
import type { FastEvent, FastLosses } from './fast-events.ts';
import type { StyleModel } from './fast-model.ts';
import type { FastMaterial } from './fast-material.ts';
import { fastLoss, measureTargets, meanSquare } from './fast-objective.ts';
import type { TrainOptions } from './fast-options.ts';
import type { FastRun } from './fast-run.ts';
import { relativeLoss } from './losses.ts';
import { SHIFT, shiftOfStep } from './position-shift.ts';
import { sizeOfFastStyle } from './sizes.ts';
import { drawNoise, noiseInputs } from './stroke-noise.ts';
import { architectureOf, recolored, recoloringWeights, transformer } from './transformer.ts';

// Metrics of single steps are kept this often.
const STEPS_BETWEEN_METRICS = 10;

/** Cut-outs of the sample sheets. */
const SAMPLES = 4;

/** Ordinary pictures by which the parts of the loss get their units. */
const MEASURED = 8;

interface Compiled {
  readonly trainer: optim.Trainer<string>;
  readonly state: TrainingState;
  readonly optimizer: optim.Optimizer;
  readonly parameters: nn.Parameters;
  readonly sampler: Session<'painted'>;
}

/**
 * A training of a fast style that is going on. Everything random follows from the seed and the step, so it can stop after any step
 * and go on from there.
 */
export class FastTraining {
  readonly #material: FastMaterial;
  readonly #options: TrainOptions;
  readonly #run: FastRun | undefined;
  readonly #compiled: Compiled;
  readonly #random: Random;
  #savedAt: number;

  private constructor(
    material: FastMaterial,
    options: TrainOptions,
    run: FastRun | undefined,
    compiled: Compiled,
  ) {
    this.#material = material;
    this.#options = options;
    this.#run = run;
    this.#compiled = compiled;
    this.#random = new Random(options.seed);
    this.#savedAt = compiled.trainer.stepCount;
  }

  /** Compiles a training, to begin at step 0 or to go on from a checkpoint. */
  static async compile(
    material: FastMaterial,
    options: TrainOptions,
    run: FastRun | undefined,
    checkpoint?: { readonly step: number; readonly tensors: Readonly<Record<string, NDArray>> },
  ): Promise<FastTraining> {
    return new FastTraining(material, options, run, await compileTraining(material, options, checkpoint));
  }

  /** Trains to the end, or until the signal; then saves. */
  async *run(signal?: AbortSignal): AsyncGenerator<FastEvent, void, undefined> {
    const { trainer, sampler, parameters } = this.#compiled;
    const { iterations, checkpointEvery, sampleEvery } = this.#options;
    try {
      yield {
        type: 'start',
        parameters: parameters.count(),
        pictures: this.#material.contents.count,
        pairs: this.#material.pairs.count,
        step: trainer.stepCount,
        total: iterations,
        folder: this.#run?.folder,
      };
      while (trainer.stepCount < iterations && signal?.aborted !== true) {
        yield await this.#step();
        const { stepCount } = trainer;
        if (stepCount % sampleEvery === 0 || stepCount === iterations) yield await this.#sample();
        if (stepCount % checkpointEvery === 0) yield await this.#save();
      }
      if (this.#savedAt !== trainer.stepCount) yield await this.#save();
      const reason = trainer.stepCount < iterations ? 'aborted' : 'finished';
      yield { type: 'done', step: trainer.stepCount, reason, model: this.#model() };
    } finally {
      await trainer.release();
      await sampler.release();
    }
  }

  async #step(): Promise<FastEvent> {
    const { trainer, optimizer } = this.#compiled;
    const { learningRate, iterations } = this.#options;
    optimizer.learningRate = learningRate * (1 - (0.9 * trainer.stepCount) / iterations);
    const result = await trainer.step(this.#feeds(trainer.stepCount));
    const part = (name: string): number => Number(result[name]?.data[0] ?? 0);
    const parts = {
      content: part('content'),
      style: part('style'),
      variation: part('variation'),
      range: part('range'),
      pairs: part('pairs'),
    };
    const losses: FastLosses = { loss: Object.values(parts).reduce((sum, value) => sum + value), ...parts };
    if (!Number.isFinite(losses.loss)) throw this.#diverged();
    const { stepCount } = trainer;
    if (stepCount % STEPS_BETWEEN_METRICS === 0)
      await this.#run?.log({ type: 'step', step: stepCount, ...losses });
    return { type: 'step', step: stepCount, total: iterations, ...losses };
  }

  #feeds(step: number): Record<string, NDArray> {
    const { contents, pairs } = this.#material;
    const { batch, noise } = this.#options;
    const drawn = contents.draw(this.#random.fork(`batch of step ${step}`), batch);
    const feeds = {
      contents: drawn,
      [SHIFT]: shiftOfStep(step),
      ...drawNoise(this.#random.fork(`noise of step ${step}`), noise, drawn.shape),
    };
    if (!usesPairs(this.#material, this.#options)) return feeds;
    const pair = pairs.draw(this.#random.fork(`pairs of step ${step}`), batch);
    return { ...feeds, pair_contents: pair.contents, pair_painted: pair.painted };
  }

  // The same cut-outs at every sheet, so that one sees it learn.
  async #sample(): Promise<FastEvent> {
    const { trainer, sampler, state, parameters } = this.#compiled;
    const contents = this.#material.contents.draw(this.#random.fork('samples'), SAMPLES);
    const weights = Object.fromEntries(parameters.list().map(({ name }) => [name, state.get(name)]));
    const { painted } = await sampler.run({ ...weights, contents });
    const size = this.#options.size;
    const pictures = [...picturesOf(contents, size), ...picturesOf(painted, size)];
    const sheet = montage(pictures, { columns: SAMPLES, gap: 4 });
    const { stepCount } = trainer;
    const path = await this.#run?.writeSample(`step-${String(stepCount).padStart(6, '0')}`, sheet);
    return { type: 'sample', step: stepCount, sheet, path };
  }

  async #save(): Promise<FastEvent> {
    const { trainer, state } = this.#compiled;
    const tensors = state.snapshot();
    const finite = Object.values(tensors).every(({ data }) => (data as Float32Array).every(Number.isFinite));
    if (!finite) throw this.#diverged();
    await this.#run?.checkpoint({ step: trainer.stepCount, tensors, progress: {} });
    this.#savedAt = trainer.stepCount;
    return { type: 'checkpoint', step: trainer.stepCount };
  }

  #model(): StyleModel {
    const { state, parameters } = this.#compiled;
    const snapshot = state.snapshot();
    const weights = Object.fromEntries(parameters.list().map(({ name }) => [name, snapshot[name]!]));
    return { architecture: architectureOf(this.#options), weights, style: this.#material.styleName };
  }

  #diverged(): InputError {
    const kept =
      this.#run === undefined || this.#savedAt === 0
        ? ''
        : `; the checkpoint of step ${this.#savedAt} is kept`;
    return new InputError(
      `training: the loss or a weight became infinite or no number at step ${this.#compiled.trainer.stepCount}${kept}; lower --learning-rate (now ${this.#options.learningRate})`,
    );
  }
}

/** Whether the pairs are a part of the loss. */
function usesPairs({ pairs }: FastMaterial, { pairWeight }: TrainOptions): boolean {
  return pairs.count > 0 && pairWeight > 0;
}

/**
 * The squared error of pictures painted as the slow form painted them, in units of what painting changed: 1 where nothing is painted.
 */
function pairLoss(
  parameters: nn.Parameters,
  { pairs }: FastMaterial,
  options: TrainOptions,
  random: Random,
): op.Tensor {
  const { size, batch, pairWeight } = options;
  const measured = pairs.draw(random.fork('measured pairs'), MEASURED);
  const scale = meanSquare(measured.painted, measured.contents) || 1;
  const shape = [batch, 3, size, size];
  const painted = transformer(parameters, input('pair_contents', shape), options);
  return op.mul(relativeLoss(input('pair_painted', shape), painted, scale), pairWeight);
}

async function compileTraining(
  material: FastMaterial,
  options: TrainOptions,
  checkpoint: { readonly step: number; readonly tensors: Readonly<Record<string, NDArray>> } | undefined,
): Promise<Compiled> {
  const { perception, style, contents } = material;
  const { size, batch, learningRate, threads } = options;
  const random = new Random(options.seed);
  const scaled = resize(inColor(style), sizeOfFastStyle(style, options));
  const targets = await measureTargets(
    perception,
    float32(scaled.data, [1, 3, scaled.height, scaled.width]),
    contents.draw(random.fork('measured'), MEASURED),
    threads,
  );

  const parameters = new nn.Parameters();
  const pictures = input('contents', [batch, 3, size, size]);
  const painted = transformer(parameters, pictures, options, noiseInputs(options.noise, pictures.shape));
  const terms: Record<string, op.Tensor> = {
    ...fastLoss(perception, targets, options, recolored(parameters, pictures, options), painted),
    ...(usesPairs(material, options) && { pairs: pairLoss(parameters, material, options, random) }),
  };
  const optimizer = optim.adam({ learningRate });
  const trained = parameters.trainable();
  const state = new TrainingState({
    ...parameters.initialize(random.fork('initial weights')),
    ...recoloringWeights(options, scaled),
    ...optim.initialSlots(optimizer, trained),
  });
  if (checkpoint !== undefined) state.load(checkpoint.tensors);
  const trainer = await optim.createTrainer({
    loss: Object.values(terms).reduce((sum, term) => op.add(sum, term)),
    parameters: trained,
    optimizer,
    state,
    outputs: terms,
    firstStep: checkpoint?.step,
    threads,
    memoryPattern: false,
  });
  const samples = input('contents', [SAMPLES, 3, size, size]);
  const output = op.clip(transformer(parameters, samples, options), 0, 255);
  const sampler = await compile({ painted: output }, { threads, spinning: false });
  return { trainer, state, optimizer, parameters, sampler };
}

function picturesOf({ data }: NDArray, size: number): Picture[] {
  const length = 3 * size * size;
  return Array.from({ length: data.length / length }, (_, index) => ({
    channels: 3,
    height: size,
    width: size,
    data: (data as Float32Array).slice(index * length, (index + 1) * length),
  }));
}
