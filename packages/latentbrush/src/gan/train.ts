import { InputError } from '@latentbrush/engine';
import type { ImageDataset } from '../data/index.ts';
import { recordOf } from '../runs/dataset-record.ts';
import type { Stoppable } from '../options.ts';
import type { OldNames } from '../renamed-options.ts';
import {
  lastModel,
  resumeTraining,
  startTraining,
  type OnEvent,
  type TrainableSystem,
} from '../training/index.ts';
import { prepare } from './data.ts';
import type { GanReports, TrainEvent } from './events.ts';
import { Generator } from './model.ts';
import { DCGAN_PRESET, trainOptions, type TrainInput, type TrainOptions } from './options.ts';
import { ganRuns, type GanCounts, type GanExtra } from './run.ts';
import { GanTask } from './task.ts';

/** The interface for the training loop and the jobs. */
export const ganTrainable: TrainableSystem<GanReports, ImageDataset, TrainOptions, GanExtra, GanCounts> = {
  runs: ganRuns,
  options: trainOptions,
  preset: DCGAN_PRESET,
  places: ['dataset'],
  prepare: (dataset, options, trainedOn) => {
    const { name, sha256 } = dataset;
    if (trainedOn !== undefined && sha256 !== trainedOn.extra.dataset.sha256)
      throw new InputError(
        `${name}: these are not the pictures this run was trained on (${trainedOn.extra.dataset.name}); put those back, or start a new run`,
      );
    const data = prepare(dataset, options);
    const { architecture, classes } = data;
    return {
      options,
      extra: { dataset: recordOf(dataset), architecture, classes: [...classes] },
      compile: (context) => GanTask.compile(data, options, context),
    };
  },
};

/**
 * Trains a generative adversarial network on pictures. Yields progress; the last event contains the generator.
 *
 * All randomness follows from the seed and the step, so the same pictures, options and thread count give the
 * same losses, even if training was interrupted and resumed.
 *
 * @param dataset pictures of the size that the options say
 * @param options see `trainOptions`; with `run`, a folder, the run is kept there: options, metrics, samples,
 * checkpoints
 * @param options.signal ends training after the current step, with a checkpoint
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @throws InputError when options do not match the data or one another, the folder cannot be used, or a loss is NaN or infinite
 * @example
 * const { train: faces } = await data.loadImageDataset('emoji:faces', { size: 16 });
 * const options: gan.TrainInput = { ...gan.DCGAN_PRESET, size: 16, filters: 4, batchSize: 8, iterations: 4 };
 * for await (const event of gan.train(faces, { ...options, run: 'runs/new-smileys' })) {
 *   if (event.type === 'step') console.log(event.step, event.discriminatorLoss, event.generatorLoss);
 * }
 */
export function train(
  dataset: ImageDataset,
  options: TrainInput & OldNames & { readonly run?: string | undefined } & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  return startTraining(ganTrainable, dataset, options, deprecatedSignal);
}

/**
 * Continues a run from its last checkpoint.
 * @param dataset must be the one the run was trained on
 * @param changes options that may change; with `signal`, as for {@link train}
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @throws InputError when the folder is not a GAN run, its checkpoint is damaged, or the pictures differ
 * @example
 * const { train: faces } = await data.loadImageDataset('emoji:faces', { size: 16 });
 * for await (const event of gan.resume('runs/smileys', faces, { iterations: 6 })) {
 *   if (event.type === 'done') console.log(event.step); // 6
 * }
 */
export function resume(
  folder: string,
  dataset: ImageDataset,
  changes: Pick<TrainInput, 'iterations' | 'threads' | 'keep'> & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  return resumeTraining(ganTrainable, folder, dataset, changes, deprecatedSignal);
}

/**
 * Runs a training to its end and returns the trained model.
 * @param events the events of `train` or `resume`
 * @param onEvent called with each event; a promise it returns is awaited
 * @param options as the constructor of {@link Generator} takes them: `threads`
 * @throws InputError when training diverges, as `train` does
 * @throws Error when training was stopped before its first step
 * @example
 * const { train: faces } = await data.loadImageDataset('emoji:faces', { size: 16 });
 * const events = gan.train(faces, { ...gan.DCGAN_PRESET, size: 16, filters: 4, batchSize: 8, iterations: 4 });
 * const generator = await gan.finalModel(events);
 * const pictures = await generator.sample(new Random(1), 16);
 * await generator.release();
 */
export async function finalModel(
  events: AsyncIterable<TrainEvent>,
  onEvent?: OnEvent<TrainEvent>,
  options: ConstructorParameters<typeof Generator>[1] = {},
): Promise<Generator> {
  return new Generator(await lastModel<GanReports>(events, onEvent), options);
}
