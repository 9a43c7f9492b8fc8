import type { Backbone } from '../backbones/index.ts';
import { parseOptions, takeSignal, withChanges, type Stoppable } from '../options.ts';
import { TrainingRun } from '../runs/training-run.ts';
import type { FastEvent } from './fast-events.ts';
import { gatherMaterial, type FastPictures } from './fast-material.ts';
import { trainOptions, type TrainInput } from './fast-options.ts';
import { checkSources, styleRuns } from './fast-run.ts';
import { FastTraining } from './fast-training.ts';

/**
 * Trains a small feed-forward network that paints any picture in one style at once (Johnson et al. 2016). Yields progress; the last
 * event holds the network.
 *
 * All randomness follows from the seed and the step, so the same pictures, options and thread count give the same losses, also
 * when training was interrupted and resumed.
 *
 * @param backbone the network that compares pictures
 * @param options see `trainOptions`, but `backbone` is the network's own name where it is left out; with `run`, a folder, the run is
 *   kept there: options, metrics, samples, checkpoints
 * @param options.signal ends training after the current step, with a checkpoint
 * @param deprecatedSignal give it among the options, as `{ ...options, signal }`; this place goes with the next version
 * @throws InputError when options do not fit, the folder cannot be used, there are no pictures, or the loss is no number
 */
export async function* trainFast(
  backbone: Backbone,
  pictures: FastPictures,
  options: TrainInput & { readonly run?: string | undefined } & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<FastEvent, void, undefined> {
  const { given: withRun, signal } = takeSignal(options, deprecatedSignal);
  const { run: folder, ...given } = withRun;
  const resolved = parseOptions(trainOptions, { ...given, backbone: given.backbone ?? backbone.name });
  const { material, sources } = await gatherMaterial(backbone, pictures, resolved);
  const run =
    folder === undefined ? undefined : await TrainingRun.create(styleRuns, folder, resolved, sources);
  try {
    const training = await FastTraining.compile(material, resolved, run);
    yield* training.run(signal);
  } finally {
    await run?.close();
  }
}

/**
 * Goes on with a run from its last checkpoint.
 * @param pictures must be those the run was trained on
 * @param changes options that may differ from before; with `signal`, as for {@link trainFast}
 * @param deprecatedSignal give it among the options, as `{ ...options, signal }`; this place goes with the next version
 * @throws InputError when the folder is no style run, its checkpoint is damaged, or the pictures are others
 */
export async function* resumeFast(
  folder: string,
  backbone: Backbone,
  pictures: FastPictures,
  changes: Pick<TrainInput, 'iterations' | 'threads'> & Stoppable = {},
  deprecatedSignal?: AbortSignal,
): AsyncGenerator<FastEvent, void, undefined> {
  const { given, signal } = takeSignal(changes, deprecatedSignal);
  const run = await TrainingRun.open(styleRuns, folder);
  try {
    const resolved = parseOptions(trainOptions, withChanges(run.options, given));
    const { material, sources } = await gatherMaterial(backbone, pictures, resolved);
    checkSources(sources, run.extra);
    const training = await FastTraining.compile(material, resolved, run, await run.lastCheckpoint());
    yield* training.run(signal);
  } finally {
    await run.close();
  }
}
