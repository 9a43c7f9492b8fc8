import { isDeepStrictEqual } from 'node:util';
import { InputError } from '@latentbrush/engine';
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
import { chosenShards } from '../training/shards.ts';
import type { TrainEvent, VaeReports } from './events.ts';
import { prepare, type VaePictures } from './data.ts';
import { Vae } from './model.ts';
import { optimizerName, shardsRules, trainOptions, type TrainInput, type TrainOptions } from './options.ts';
import { vaeRuns, type VaeExtra } from './run.ts';
import { VaeTask } from './task.ts';

/** The interface for the training loop and the jobs. */
export const vaeTrainable: TrainableSystem<VaeReports, VaePictures, TrainOptions, VaeExtra> = {
  runs: vaeRuns,
  options: trainOptions,
  places: ['dataset'],
  prepare: (pictures, given, trainedOn) => {
    const shards = chosenShards(given, shardsRules(given), trainedOn === undefined);
    const options = { ...given, optimizer: optimizerName(given), shards };
    const { name, sha256 } = pictures.train;
    if (trainedOn !== undefined && sha256 !== trainedOn.extra.dataset.sha256)
      throw new InputError(
        `${name}: these are not the pictures this run was trained on (${trainedOn.extra.dataset.name}); put those back, or start a new run`,
      );
    const data = prepare(pictures, options);
    const { architecture } = data;
    if (trainedOn !== undefined && !isDeepStrictEqual(architecture, trainedOn.extra.architecture))
      throw new InputError(
        `${trainedOn.folder}: run.json is damaged at extra.architecture; it is not what the options say; restore it from a copy`,
      );
    return {
      options,
      extra: { dataset: recordOf(pictures.train), architecture },
      compile: (context) => VaeTask.compile(data, options, context),
    };
  },
};

/**
 * Trains a variational autoencoder on pictures. Yields progress; the last event contains the model.
 *
 * All randomness follows from the seed and the step, so the same pictures, options and thread count give the
 * same losses, even if training was interrupted and resumed.
 *
 * @param pictures square, all of one size; without a test set a share of them is used for validation
 * @param options see `trainOptions`; with `run`, a folder, the run is kept there: options, metrics, samples,
 * checkpoints
 * @param options.signal ends training after the current step, with a checkpoint
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @throws InputError when options do not match the data, the folder cannot be used, or the loss is NaN or infinite
 * @example
 * const faces = await data.loadImageDataset('emoji:faces', { size: 16 });
 * for await (const event of vae.train(faces, { epochs: 2, filters: 8, run: 'runs/new-faces' })) {
 *   if (event.type === 'epoch') console.log(event.epoch, event.loss);
 * }
 */
export function train(
  pictures: VaePictures,
  options: TrainInput & OldNames & { readonly run?: string | undefined } & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  return startTraining(vaeTrainable, pictures, options, deprecatedSignal);
}

/**
 * Continues a run from its last checkpoint.
 * @param pictures must be those the run was trained on
 * @param changes options that may change; with `signal`, as for {@link train}
 * @param deprecatedSignal give it in the options: `{ ...options, signal }`; the next version removes this parameter
 * @throws InputError when the folder is not a VAE run, its checkpoint is damaged, or the pictures differ
 * @example
 * const faces = await data.loadImageDataset('emoji:faces', { size: 16 });
 * for await (const event of vae.resume('runs/faces', faces, { epochs: 3 })) {
 *   if (event.type === 'done') console.log(event.reason); // finished
 * }
 */
export function resume(
  folder: string,
  pictures: VaePictures,
  changes: Pick<TrainInput, 'epochs' | 'maxSteps' | 'threads' | 'keep'> & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  return resumeTraining(vaeTrainable, folder, pictures, changes, deprecatedSignal);
}

/**
 * Runs a training to its end and returns the trained model.
 * @param events the events of `train` or `resume`
 * @param onEvent called with each event; a promise it returns is awaited
 * @param options as the constructor of {@link Vae} takes them: `threads`
 * @throws InputError when training diverges, as `train` does
 * @throws Error when training was stopped before its first step
 * @example
 * const faces = await data.loadImageDataset('emoji:faces', { size: 16 });
 * const model = await vae.finalModel(vae.train(faces, { epochs: 2, filters: 8 }), (event) => {
 *   if (event.type === 'epoch') console.log(event.epoch, event.loss);
 * });
 * const pictures = await model.sample(new Random(1), 16);
 * await model.release();
 */
export async function finalModel(
  events: AsyncIterable<TrainEvent>,
  onEvent?: OnEvent<TrainEvent>,
  options: ConstructorParameters<typeof Vae>[1] = {},
): Promise<Vae> {
  return new Vae(await lastModel<VaeReports>(events, onEvent), options);
}
