import { float32, InputError, Random, zeros, type NDArray } from '@latentbrush/engine';
import { PictureBatches, type ImageDataset } from '../data/index.ts';
import { montage, type Picture } from '../image/index.ts';
import type { TrainingCheckpoint, TrainingRun } from '../runs/training-run.ts';
import { generatorWeights, memoryOfAverage } from './averaged-weights.ts';
import { compileSteps, discriminatorSteps, type CompiledSteps } from './compiled-steps.ts';
import type { IterationFigures, TrainEvent } from './events.ts';
import { Generator, oneHot, picturesOf, type GanModel } from './gan-model.ts';
import type { Architecture } from './model.ts';
import type { TrainOptions } from './options.ts';
import { pictureRange } from './picture-range.ts';
import { shareOfRates } from './rate-schedule.ts';
import type { GanExtra, GanProgress } from './run.ts';
import { beginning, warningOf, watched } from './watch.ts';

/** Metrics of single steps are kept this often. */
const STEPS_BETWEEN_METRICS = 10;

/** What a GAN learns from. */
export interface GanMaterial {
  readonly dataset: ImageDataset;
  readonly architecture: Architecture;
  /** Names of the classes that are generated. */
  readonly classes: readonly string[];
}

/** The folder of a GAN's run. */
export type GanRun = TrainingRun<TrainOptions, GanExtra, GanProgress>;

/**
 * A training of a GAN that is going on. Everything random follows from the seed and the step, so it can stop after any step and go on
 * from there.
 */
export class GanTraining {
  readonly #material: GanMaterial;
  readonly #options: TrainOptions;
  readonly #run: GanRun | undefined;
  readonly #steps: CompiledSteps;
  readonly #batches: PictureBatches;
  readonly #classOf: Uint32Array;
  readonly #random: Random;
  #progress: GanProgress;
  #savedAt: number | undefined;

