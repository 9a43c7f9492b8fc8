import { InputError } from '@latentbrush/engine';
import { Command, Option } from 'commander';
import {
  DCGAN_PRESET,
  ganRuns,
  resume,
  train,
  trainOptions,
  type TrainEvent,
  type TrainInput,
} from '../../gan/index.ts';
import { parseOptions } from '../../options.ts';
import { rulesOf } from '../../runs/dataset-record.ts';
import { freeRunFolder } from '../../runs/free-folder.ts';
import { readRun } from '../../runs/training-run.ts';
import { DATASET_HELP, datasetFlags, type DatasetFlags } from '../dataset-flags.ts';
import { abortOnInterrupt } from '../interrupt.ts';
import { loadPictures } from '../load-pictures.ts';
import { Output, type OutputOptions } from '../output.ts';
import { changedOptions, loadFromPlace } from '../resume-options.ts';
import { addSchemaOptions, flagsOf, schemaValues } from '../schema-options.ts';
import { outputOptions } from '../shared-options.ts';
import { reportGanTraining } from './training-report.ts';

interface Given extends Record<string, unknown>, OutputOptions, DatasetFlags {
  readonly run?: string;
  readonly resume?: string;
  readonly preset: keyof typeof PRESETS;
}

/** Sets of defaults by name. */
const PRESETS = { book: {}, dcgan: DCGAN_PRESET } as const satisfies Readonly<Record<string, TrainInput>>;

/** `latentbrush gan train`. */
export function ganTrainCommand(): Command {
  const command = new Command('train')
    .description(
      'Train a generative adversarial network on pictures: it learns to make new ones of their kind. Now and then it shows what it makes.',
    )
    .argument('[dataset]', DATASET_HELP)
    .option('--run <folder>', 'folder of the run (default: runs/gan-<dataset>-<number>)')
    .option('--resume <folder>', 'go on with a run from its last checkpoint (--iterations may be raised)')
    .addOption(
      new Option('--preset <name>', `defaults: the book's, or those of dcgan: ${flagsOf(DCGAN_PRESET)}`)
        .choices(Object.keys(PRESETS))
        .default('book'),
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
    await reportGanTraining(events, output);
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
      'gan train: no data set given; name a folder of pictures, cifar10:frog or emoji:faces, or use --resume',
    );
  const values = { ...PRESETS[given.preset], ...schemaValues(trainOptions, given) };
  const options = parseOptions(trainOptions, values);
  const { size, channels } = options;
  const pictures = await loadPictures(dataset, { size, channels, signal }, given, output);
  const run = given.run ?? (await freeRunFolder('gan', pictures.train.name));
  return train(pictures.train, { ...options, run, signal });
}

async function again(
  dataset: string | undefined,
  folder: string,
  given: Given,
  output: Output,
  signal: AbortSignal,
): Promise<AsyncIterable<TrainEvent>> {
  const changes = changedOptions(trainOptions, given, ['iterations', 'threads']);
  const { extra } = await readRun(ganRuns, folder);
  const { size, channels } = extra.architecture;
  const pictures = await loadFromPlace(
    {
      run: folder,
      given: dataset,
      remembered: extra.dataset.source,
      command: ['gan', 'train', 'DATASET'],
    },
    (place) => loadPictures(place, { size, channels, rules: rulesOf(extra.dataset), signal }, given, output),
  );
  return resume(folder, pictures.train, { ...changes, signal });
}
