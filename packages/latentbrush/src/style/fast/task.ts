import * as op from '@latentbrush/engine';
import {
  compile,
  float32,
  input,
  nn,
  optim,
  Random,
  TrainingState,
  type NDArray,
  type Session,
} from '@latentbrush/engine';
import { inColor, montage, resize, type Picture } from '../../image/index.ts';
import {
  linear,
  type SampleTime,
  type Schedule,
  type ScheduledOptimizer,
  type Task,
  type TaskContext,
} from '../../training/index.ts';
import type { FastLosses, FastReports } from './events.ts';
import type { StyleModel } from './model.ts';
import type { FastData } from './data.ts';
import { fastLoss, measureTargets, meanSquare } from './loss.ts';
import type { TrainOptions } from './options.ts';
import { relativeLoss } from '../losses.ts';
import { SHIFT, shiftOfStep } from './position-shift.ts';
import { memoryOfTraining, sizeOfFastStyle } from './sizes.ts';
import { drawNoise, noiseInputs } from './stroke-noise.ts';
import { architectureOf, recolored, recoloringWeights, transformer } from './network.ts';
import { option, words, type Words } from '../../words.ts';

/** Crops of the sample sheets. */
const SAMPLES = 4;

/** Ordinary pictures that determine the units of the loss terms. */
const MEASURED = 8;

interface Compiled {
  readonly trainer: optim.Trainer<string>;
  readonly state: TrainingState;
  readonly optimizer: optim.Optimizer;
  readonly parameters: nn.Parameters;
  readonly sampler: Session<'painted'>;
}

/** The training of a fast style: its steps and its samples. */
export class FastTask implements Task<FastReports> {
  readonly #data: FastData;
  readonly #options: TrainOptions;
  readonly #run: TaskContext['run'];
  readonly #compiled: Compiled;
  readonly state: TrainingState;
  readonly optimizers: readonly ScheduledOptimizer[];
  readonly schedule: Schedule;
  readonly metricsEvery = 10;

  private constructor(data: FastData, options: TrainOptions, run: TaskContext['run'], compiled: Compiled) {
    this.#data = data;
    this.#options = options;
    this.#run = run;
    this.#compiled = compiled;
    this.state = compiled.state;
    this.optimizers = [{ optimizer: compiled.optimizer, learningRate: options.learningRate }];
    this.schedule = linear(options.iterations, 0.1);
  }

  /** Compiles the step and the painting of samples. */
  static async compile(
    data: FastData,
    options: TrainOptions,
    { run, checkpoint }: TaskContext,
  ): Promise<FastTask> {
    return new FastTask(data, options, run, await compileTask(data, options, checkpoint?.step));
  }

  start(): FastReports['start'] {
    const { perception, style, contents, pairs } = this.#data;
    const { looking, training } = memoryOfTraining(perception, style, this.#options);
    return {
      parameters: this.#compiled.parameters.count(),
      pictures: contents.count,
      pairs: pairs.count,
      memory: Math.max(looking, training) + contents.bytes + pairs.bytes,
    };
  }

  async step(step: number, random: Random): Promise<FastLosses & Record<string, number>> {
    const result = await this.#compiled.trainer.step(this.#feeds(step, random));
    const part = (name: string): number => Number(result[name]?.data[0] ?? 0);
    const parts = {
      content: part('content'),
      style: part('style'),
      variation: part('variation'),
      range: part('range'),
      pairs: part('pairs'),
    };
    return { loss: Object.values(parts).reduce((sum, value) => sum + value), ...parts };
  }

  #feeds(step: number, random: Random): Record<string, NDArray> {
    const { contents, pairs } = this.#data;
    const { batchSize, noise } = this.#options;
    const drawn = contents.draw(random.fork(`batch of step ${step}`), batchSize);
    const feeds = {
      contents: drawn,
      [SHIFT]: shiftOfStep(step),
      ...drawNoise(random.fork(`noise of step ${step}`), noise, drawn.shape),
    };
    if (!usesPairs(this.#data, this.#options)) return feeds;
    const pair = pairs.draw(random.fork(`pairs of step ${step}`), batchSize);
    return { ...feeds, pair_contents: pair.contents, pair_painted: pair.painted };
  }

  // The same crops on every sheet, so that progress is visible.
  async *sample(
    { step }: SampleTime,
    random: Random,
  ): AsyncGenerator<FastReports['sample'], void, undefined> {
    const { sampler, state, parameters } = this.#compiled;
    const contents = this.#data.contents.draw(random.fork('samples'), SAMPLES);
    const weights = Object.fromEntries(parameters.list().map(({ name }) => [name, state.get(name)]));
    const { painted } = await sampler.run({ ...weights, contents });
    const size = this.#options.size;
    const pictures = [...picturesOf(contents, size), ...picturesOf(painted, size)];
    const sheet = montage(pictures, { columns: SAMPLES, gap: 4 });
    const path = await this.#run?.writeSample(`step-${String(step).padStart(6, '0')}`, sheet, {
      step,
      sheet: 'sheet',
    });
    yield { sheet, path };
  }

