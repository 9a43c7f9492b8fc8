import { InputError, Random } from '@latentbrush/engine';
import { subset, type ImageDataset } from '../data/index.ts';
import { parseOptions, withChanges } from '../options.ts';
import { TrainingRun } from '../runs/training-run.ts';
import type { TrainEvent } from './events.ts';
import { architectureOf } from './model.ts';
import { trainOptions, type TrainInput, type TrainOptions } from './options.ts';
import { vaeRuns, type VaeExtra } from './run.ts';
import { VaeTraining, type VaeMaterial } from './training.ts';

/** Pictures to learn from, and those to measure on where there are any. */
export interface VaePictures {
  readonly train: ImageDataset;
  readonly test?: ImageDataset | undefined;
}

/**
 * Trains a variational autoencoder on pictures. Yields progress; the last event holds the model.
 *
 * All randomness follows from the seed and the step, so the same pictures, options and thread count give the same losses, also when
 * training was interrupted and resumed.
 *
 * @param pictures square, all of one size; without a test set a share of them is held out
 * @param options see `trainOptions`; with `run`, a folder, the run is kept there: options, metrics, samples, checkpoints
 * @param signal ends training after the current step, with a checkpoint
 * @throws InputError when options do not fit the data, the folder cannot be used, or the loss is no number
 */
export async function* train(
  pictures: VaePictures,
  options: TrainInput & { readonly run?: string | undefined } = {},
  signal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { run: folder, ...given } = options;
  const resolved = parseOptions(trainOptions, given);
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
 * @param changes options that may differ from before
 * @throws InputError when the folder is no run of a VAE, its checkpoint is damaged, or the pictures are others
 */
export async function* resume(
  folder: string,
  pictures: VaePictures,
  changes: Pick<TrainInput, 'epochs' | 'maxSteps' | 'threads'> = {},
  signal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  const run = await TrainingRun.open(vaeRuns, folder);
  try {
    const resolved = parseOptions(trainOptions, withChanges(run.options, changes));
    const { sha256, name } = run.extra.dataset;
    if (sha256 !== pictures.train.sha256) {
      throw new InputError(
        `${pictures.train.name}: these are not the pictures this run was trained on (${name}); put those back, or start a new run`,
      );
    }
    const material = materialOf(pictures, resolved);
    const training = await VaeTraining.compile(material, resolved, run, await run.lastCheckpoint());
    yield* training.run(signal);
  } finally {
    await run.close();
  }
}

function materialOf({ train: all, test }: VaePictures, options: TrainOptions): VaeMaterial {
  const { height, width, channels, name } = all;
  if (height !== width)
    throw new InputError(`${name}: its pictures are ${width}x${height}; load them as squares, with a size`);
  const architecture = architectureOf(options, height, channels);
  if (test !== undefined) return { training: all, heldOut: test, architecture };
  const count = Math.round(options.validation * all.count);
  if (count === 0) return { training: all, heldOut: undefined, architecture };
  const order = new Random(options.seed).fork('pictures held out').permutation(all.count);
  return {
    training: subset(all, order.slice(count).sort()),
    heldOut: subset(all, order.slice(0, count).sort()),
    architecture,
  };
}

function extraOf({ train: all }: VaePictures, { architecture }: VaeMaterial): VaeExtra {
  const { name, source, sha256, count } = all;
  return { dataset: { name, source, sha256, count }, architecture };
}
