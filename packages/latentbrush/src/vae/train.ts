import { isDeepStrictEqual } from 'node:util';
import { InputError } from '@latentbrush/engine';
import { parseOptions, takeSignal, withChanges, type Stoppable } from '../options.ts';
import { TrainingRun } from '../runs/training-run.ts';
import type { TrainEvent } from './events.ts';
import { materialOf, type VaeMaterial, type VaePictures } from './material.ts';
import { optimizerName, trainOptions, type TrainInput } from './options.ts';
import { vaeRuns, type VaeExtra } from './run.ts';
import { VaeTraining } from './training.ts';

/**
 * Trains a variational autoencoder on pictures. Yields progress; the last event holds the model.
 *
 * All randomness follows from the seed and the step, so the same pictures, options and thread count give the same losses, also when
 * training was interrupted and resumed.
 *
 * @param pictures square, all of one size; without a test set a share of them is held out
 * @param options see `trainOptions`; with `run`, a folder, the run is kept there: options, metrics, samples, checkpoints
 * @param options.signal ends training after the current step, with a checkpoint
 * @param deprecatedSignal give it among the options, as `{ ...options, signal }`; this place goes with the next version
 * @throws InputError when options do not fit the data, the folder cannot be used, or the loss is no number
 */
export async function* train(
  pictures: VaePictures,
  options: TrainInput & { readonly run?: string | undefined } & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { given: withRun, signal } = takeSignal(options, deprecatedSignal);
  const { run: folder, ...given } = withRun;
  const parsed = parseOptions(trainOptions, given);
  const resolved = { ...parsed, optimizer: optimizerName(parsed) };
  const material = materialOf(pictures, resolved);
  const extra = extraOf(pictures, material);
  const run = folder === undefined ? undefined : await TrainingRun.create(vaeRuns, folder, resolved, extra);
  try {
    yield* (await VaeTraining.compile(material, resolved, run)).run(signal);
  } finally {
    await run?.close();
  }
}

/**
 * Goes on with a run from its last checkpoint.
 * @param pictures must be those the run was trained on
 * @param changes options that may differ from before; with `signal`, as for {@link train}
 * @param deprecatedSignal give it among the options, as `{ ...options, signal }`; this place goes with the next version
 * @throws InputError when the folder is no run of a VAE, its checkpoint is damaged, or the pictures are others
 */
export async function* resume(
  folder: string,
  pictures: VaePictures,
  changes: Pick<TrainInput, 'epochs' | 'maxSteps' | 'threads'> & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { given, signal } = takeSignal(changes, deprecatedSignal);
  const run = await TrainingRun.open(vaeRuns, folder);
  try {
    const resolved = parseOptions(trainOptions, withChanges(run.options, given));
    const { sha256, name } = run.extra.dataset;
    if (sha256 !== pictures.train.sha256) {
      throw new InputError(
        `${pictures.train.name}: these are not the pictures this run was trained on (${name}); put those back, or start a new run`,
      );
    }
    const material = materialOf(pictures, resolved);
    if (!isDeepStrictEqual(material.architecture, run.extra.architecture))
      throw new InputError(
        `${folder}: run.json is damaged at extra.architecture; it is not what the options say; restore it from a copy`,
      );
    const training = await VaeTraining.compile(material, resolved, run, await run.lastCheckpoint());
    yield* training.run(signal);
  } finally {
    await run.close();
  }
}

function extraOf({ train: all }: VaePictures, { architecture }: VaeMaterial): VaeExtra {
  const { name, source, sha256, count } = all;
  return { dataset: { name, source, sha256, count }, architecture };
}
