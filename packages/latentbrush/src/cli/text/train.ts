import { isAbsolute } from 'node:path';
import { InputError } from '@latentbrush/engine';
import { Command } from 'commander';
import { loadCorpus, type Corpus, type DownloadProgress } from '../../data/index.ts';
import { freeRunFolder } from '../../runs/free-folder.ts';
import { corpusOf, resume, train, trainOptions, type TrainEvent, type TrainInput } from '../../text/index.ts';
import { abortOnInterrupt } from '../interrupt.ts';
import { corpusOptions, outputOptions } from '../shared-options.ts';
import { Output, type OutputOptions } from '../output.ts';
import { loadFromPlace } from '../resume-options.ts';
import { addSchemaOptions, readSchemaOptions, schemaValues } from '../schema-options.ts';
import { stemOf } from '../../jobs/target-file.ts';
import { reportTextTraining } from './training-report.ts';

interface Given extends Record<string, unknown>, OutputOptions {
  readonly run?: string;
  readonly resume?: string;
}

/** `latentbrush text train`. */
export function textTrainCommand(): Command {
  const command = new Command('train')
    .description('Train a language model on a corpus; after each epoch it shows what it would write.')
    .argument(
      '[corpus]',
      'text file, folder of .txt and .md files, "-" for standard input, or a name: moby-dick, nietzsche, shakespeare',
    )
    .option('--run <folder>', 'folder of the run (default: runs/text-<corpus>-<number>)')
    .option(
      '--resume <folder>',
      'go on with a run from its last checkpoint (--epochs and --max-steps may be raised)',
    );
  addSchemaOptions(command, trainOptions);
  corpusOptions(command);
  outputOptions(command);
  return command.action(async (corpus: string | undefined, given: Given) => {
    const output = new Output(given);
    const signal = abortOnInterrupt(output);
    const events =
      given.resume === undefined
        ? await fresh(corpus, given, output, signal)
        : await again(corpus, given, output, signal);
    await reportTextTraining(events, output);
  });
}

async function fresh(
  corpus: string | undefined,
  given: Given,
  output: Output,
  signal: AbortSignal,
): Promise<AsyncIterable<TrainEvent>> {
  if (corpus === undefined)
    throw new InputError(
      'text train: no corpus given; name a file, a folder, "-" or moby-dick, or use --resume',
    );
  const options = readSchemaOptions(trainOptions, given) as TrainInput;
  const loaded = await loadCorpus(corpus, {
    ...corpusSource(given),
    signal,
    onProgress: downloadProgress(output),
  });
  const folder = given.run ?? (await freeRunFolder('text', stemOf(loaded.name)));
  return train(withOrigin(loaded, corpus), { ...options, run: folder, signal });
}

const CHANGEABLE: readonly string[] = ['epochs', 'maxSteps', 'threads'] satisfies Changeable[];
type Changeable = 'epochs' | 'maxSteps' | 'threads';

async function again(
  corpus: string | undefined,
  given: Given,
  output: Output,
  signal: AbortSignal,
): Promise<AsyncIterable<TrainEvent>> {
  const folder = given.resume ?? '';
  const values = schemaValues(trainOptions, given);
  const fixed = Object.keys(values).find((name) => !CHANGEABLE.includes(name));
  if (fixed !== undefined || given.run !== undefined) {
    throw new InputError(
      `--resume goes on with the options of the run; of them only --epochs, --max-steps and --threads can be changed`,
    );
  }
  const { source: remembered, rules } = await corpusOf(folder, corpus);
  const loaded = await loadFromPlace(
    { run: folder, given: corpus, remembered, command: ['text', 'train', 'CORPUS'] },
    (place) =>
      loadCorpus(place, { rules, ...corpusSource(given), signal, onProgress: downloadProgress(output) }),
  );
  const checked = readSchemaOptions(trainOptions, given);
  const changes = Object.fromEntries(Object.keys(values).map((name) => [name, checked[name as Changeable]]));
  return resume(folder, withOrigin(loaded, remembered), { ...changes, signal });
}

// What finds the corpus again when the run is resumed: the absolute path it was read from, or the name it was asked by.
function withOrigin(corpus: Corpus, asked: string): Corpus {
  return { ...corpus, source: isAbsolute(corpus.source) ? corpus.source : asked };
}

function corpusSource(given: Given): { dataDir?: string; offline?: boolean } {
  const { dataDir, offline } = given;
  return {
    ...(typeof dataDir === 'string' ? { dataDir } : {}),
    ...(offline === true ? { offline } : {}),
  };
}

function downloadProgress(output: Output): (progress: DownloadProgress) => void {
  return ({ received, total }) => output.progress(received, total ?? received, 'bytes downloaded');
}
