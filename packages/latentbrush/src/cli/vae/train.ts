import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { rulesOf } from '../../runs/dataset-record.ts';
import { freeRunFolder } from '../../runs/free-folder.ts';
import { readRun } from '../../runs/training-run.ts';
import {
  DEFAULT_SIZE,
  resume,
  train,
  trainOptions,
  vaeRuns,
  type TrainEvent,
  type TrainInput,
} from '../../vae/index.ts';
import { DATASET_HELP, datasetFlags, type DatasetFlags } from '../dataset-flags.ts';
import { abortOnInterrupt } from '../interrupt.ts';
import { loadPictures } from '../load-pictures.ts';
import { Output, type OutputOptions } from '../output.ts';
import { changedOptions, loadFromPlace } from '../resume-options.ts';
import { addSchemaOptions, readSchemaOptions } from '../schema-options.ts';
import { outputOptions } from '../shared-options.ts';
import { reportVaeTraining } from './training-report.ts';

interface Given extends Record<string, unknown>, OutputOptions, DatasetFlags {
  readonly run?: string;
  readonly resume?: string;
}

/** `latentbrush vae train`. */
export function vaeTrainCommand(): Command {
  const command = new Command('train')
    .description(
      'Train a variational autoencoder on pictures: a latent space that can be walked through and bent. After each epoch it shows what it makes.',
    )
    .argument('[dataset]', DATASET_HELP)
    .option('--run <folder>', 'folder of the run (default: runs/vae-<dataset>-<number>)')
    .option(
      '--resume <folder>',
      'go on with a run from its last checkpoint (--epochs and --max-steps may be raised)',
    );
  addSchemaOptions(command, trainOptions);
  datasetFlags(command);
  outputOptions(command);
  return command.action(async (dataset: string | undefined, given: Given) => {
    const output = new Output(given);
    const signal = abortOnInterrupt(output);
    const events =
      given.resume === undefined
        ? await fresh(dataset, given, output, signal)
        : await again(dataset, given.resume, given, output, signal);
    await reportVaeTraining(events, output);
  });
}

async function fresh(
  dataset: string | undefined,
  given: Given,
  output: Output,
  signal: AbortSignal,
): Promise<AsyncIterable<TrainEvent>> {
  if (dataset === undefined)
    throw new InputError(
      'vae train: no data set given; name a folder of pictures, mnist or emoji:faces, or use --resume',
    );
  const options: TrainInput = readSchemaOptions(trainOptions, given);
  const { size, channels } = options;
  const pictures = await loadPictures(
    dataset,
    { size, sizeOtherwise: DEFAULT_SIZE, channels, signal },
    given,
    output,
  );
  const run = given.run ?? (await freeRunFolder('vae', pictures.train.name));
  return train(pictures, { ...options, run, signal });
}

async function again(
  dataset: string | undefined,
  folder: string,
  given: Given,
  output: Output,
  signal: AbortSignal,
): Promise<AsyncIterable<TrainEvent>> {
  const changes = changedOptions(trainOptions, given, ['epochs', 'maxSteps', 'threads']);
  const { extra } = await readRun(vaeRuns, folder);
  const { size, channels } = extra.architecture;
  const pictures = await loadFromPlace(
    {
      run: folder,
      given: dataset,
      remembered: extra.dataset.source,
      command: ['vae', 'train', 'DATASET'],
    },
    (place) => loadPictures(place, { size, channels, rules: rulesOf(extra.dataset), signal }, given, output),
  );
  return resume(folder, pictures, { ...changes, signal });
}