  model(): StyleModel {
    const snapshot = this.state.snapshot();
    const { parameters } = this.#compiled;
    const weights = Object.fromEntries(parameters.list().map(({ name }) => [name, snapshot[name]!]));
    return { architecture: architectureOf(this.#options), weights, style: this.#data.styleName };
  }

  remedy(): Words {
    const { learningRate, contentWeight, styleWeight } = this.#options;
    return words`lower ${option('learningRate')} (now ${learningRate}), ${option('contentWeight')} (now ${contentWeight}) or ${option('styleWeight')} (now ${styleWeight})`;
  }

  async release(): Promise<void> {
    await this.#compiled.trainer.release();
    await this.#compiled.sampler.release();
  }
}

/** Whether the pairs are a part of the loss. */
function usesPairs({ pairs }: FastData, { pairWeight }: TrainOptions): boolean {
  return pairs.count > 0 && pairWeight > 0;
}

/**
 * The squared error against the paintings of style transfer, in units of the change by painting: 1 without painting.
 */
function pairLoss(
  parameters: nn.Parameters,
  { pairs }: FastData,
  options: TrainOptions,
  random: Random,
): op.Tensor {
  const { size, batchSize, pairWeight } = options;
  const measured = pairs.draw(random.fork('measured pairs'), MEASURED);
  const scale = meanSquare(measured.painted, measured.contents) || 1;
  const shape = [batchSize, 3, size, size];
  const painted = transformer(parameters, input('pair_contents', shape), options);
  return op.mul(relativeLoss(input('pair_painted', shape), painted, scale), pairWeight);
}

async function compileTask(
  data: FastData,
  options: TrainOptions,
  firstStep: number | undefined,
): Promise<Compiled> {
  const { perception, style, contents } = data;
  const { size, batchSize, learningRate, threads } = options;
  const random = new Random(options.seed);
  const scaled = resize(inColor(style), sizeOfFastStyle(style, options));
  const targets = await measureTargets(
    perception,
    float32(scaled.data, [1, 3, scaled.height, scaled.width]),
    contents.draw(random.fork('measured'), MEASURED),
    threads,
  );

  const parameters = new nn.Parameters();
  const pictures = input('contents', [batchSize, 3, size, size]);
  const painted = transformer(parameters, pictures, options, noiseInputs(options.noise, pictures.shape));
  const terms: Record<string, op.Tensor> = {
    ...fastLoss(perception, targets, options, recolored(parameters, pictures, options), painted),
    ...(usesPairs(data, options) && { pairs: pairLoss(parameters, data, options, random) }),
  };
  const optimizer = optim.adam({ learningRate });
  const trained = parameters.trainable();
  const state = new TrainingState({
    ...parameters.initialize(random.fork('initial weights')),
    ...recoloringWeights(options, scaled),
    ...optim.initialSlots(optimizer, trained),
  });
  const trainer = await optim.createTrainer({
    loss: Object.values(terms).reduce((sum, term) => op.add(sum, term)),
    parameters: trained,
    optimizer,
    state,
    outputs: terms,
    firstStep,
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
