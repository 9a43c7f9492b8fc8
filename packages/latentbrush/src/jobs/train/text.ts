import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { counted } from '../../counted.ts';
import { withChanges } from '../../options.ts';
import { loadCorpus, type Corpus, type DownloadProgress } from '../../data/index.ts';
import { corpusOf, trainOptions, type Quality, type TrainOptions } from '../../text/index.ts';
import type { JobWork } from '../job.ts';
import { textTrainable } from '../../text/train.ts';
import { estimateResumed, estimateTraining, resumeChecked, trainChecked } from '../../training/index.ts';
import { loadFromPlace } from '../run-data.ts';
import { stemOf } from '../target-file.ts';
import { changesOf } from './changes.ts';
import { mebibytes } from './free-memory.ts';
import { trainingJobs } from './training.ts';

const corpus = z
  .string()
  .describe(
    'text file, folder of .txt and .md files, "-" for standard input, or a name: moby-dick, nietzsche, shakespeare',
  );

/** Trains a language model on a corpus. */
export const textTraining = trainingJobs({
  system: 'text',
  about: 'Train a language model on a corpus; after each epoch it shows sample texts.',
  inputs: z.strictObject({ corpus }),
  options: trainOptions,
  moved: z.strictObject({ corpus: corpus.optional() }),
  changes: changesOf(trainOptions, ['epochs', 'maxSteps', 'threads', 'keep']),
  prepare: async ({ corpus: asked }, options, work) => {
    const loaded = await loadCorpus(asked, source(work));
    return {
      name: stemOf(loaded.name),
      begin: (run) =>
        trainChecked(textTrainable, withOrigin(loaded, asked), options, { run, signal: work.signal }),
      estimate: () => estimateTraining(textTrainable, loaded, options, work.signal),
    };
  },
  resume: async (folder, { corpus: given }, options, work) => {
    const { source: remembered, rules } = await corpusOf(folder, given);
    const place = { run: folder, given, remembered, system: 'text', inputs: { corpus: 'CORPUS' } };
    const loaded = await loadFromPlace(place, (path) => loadCorpus(path, { rules, ...source(work) }));
    const found = withOrigin(loaded, remembered);
    const change = (before: TrainOptions): TrainOptions => withChanges(before, options);
    return {
      begin: () => resumeChecked(textTrainable, folder, found, change, { signal: work.signal }),
      estimate: () => estimateResumed(textTrainable, folder, found, change, work.signal),
    };
  },
  words: {
    start: ({ parameters, vocabulary, batchesPerEpoch, memory }) =>
      `${counted(parameters, 'parameter')}, ${counted(vocabulary, 'token')}, ${counted(batchesPerEpoch, 'step')} per epoch, about ${mebibytes(memory)} of memory`,
    step: ({ epoch, loss }) => `epoch ${epoch}  loss ${loss.toFixed(3)}`,
    epoch: ({ epoch, validation, ...trained }) =>
      `\nepoch ${epoch}: loss ${figures(trained)}${validation === undefined ? '' : `, validation ${figures(validation)}`}\n`,
    sample: (event) => ({
      data: event,
      text: `\n--- temperature ${event.temperature}, after ${JSON.stringify(event.prompt)}\n${event.text}\n`,
    }),
  },
});

function source({ dataDir, offline, signal, report }: JobWork) {
  return {
    ...(dataDir !== undefined && { dataDir }),
    ...(offline === true && { offline }),
    signal,
    onProgress: ({ received, total }: DownloadProgress) =>
      void report.progress(received, total ?? received, 'bytes downloaded'),
  };
}

// How to find the corpus again when the run is resumed: its absolute path, or its given name.
function withOrigin(loaded: Corpus, asked: string): Corpus {
  return { ...loaded, source: isAbsolute(loaded.source) ? loaded.source : asked };
}

function figures({ loss, perplexity, bitsPerCharacter }: Quality): string {
  return `${loss.toFixed(4)} (perplexity ${perplexity.toFixed(2)}, ${bitsPerCharacter.toFixed(3)} bits per character)`;
}
