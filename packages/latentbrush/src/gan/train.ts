import { InputError } from '@latentbrush/engine';
import { classCounts, type ImageDataset } from '../data/index.ts';
import { parseOptions, takeSignal, withChanges, type Stoppable } from '../options.ts';
import { TrainingRun } from '../runs/training-run.ts';
import type { TrainEvent } from './events.ts';
import { architectureOf } from './model.ts';
import { trainOptions, type TrainInput, type TrainOptions } from './options.ts';
import { ganRuns, type GanExtra } from './run.ts';
import { GanTraining, type GanMaterial } from './training.ts';

/**
 * Trains a generative adversarial network on pictures. Yields progress; the last event holds the generator.
 *
 * All randomness follows from the seed and the step, so the same pictures, options and thread count give the same losses, also when
 * training was interrupted and resumed.
 *
 * @param dataset pictures of the size that the options say
 * @param options see `trainOptions`; with `run`, a folder, the run is kept there: options, metrics, samples, checkpoints
 * @param options.signal ends training after the current step, with a checkpoint
 * @param deprecatedSignal give it among the options, as `{ ...options, signal }`; this place goes with the next version
 * @throws InputError when options do not fit the data or one another, the folder cannot be used, or a loss is no number
 */
export async function* train(
  dataset: ImageDataset,
  options: TrainInput & { readonly run?: string | undefined } & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { given: withRun, signal } = takeSignal(options, deprecatedSignal);
  const { run: folder, ...given } = withRun;
  const resolved = parseOptions(trainOptions, given);
  const material = materialOf(dataset, resolved);
  const run =
    folder === undefined ? undefined : await TrainingRun.create(ganRuns, folder, resolved, extraOf(material));
  try {
    yield* (await GanTraining.compile(material, resolved, run)).run(signal);
  } finally {
    await run?.close();
  }
}

/**
 * Goes on with a run from its last checkpoint.
 * @param dataset must be the one the run was trained on
 * @param changes options that may differ from before; with `signal`, as for {@link train}
 * @param deprecatedSignal give it among the options, as `{ ...options, signal }`; this place goes with the next version
 * @throws InputError when the folder is no run of a GAN, its checkpoint is damaged, or the pictures are others
 */
export async function* resume(
  folder: string,
  dataset: ImageDataset,
  changes: Pick<TrainInput, 'iterations' | 'threads'> & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { given, signal } = takeSignal(changes, deprecatedSignal);
  const run = await TrainingRun.open(ganRuns, folder);
  try {
    const resolved = parseOptions(trainOptions, withChanges(run.options, given));
    const { sha256, name } = run.extra.dataset;
    if (sha256 !== dataset.sha256) {
      throw new InputError(
        `${dataset.name}: these are not the pictures this run was trained on (${name}); put those back, or start a new run`,
      );
    }
    const training = await GanTraining.compile(
      materialOf(dataset, resolved),
      resolved,
      run,
      await run.lastCheckpoint(),
    );
    yield* training.run(signal);
  } finally {
    await run.close();
  }
}

function materialOf(dataset: ImageDataset, options: TrainOptions): GanMaterial {
  const { height, width, channels } = dataset;
  const { size, conditional } = options;
  if (height !== size || width !== size) {
    throw new InputError(
      `${dataset.name}: its pictures are ${width}x${height}; load them at the size that is trained, ${size}x${size}`,
    );
  }
  const classes = conditional ? [...classCounts(dataset).keys()] : [];
  return { dataset, classes, architecture: architectureOf(options, channels, classes.length) };
}

function extraOf({ dataset, architecture, classes }: GanMaterial): GanExtra {
  const { name, source, sha256, count } = dataset;
  return { dataset: { name, source, sha256, count }, architecture, classes: [...classes] };
}