  private constructor(
    material: GanMaterial,
    options: TrainOptions,
    run: GanRun | undefined,
    steps: CompiledSteps,
    checkpoint: TrainingCheckpoint<GanProgress> | undefined,
  ) {
    this.#material = material;
    this.#options = options;
    this.#run = run;
    this.#steps = steps;
    this.#progress = checkpoint?.progress ?? beginning;
    this.#random = new Random(options.seed);
    this.#savedAt = checkpoint?.step;
    const { batch, flip } = options;
    this.#batches = new PictureBatches(material.dataset, {
      batch,
      flip,
      random: this.#random.fork('real pictures'),
      range: pictureRange(options),
    });
    this.#classOf = classNumbers(material);
  }

  /** Compiles a training, to begin at step 0 or to go on from a checkpoint. */
  static async compile(
    material: GanMaterial,
    options: TrainOptions,
    run: GanRun | undefined,
    checkpoint?: TrainingCheckpoint<GanProgress>,
  ): Promise<GanTraining> {
    const steps = await compileSteps(material.architecture, options, checkpoint);
    return new GanTraining(material, options, run, steps, checkpoint);
  }

  /** Trains to the end, or until the signal; then saves. */
  async *run(signal?: AbortSignal): AsyncGenerator<TrainEvent, void, undefined> {
    const { discriminator, generator } = this.#steps;
    const { iterations, checkpointEvery } = this.#options;
    try {
      yield this.#start();
      while (generator.stepCount < iterations && signal?.aborted !== true) {
        yield await this.#step();
        if (this.#isShown(generator.stepCount)) {
          yield await this.#sample();
          const warning = this.#warning();
          if (warning !== undefined) yield warning;
        }
        if (generator.stepCount % checkpointEvery === 0) yield await this.#save();
      }
      if (generator.stepCount !== (this.#savedAt ?? 0)) yield await this.#save();
      const reason = generator.stepCount < iterations ? 'aborted' : 'finished';
      yield { type: 'done', step: generator.stepCount, reason, model: this.#model() };
    } finally {
      await discriminator.release();
      await generator.release();
    }
  }

  #start(): TrainEvent {
    const { generatorParameters, discriminatorParameters, generator, memory } = this.#steps;
    return {
      type: 'start',
      generatorParameters,
      discriminatorParameters,
      pictures: this.#material.dataset.count,
      memory: memory + this.#material.dataset.pixels.length,
      step: generator.stepCount,
      total: this.#options.iterations,
      folder: this.#run?.folder,
    };
  }

  async #step(): Promise<TrainEvent> {
    const { discriminator, generator, drawForDiscriminator, drawForGenerator } = this.#steps;
    const { ema, iterations } = this.#options;
    const step = generator.stepCount;
    this.#steps.setRates(shareOfRates(this.#options, step));
    const random = this.#random.fork(`iteration ${step}`);
    let told: Awaited<ReturnType<typeof discriminator.step>> | undefined;
    for (let index = 0; index < discriminatorSteps(this.#options); index++) {
      const own = random.fork(`discriminator ${index}`);
      const { real, labels } = this.#realBatch(discriminator.stepCount);
      told = await discriminator.step({
        ...this.#points(own),
        real,
        ...(labels !== undefined && { real_labels: labels }),
        ...drawForDiscriminator(own.fork('changes')),
      });
    }
    const own = random.fork('generator');
    const { loss } = await generator.step({
      ...this.#points(own),
      ...drawForGenerator(own.fork('changes')),
      ...(ema > 0 && { ema_memory: float32([memoryOfAverage(ema, step)], []) }),
    });
    const figures: IterationFigures = {
      discriminatorLoss: scalar(told?.loss),
      generatorLoss: scalar(loss),
      realAccuracy: scalar(told?.realAccuracy),
      generatedAccuracy: scalar(told?.generatedAccuracy),
      diversity: scalar(told?.diversity),
    };
    if (!Number.isFinite(figures.discriminatorLoss + figures.generatorLoss)) throw this.#diverged();
    this.#progress = watched(this.#progress, figures);
    const done = generator.stepCount;
    if (done % STEPS_BETWEEN_METRICS === 0 || this.#isShown(done))
      await this.#run?.log({ type: 'step', step: done, ...figures });
    return { type: 'step', step: done, total: iterations, ...figures };
  }

  // Whether pictures are shown after so many iterations.
  #isShown(step: number): boolean {
    const { sampleEvery, iterations } = this.#options;
    return step % sampleEvery === 0 || step === iterations;
  }

  // Points to generate pictures of and, by class, a class for each.
  #points(random: Random): Record<string, NDArray> {
    const { batch } = this.#options;
    const { latent, classes } = this.#material.architecture;
    const z = zeros([batch, latent], 'float32');
    random.fork('points').fillNormal(z.data);
    if (classes === 0) return { z };
    const draws = random.fork('classes');
    const drawn = Array.from({ length: batch }, () => draws.integer(0, classes));
    return { z, labels: oneHot(drawn, classes) };
  }

  #realBatch(index: number): { real: NDArray; labels: NDArray | undefined } {
    const { classes } = this.#material.architecture;
    const real = this.#batches.at(index);
    if (classes === 0) return { real, labels: undefined };
    const labels = Uint32Array.from(this.#batches.indices(index), (picture) => this.#classOf[picture]!);
    return { real, labels: oneHot(labels, classes) };
  }

  // The same points at every sheet, so that one sees it learn; by class, one class after the other.
  async #sample(): Promise<TrainEvent> {
    const { samples } = this.#options;
    const { architecture } = this.#material;
    const step = this.#steps.generator.stepCount;
    const generator = new Generator(this.#model(), { threads: this.#options.threads });
    let generated: Picture[];
    try {
      const points = generator.draw(this.#random.fork('points of the sheets'), samples);
      const classes =
        architecture.classes > 0 ? points.map((_, index) => index % architecture.classes) : undefined;
      generated = await generator.generate(points, classes);
    } finally {
      await generator.release();
    }
    const { real } = this.#realBatch(this.#steps.discriminator.stepCount - 1);
    const layout = { scale: Math.max(1, Math.floor(64 / architecture.size)), gap: 2 };
    const sheets = {
      generated: montage(generated, layout),
      real: montage(picturesOf(real, pictureRange(this.#options)), layout),
    };
    const run = this.#run;
    const name = `step-${String(step).padStart(6, '0')}`;
    const paths = run && {
      generated: await run.writeSample(`${name}-generated`, sheets.generated),
      real: await run.writeSample(`${name}-real`, sheets.real),
    };
    return { type: 'sample', step, ...sheets, paths };
  }

  #warning(): TrainEvent | undefined {
    const step = this.#steps.generator.stepCount;
    const message = warningOf(this.#progress, step, this.#options);
    if (message === undefined) return undefined;
    this.#progress = { ...this.#progress, warnedAt: step };
    return { type: 'warning', step, message };
  }

  async #save(): Promise<TrainEvent> {
    const step = this.#steps.generator.stepCount;
    const tensors = this.#steps.state.snapshot();
    const finite = Object.values(tensors).every(({ data }) => (data as Float32Array).every(Number.isFinite));
    if (!finite) throw this.#diverged();
    await this.#run?.checkpoint({ step, tensors, progress: this.#progress });
    this.#savedAt = step;
    return { type: 'checkpoint', step };
  }

  #model(): GanModel {
    const { architecture, classes } = this.#material;
    const weights = generatorWeights(this.#steps.state.snapshot(), this.#options);
    return { architecture, classes, weights, range: pictureRange(this.#options) };
  }

  #diverged(): InputError {
    const saved = this.#run === undefined ? undefined : this.#savedAt;
    const kept = saved === undefined ? '' : `; the checkpoint of step ${saved} is kept`;
    return new InputError(
      `training: a loss or a weight became infinite or no number at step ${this.#steps.generator.stepCount}${kept}; lower --generator-rate and --discriminator-rate`,
    );
  }
}

// The number of each picture's class; none when pictures are generated without regard to classes.
function classNumbers({ dataset, classes }: GanMaterial): Uint32Array {
  if (classes.length === 0) return new Uint32Array();
  const numbers = new Map(classes.map((name, number) => [name, number]));
  return Uint32Array.from(dataset.labels ?? [], (label) => numbers.get(label)!);
}

function scalar(value: NDArray | undefined): number {
  return Number(value?.data[0] ?? Number.NaN);
}
