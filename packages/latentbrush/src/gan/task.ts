import { float32, Random, zeros, type NDArray, type TrainingState } from '@latentbrush/engine';
import { PictureBatches, storeOf } from '../data/index.ts';
import { montage, type Picture } from '../image/index.ts';
import type { SampleTime, Schedule, ScheduledOptimizer, Task, TaskContext } from '../training/index.ts';
import { generatorWeights, memoryOfAverage } from './averaged-weights.ts';
import { compileSteps, discriminatorSteps, type CompiledSteps } from './compiled-steps.ts';
import { classNumbers, pictureRange, type GanData } from './data.ts';
import type { GanReports, IterationFigures } from './events.ts';
import { Generator, oneHot, picturesOf, type GanModel } from './model.ts';
import type { TrainOptions } from './options.ts';
import { rateSchedule } from './rate-schedule.ts';
import type { GanCounts } from './run.ts';
import { beginning, warningOf, watched } from './watch.ts';
import { option, words, type Words } from '../words.ts';

/** The training of a GAN: its iterations and its samples. */
export class GanTask implements Task<GanReports, GanCounts> {
  readonly #data: GanData;
  readonly #options: TrainOptions;
  readonly #run: TaskContext['run'];
  readonly #steps: CompiledSteps;
  readonly #batches: PictureBatches;
  readonly #classOf: Uint32Array;
  #counts: GanCounts;
  readonly state: TrainingState;
  readonly optimizers: readonly ScheduledOptimizer[];
  readonly schedule: Schedule;
  readonly metricsEvery = 10;
  readonly metricsOfSamples = true;

  private constructor(
    data: GanData,
    options: TrainOptions,
    run: TaskContext['run'],
    steps: CompiledSteps,
    counts: GanCounts,
    random: Random,
  ) {
    this.#data = data;
    this.#options = options;
    this.#run = run;
    this.#steps = steps;
    this.#counts = counts;
    this.state = steps.state;
    this.optimizers = steps.optimizers;
    this.schedule = rateSchedule(options);
    const { batchSize, flip } = options;
    this.#batches = new PictureBatches(data.dataset, {
      batchSize,
      flip,
      random: random.fork('real pictures'),
      range: pictureRange(options),
    });
    this.#classOf = classNumbers(data);
  }

  /** Compiles both steps. */
  static async compile(
    data: GanData,
    options: TrainOptions,
    { run, checkpoint }: TaskContext<GanCounts>,
  ): Promise<GanTask> {
    const random = new Random(options.seed);
    const steps = await compileSteps(data.architecture, options, checkpoint?.step ?? 0);
    return new GanTask(data, options, run, steps, checkpoint?.progress.counts ?? beginning, random);
  }

  start(): GanReports['start'] {
    const { generatorParameters, discriminatorParameters, memory } = this.#steps;
    const { dataset } = this.#data;
    const pictures = storeOf(dataset);
    return {
      generatorParameters,
      discriminatorParameters,
      pictures: dataset.count,
      memory: memory + pictures.memory,
    };
  }

  async step(step: number, root: Random): Promise<IterationFigures & Record<string, number>> {
    const { discriminator, generator, drawForDiscriminator, drawForGenerator } = this.#steps;
    const { ema } = this.#options;
    const random = root.fork(`iteration ${step}`);
    let judged: Awaited<ReturnType<typeof discriminator.step>> | undefined;
    for (let index = 0; index < discriminatorSteps(this.#options); index++) {
      const own = random.fork(`discriminator ${index}`);
      const { real, labels } = this.#realBatch(discriminator.stepCount);
      judged = await discriminator.step({
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
    const figures = {
      discriminatorLoss: scalar(judged?.loss),
      generatorLoss: scalar(loss),
      realAccuracy: scalar(judged?.realAccuracy),
      generatedAccuracy: scalar(judged?.generatedAccuracy),
      diversity: scalar(judged?.diversity),
    };
    this.#counts = watched(this.#counts, figures);
    return figures;
  }

  // Points for pictures and, with classes, a class for each.
  #points(random: Random): Record<string, NDArray> {
    const { batchSize } = this.#options;
    const { latent, classes } = this.#data.architecture;
    const z = zeros([batchSize, latent], 'float32');
    random.fork('points').fillNormal(z.data);
    if (classes === 0) return { z };
    const draws = random.fork('classes');
    const drawn = Array.from({ length: batchSize }, () => draws.integer(0, classes));
    return { z, labels: oneHot(drawn, classes) };
  }

  #realBatch(index: number): { real: NDArray; labels: NDArray | undefined } {
    const { classes } = this.#data.architecture;
    const real = this.#batches.at(index);
    if (classes === 0) return { real, labels: undefined };
    const labels = Uint32Array.from(this.#batches.indices(index), (picture) => this.#classOf[picture]!);
    return { real, labels: oneHot(labels, classes) };
  }

  // The same points in every sheet, to show the progress; with classes, each class in turn.
  async *sample({ step }: SampleTime, random: Random): AsyncGenerator<GanReports['sample'], void, undefined> {
    const { samples } = this.#options;
    const { architecture } = this.#data;
    const generator = new Generator(this.model(), { threads: this.#options.threads });
    let generated: Picture[];
    try {
      generated = await generator.sample(random.fork('points of the sheets'), samples);
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
    const place = { step, iterations: step };
    const paths = run && {
      generated: await run.writeSample(`${name}-generated`, sheets.generated, {
        ...place,
        sheet: 'generated',
      }),
      real: await run.writeSample(`${name}-real`, sheets.real, { ...place, sheet: 'real' }),
    };
    yield { ...sheets, paths };
  }

  warning(step: number): Words | undefined {
    const message = warningOf(this.#counts, step, this.#options);
    if (message !== undefined) this.#counts = { ...this.#counts, warnedAt: step };
    return message;
  }

  counts(): GanCounts {
    return this.#counts;
  }

  model(): GanModel {
    const { architecture, classes } = this.#data;
    const weights = generatorWeights(this.state.snapshot(), this.#options);
    return { architecture, classes, weights, range: pictureRange(this.#options) };
  }

  remedy(): Words {
    return words`lower ${option('generatorRate')} and ${option('discriminatorRate')}`;
  }

  async release(): Promise<void> {
    await this.#steps.discriminator.release();
    await this.#steps.generator.release();
  }
}

function scalar(value: NDArray | undefined): number {
  return Number(value?.data[0] ?? Number.NaN);
}
